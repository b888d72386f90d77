"""The grammar of names, flags and type strings, as external_type.h makes them.

host-wrapper accepts the same ones (launcher/scan/abi_strings.c). Depends on abi and
problem.
"""

import re

from . import abi
from .problem import Problem

NAME = re.compile(r"[A-Za-z_$.][A-Za-z0-9_$.]*")
NUMBER = r"(?:0|[1-9][0-9]{0,5})"
PARAMETER = rf"[bhilctumBpfdDqQ]|V{NUMBER}|S{NUMBER}\.{NUMBER}"
TYPE = re.compile(rf"(v|{PARAMETER})((?:{PARAMETER})*)(\.?)")
PARAMETERS = re.compile(PARAMETER)
ALIGNMENT = re.compile(r"S[0-9]+\.([0-9]+)")


def name_valid(name):
    return NAME.fullmatch(name) is not None and len(name) <= abi.MAX_NAME


def type_valid(text):
    """Whether the text is a type string; alignments are powers of two."""
    return TYPE.fullmatch(text) is not None and all(
        number.bit_count() == 1 for number in map(int, ALIGNMENT.findall(text)))


def split_type(text):
    """A valid type string as result, list of parameters, and whether it is variadic."""
    result, parameters, dots = TYPE.fullmatch(text).groups()
    return result, PARAMETERS.findall(parameters), bool(dots)


def check_entry(path, what, name, type_, flags, bits):
    """Refuse an entry of a table whose contents the ABI does not allow."""
    if not name_valid(name):
        raise Problem(path, f"{what}: its name is not a symbol (expected letters, digits "
                            "and _.$)")
    what = f"{what} ({name})"
    if type_ is not None and not type_valid(type_):
        raise Problem(path, f"{what}: its type is not a type string")
    convention = flags & abi.CONVENTION_MASK
    if flags & ~abi.FLAGS_KNOWN or convention not in abi.CONVENTIONS:
        raise Problem(path, f"{what}: flags 0x{flags:x} are not all known (0x"
                            f"{abi.FLAGS_KNOWN:x}; conventions 0 to 0x{abi.STDCALL:x})")
    if convention and bits != 32:
        raise Problem(path, f"{what}: flags 0x{flags:x} state an i386 calling convention")
    if type_ is not None and type_.endswith(".") != bool(flags & abi.VARIADIC):
        raise Problem(path, f"{what}: type '{type_}' and flags 0x{flags:x} do not agree "
                            "on variadic")
