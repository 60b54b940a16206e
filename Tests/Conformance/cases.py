"""Makes the cases of PyPI's autobahntestsuite, which are Python 2, loadable in Python 3.

Every source byte is read as one character (latin-1), so that a byte string of the cases becomes
a text of the same bytes. A few idioms are rewritten. Where texts meet the network or are
compared, `raw` makes bytes of them again.
"""
import os
import re
import sys
import tempfile

# What every case module begins with: the names that Python 3 or newer libraries took away.
PRELUDE = "from py2names import xrange, unichr, binascii_, pkg_resources_, Utf8Validator\n"

NAMES = '''
import binascii as _binascii
from autobahn.websocket.utf8validator import Utf8Validator as _Validator

xrange, unichr = range, chr

def raw(value):
    return value.encode("latin-1") if isinstance(value, str) else bytes(value)

class binascii_:
    @staticmethod
    def b2a_hex(value):
        return _binascii.b2a_hex(raw(value)).decode()
    hexlify = b2a_hex

class Utf8Validator:
    def __init__(self):
        self.validator = _Validator()
    def reset(self):
        self.validator.reset()
    def validate(self, value):
        return self.validator.validate(raw(value))

class pkg_resources_:
    @staticmethod
    def resource_filename(_, name):
        return %r + "/autobahntestsuite/" + name
'''

REWRITES = [
    (r"(?m)^#.*coding[=:].*$", ""),
    (r"(?m)^from case9_9_1 import \*$", ""),
    (r"(?s)\nif __name__ == '__main__':.*", "\n"),
    (r"(?m)^(\s*)print .*$", r"\1pass"),
    (r"\bbinascii\.", "binascii_."),
    (r"\bpkg_resources\.", "pkg_resources_."),
    (r"(?m)^import copy, os, pkg_resources, hashlib, binascii$", "import copy, os, hashlib"),
    (r"\(object, Case, \)", "(Case, )"),
    (r"from autobahn\.websocket\.utf8validator import Utf8Validator", ""),
    (r"len\(self\.payload\) / self\.p", "len(self.payload) // self.p"),
]

# Parameters of the compression extension that autobahn has renamed since.
RENAMED = [
    ("requestNoContextTakeover", "request_no_context_takeover"),
    ("requestMaxWindowBits", "request_max_window_bits"),
    ("acceptNoContextTakeover", "accept_no_context_takeover"),
    ("acceptMaxWindowBits", "accept_max_window_bits"),
]


def rewritten(name, text):
    """The source of one case module, as Python 3."""
    text = text.expandtabs(8)
    for pattern, replacement in REWRITES:
        text = re.sub(pattern, replacement, text)
    if name == "case12_x_x.py":
        for old, new in RENAMED:
            # Not where the cases unpack their own list of parameters under these names.
            text = re.sub(r"\b%s\b(?! *, *requestMaxWindowBits\))" % old, new, text)
    return PRELUDE + text


def load(suite):
    """All case classes, in their order."""
    source = os.path.join(suite, "autobahntestsuite", "case")
    target = tempfile.TemporaryDirectory(prefix="autobahn-cases-")
    with open(os.path.join(target.name, "py2names.py"), "w") as file:
        file.write(NAMES % suite)
    for name in sorted(os.listdir(source)):
        # 9.9.1 is in the folder, but not in the suite's own list.
        if not name.endswith(".py") or name == "case9_9_1.py":
            continue
        with open(os.path.join(source, name), encoding="latin-1") as file:
            text = rewritten(name, file.read())
        name = "all_cases.py" if name == "__init__.py" else name
        with open(os.path.join(target.name, name), "w", encoding="utf-8") as file:
            file.write(text)
    sys.path.insert(0, target.name)
    sys.dont_write_bytecode = True
    import all_cases
    from case import Case
    target.cleanup()
    Case.compare = lambda self, one, other: as_bytes(one) == as_bytes(other)
    return all_cases.Cases


def raw(value):
    return value.encode("latin-1") if isinstance(value, str) else bytes(value)


def as_bytes(value):
    if isinstance(value, str):
        return raw(value)
    if isinstance(value, (list, tuple)):
        return [as_bytes(item) for item in value]
    return value
