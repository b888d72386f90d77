"""C types for a provider's source: the guest's own ones, and stand-ins for the others.

Depends on nothing.
"""

import re

TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\S")
WORD = re.compile(r"[A-Za-z_]")
QUALIFIERS = {"const", "volatile"}
POINTER_WORDS = QUALIFIERS | {"*", "restrict", "__restrict", "__restrict__"}

# The letters, for 32 and for 64 bits, of the types that a provider's compiler knows. A
# guest may give such a name to another type: then its letter differs.
BUILTIN = {
    "void": "vv", "char": "bb", "signed char": "bb", "unsigned char": "cc",
    "short": "hh", "short int": "hh", "unsigned short": "tt", "unsigned short int": "tt",
    "int": "ii", "signed": "ii", "signed int": "ii", "unsigned": "uu",
    "unsigned int": "uu", "long": "il", "long int": "il", "unsigned long": "um",
    "unsigned long int": "um", "long long": "ll", "long long int": "ll",
    "unsigned long long": "mm", "unsigned long long int": "mm", "float": "ff",
    "double": "dd", "long double": "DD", "_Bool": "BB", "bool": "BB",
    "__int128": "-q", "unsigned __int128": "-Q",
}
STANDARD = {
    "int8_t": "bb", "int16_t": "hh", "int32_t": "ii", "int64_t": "ll",
    "uint8_t": "cc", "uint16_t": "tt", "uint32_t": "uu", "uint64_t": "mm",
    "intptr_t": "il", "uintptr_t": "um", "intmax_t": "ll", "uintmax_t": "mm",
    "size_t": "um", "ptrdiff_t": "il", "wchar_t": "ii",
}
LETTERS = {" ".join(sorted(name.split())): letters
           for name, letters in {**BUILTIN, **STANDARD}.items()}

STAND_INS = {
    "v": "void", "b": "int8_t", "h": "int16_t", "i": "int32_t", "l": "int64_t",
    "c": "uint8_t", "t": "uint16_t", "u": "uint32_t", "m": "uint64_t", "B": "bool",
    "p": "void *", "f": "float", "d": "double", "D": "long double", "q": "__int128",
    "Q": "unsigned __int128",
}


class Type:
    """A type as C text; `definition` must come before its use, unless it is None."""

    def __init__(self, text, definition=None, stand_in=False):
        self.text = text
        self.definition = definition
        self.stand_in = stand_in

    def declare(self, name):
        return self.text + ("" if self.text.endswith("*") else " ") + name


def stand_in(code):
    """A type with the given code: of the same size, and passed in the same way.

    Only a struct may be passed differently, because that depends on its members.
    """
    if code[0] == "V":
        name = f"jumpslot_vector_{code[1:]}"
        return Type(name, f"typedef unsigned char {name} "
                          f"__attribute__((__vector_size__({code[1:]})));", True)
    if code[0] == "S":
        size, align = code[1:].split(".")
        name = f"jumpslot_opaque_{size}_{align}"
        return Type(name, f"typedef struct {{ unsigned char bytes[{size}]; }} {name} "
                          f"__attribute__((__aligned__({align})));", True)
    return Type(STAND_INS[code], stand_in=True)


def known_type(text, code, bits):
    """The type if a provider can repeat the text and it has that code, else None."""
    words = TOKEN.findall(text)
    stars = words.index("*") if "*" in words else len(words)
    base = [word for word in words[:stars] if word not in QUALIFIERS]
    if not all(map(WORD.match, base)) or not POINTER_WORDS.issuperset(words[stars:]):
        return None
    is_pointer = stars < len(words)
    if is_pointer != (code == "p"):
        return None
    if is_pointer and len(base) == 2 and base[0] in ("struct", "union"):
        return Type(text, " ".join(base) + ";")
    letters = LETTERS.get(" ".join(sorted(base)))
    if letters and (is_pointer or letters[bits == 64] == code):
        return Type(text)
    return None
