"""Compares the code on a page with the files of a folder, and takes its commands out.

  blocks.py PAGE FOLDER OUTPUT

Each block has to stand in one of the files line for line; how far it is indented as a whole does
not count. The blocks of commands are written to OUTPUT/1.sh, 2.sh, …
"""

import pathlib
import re
import sys
import textwrap


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)


def stands_in(block, text):
    """Is there a run of lines in `text` that is `block`, but for the indentation of the whole?"""
    wanted = textwrap.dedent(block).splitlines()
    lines = text.splitlines()
    return any(
        textwrap.dedent("\n".join(lines[start:start + len(wanted)])).splitlines() == wanted
        for start in range(len(lines) - len(wanted) + 1)
    )


def main(page, folder, output):
    page = pathlib.Path(page).read_text()
    code, missing = 0, []
    for language in ("swift", "html", "js"):
        texts = [path.read_text() for path in pathlib.Path(folder).rglob(f"*.{language}")]
        for block in blocks(page, language):
            code += 1
            if not any(stands_in(block, text) for text in texts):
                missing.append(block)
    for block in missing:
        print(f"not in the example:\n{block}")
    commands = blocks(page, "sh")
    for number, block in enumerate(commands, 1):
        pathlib.Path(output, f"{number}.sh").write_text(block)
    known = code + len(commands)
    if page.count("```") != 2 * known or len(commands) != 4:
        sys.exit("the page has a block that is neither code nor one of its four commands")
    sys.exit(1 if missing else 0)


main(*sys.argv[1:])
