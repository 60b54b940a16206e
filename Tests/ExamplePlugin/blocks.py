"""Types a page in: writes its files as a reader would, and takes its commands out.

  blocks.py PAGE FOLDER OUTPUT

Above each block of code stands the path of its file, in bold. Each block has to be that file of
FOLDER to the last byte, and FOLDER has no other files. The blocks of commands are written to
OUTPUT/1.sh, 2.sh, …
"""

import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"(?:^\*\*`(?P<path>[^`\n]+)`\*\*\n\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
# The tools of this folder, which are no part of the example.
TOOLS = {"blocks.py", "check"}


def main(page, folder, output):
    folder = pathlib.Path(folder)
    files, commands, complaints = {}, [], []
    for block in BLOCK.finditer(pathlib.Path(page).read_text()):
        path, text = block["path"], block["text"]
        if block["language"] == "sh" and not path:
            commands.append(text)
        elif not path:
            complaints.append(f"no path stands above this block:\n{text}")
        elif path in files:
            complaints.append(f"{path} stands on the page twice")
        else:
            files[path] = text
    listed = subprocess.run(
        ["git", "-C", folder, "ls-files", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout.split()
    example = {path for path in listed if (folder / path).exists()} - TOOLS
    complaints += [f"{path} is in the example, and not on the page" for path in sorted(example - files.keys())]
    for path, text in files.items():
        if path not in example:
            complaints.append(f"{path} is on the page, and not in the example")
        elif (folder / path).read_text() != text:
            complaints.append(f"{path} is another one on the page than in the example")
    if len(commands) != 4:
        complaints.append(f"the page has {len(commands)} blocks of commands instead of four")
    for number, text in enumerate(commands, 1):
        pathlib.Path(output, f"{number}.sh").write_text(text)
    if complaints:
        sys.exit("\n".join(complaints))


main(*sys.argv[1:])
