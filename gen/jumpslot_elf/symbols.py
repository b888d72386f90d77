"""The symbols of an ELF image, read from its symbol table.

Depends on elf_image.
"""

import struct
from dataclasses import dataclass

LAYOUTS = {32: struct.Struct("<IIIBBH"), 64: struct.Struct("<IBBHQQ")}
STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_GNU_IFUNC = 0, 1, 2, 10
KINDS = (STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_GNU_IFUNC)
STB_LOCAL = 0
SHN_UNDEF, SHN_ABS = 0, 0xFFF1


@dataclass(frozen=True, order=True)
class Symbol:
    """A place: a function, an object, or a label if its source states no type."""
    address: int
    is_function: bool
    size: int
    is_object: bool
    is_global: bool
    name: str

    @property
    def is_label(self):
        return not self.is_function and not self.is_object


def read_symbols(image):
    """The symbols of places in the image; None if it has no symbol table."""
    tables = [each for each in image.headers if each["sh_type"] == "SHT_SYMTAB"]
    if not tables:
        return None
    table = tables[0]
    names = _names(image, table)
    return [symbol for fields in image.records(image.contents(table), LAYOUTS)
            if (symbol := _symbol(image.bits, fields, names))]


def _symbol(bits, fields, names):
    if bits == 32:
        name, address, size, info, _, section = fields
    else:
        name, info, _, section, address, size = fields
    kind = info & 15
    if kind not in KINDS or section in (SHN_UNDEF, SHN_ABS):
        return None
    return Symbol(address, kind in (STT_FUNC, STT_GNU_IFUNC), size, kind == STT_OBJECT,
                  info >> 4 != STB_LOCAL,
                  names[name:names.find(b"\0", name)].decode("latin-1"))


def _names(image, table):
    if table["sh_link"] >= len(image.headers):
        image.fail(f"the symbols' names are in section {table['sh_link']} (the file has "
                   f"{len(image.headers)} sections)")
    return image.contents(image.headers[table["sh_link"]])
