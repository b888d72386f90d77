"""Reads the import table of L4RTEMS and L4Linux guests: three sections, no types.

.symtab and .jmptbl hold one machine word for each function, in the same order: the
address of its name in .str, and the slot. Several files may enter the same function; its
stubs are weak, so the first entry counts. Depends on elf_image, imports and type_string.
"""

import struct

from . import abi
from .imports import Import
from .type_string import check_entry

STR = ".data.l4externals.str"
SYMTAB = ".data.l4externals.symtab"
JMPTBL = ".data.l4externals.jmptbl"


def read_l4externals(image):
    symtab = image.section(SYMTAB)
    if not symtab or not symtab.data:
        return []
    strings, slots = _required(image, STR), _required(image, JMPTBL)
    word = image.bits // 8
    _check_sizes(image, symtab, slots, word)
    imports = {}
    addresses = struct.iter_unpack("<I" if word == 4 else "<Q", symtab.data)
    for index, (address,) in enumerate(addresses):
        name = strings.string_at(address, f"import {index}: its name")
        check_entry(image.path, f"import {index}", name, None, 0, image.bits)
        imports.setdefault(name, Import(name, None, 0, slots.address + index * word))
    return list(imports.values())


def _required(image, name):
    return image.section(name) or image.fail(f"section {SYMTAB}, but no section {name}")


def _check_sizes(image, symtab, slots, word):
    size = len(symtab.data)
    if size % word:
        image.fail(f"section {SYMTAB} has {size} bytes: not a multiple of {word}")
    if size // word > abi.MAX_IMPORTS:
        image.fail(f"{size // word} imports (at most {abi.MAX_IMPORTS})")
    if len(slots.data) != size:
        image.fail(f"{size} bytes of names in {SYMTAB}, but {len(slots.data)} bytes of "
                   f"slots in {JMPTBL}")
