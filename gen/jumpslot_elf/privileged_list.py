"""The instructions that a guest must not use, as patterns of an instruction's bytes.

Reads host-wrapper/common/privileged.def, which the runner uses too. Depends on problem
alone.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from .problem import Problem

PATH = Path(__file__).resolve().parents[2] / "host-wrapper/common/privileged.def"

# For each macro of privileged.def: its arguments between opcode and name, and the fields
# that it sets itself.
FORMS = {
    "PLAIN": (("variants",), {}),
    "PLAIN_32": (("variants",), {"only_32_bit": True}),
    "GROUP": (("form", "reg"), {}),
    "GROUP_32": (("form",), {"only_32_bit": True}),
    "EXACT": (("reg", "rm"), {"form": "REGISTER"}),
    "REPEATED": (("reg",), {"form": "REGISTER", "repeated": True}),
    "PREFIX": (("variants",), {"alone": True}),
}
CATEGORIES = {"PRIVILEGED", "SENSITIVE", "SILENT", "KERNEL"}
OPERANDS = {"MEMORY", "REGISTER", "EITHER"}
ANY_REG = "ANY_REG"

LEGACY = rb"\x26\x2e\x36\x3e\x64-\x67\xf0\xf2\xf3"
PREFIXES = {32: b"[" + LEGACY + b"]*", 64: b"[" + LEGACY + rb"\x40-\x4f]*"}


@dataclass
class Entry:
    """One line of the list; the fields are those of privileged.c."""
    category: str
    opcode: int
    name: str
    instead: str
    variants: int = 0
    form: str = ""
    reg: int | str = ANY_REG
    rm: int | str = ANY_REG
    only_32_bit: bool = False
    repeated: bool = False
    alone: bool = False


def read_list(path=PATH):
    """The entries of the list, in the order of the file."""
    try:
        text = path.read_text()
    except OSError as error:
        raise Problem(path, error.strerror) from error
    text = re.sub(r"/\*.*?\*/|\\\n", " ", text, flags=re.DOTALL)
    defines = re.findall(r'^#define\s+(\w+)\s+(".*")\s*$', text, re.MULTILINE)
    try:
        texts = {name: ast.literal_eval(value) for name, value in defines}
        # Python reads a #define as a comment.
        return [_entry(statement, texts) for statement in ast.parse(text).body]
    except (SyntaxError, ValueError) as error:
        raise Problem(path, f"malformed: {error}") from error


def _entry(statement, texts):
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or getattr(call.func, "id", None) not in FORMS:
        raise ValueError(f"{ast.unparse(statement)}: not a macro of the list "
                         f"(expected {', '.join(FORMS)})")
    between, implied = FORMS[call.func.id]
    fields = ("category", "opcode", *between, "name", "instead")
    values = [_value(argument, texts) for argument in call.args]
    if len(values) != len(fields):
        raise ValueError(f"{ast.unparse(statement)}: {len(values)} arguments "
                         f"(expected {len(fields)})")
    return _checked(Entry(**dict(zip(fields, values)), **implied), statement)


def _value(argument, texts):
    if isinstance(argument, ast.Name):
        return texts.get(argument.id, argument.id)
    return argument.value if isinstance(argument, ast.Constant) else None


def _checked(entry, statement):
    if not (entry.category in CATEGORIES and entry.form in OPERANDS | {""} and
            all(isinstance(number, int) for number in (entry.opcode, entry.variants)) and
            all(number == ANY_REG or number in range(8)
                for number in (entry.reg, entry.rm)) and
            isinstance(entry.name, str) and " " in str(entry.instead)):
        raise ValueError(f"{ast.unparse(statement)}: invalid argument")
    return entry


class PrivilegedList:
    """Finds the entry for an instruction, by its bytes."""

    def __init__(self, bits, entries):
        self.entries = [entry for entry in entries if bits == 32 or not entry.only_32_bit]
        groups = [b"(" + _pattern(entry, PREFIXES[bits]) + b")" for entry in self.entries]
        self._match = re.compile(PREFIXES[bits] + b"(?:" + b"|".join(groups) + b")",
                                 re.DOTALL).match

    def find(self, code):
        """The first entry that the bytes of one instruction match; None if none does."""
        match = self._match(code)
        return self.entries[match.lastindex - 1] if match else None


def _pattern(entry, prefixes):
    """The pattern for the bytes after the prefixes; F3 is matched as part of it."""
    start = bytes([entry.opcode >> 8]) if entry.opcode > 0xFF else b""
    opcode = re.escape(start) + _any_of(
        byte for byte in range(256) if not (byte ^ entry.opcode) & 0xFF & ~entry.variants)
    if entry.repeated:
        opcode = rb"\xf3" + prefixes + opcode
    if entry.alone or not entry.form:
        return opcode
    return opcode + _any_of(byte for byte in range(256) if _has_operand(entry, byte))


def _has_operand(entry, modrm):
    if entry.form == ("MEMORY" if modrm >> 6 == 3 else "REGISTER"):
        return False
    return entry.reg in (ANY_REG, modrm >> 3 & 7) and entry.rm in (ANY_REG, modrm & 7)


def _any_of(values):
    return b"[" + b"".join(b"\\x%02x" % value for value in values) + b"]"
