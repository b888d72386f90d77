"""Reads the import table of a guest, in either of the two layouts.

host-wrapper refuses the same images of the layout that it runs, and lists the same
functions. Depends on elf_image, loadable, notes, type_string and debug_externals.
"""

import struct
from dataclasses import dataclass, field

from elftools.elf.constants import P_FLAGS

from . import abi
from .debug_externals import describe_imports
from .elf_image import ElfImage
from .imports import Import
from .l4externals import read_l4externals
from .loadable import read_segments
from .notes import build_id, jumpslot_note
from .type_string import check_entry

NOTHING = ("no external functions: not built with jumpslot/external_func.h, or all were "
           "dropped by --gc-sections")
# Offsets of the fields in struct jumpslot_import.
NAME, TYPE, SLOT = 0, 4, 8
# Bytes of the sections.
MAX_NOTE, MAX_STRINGS = 0x1000, 0x8000000


@dataclass
class Guest:
    path: str
    machine: str
    bits: int
    build_id: str | None
    layout: str
    abi: int | None
    imports: list = field(repr=False)
    remarks: list  # for the user: lines about parts of the file that were left out


def read_guest(path):
    """Read and check a guest; it imports at least one function."""
    image = ElfImage(path)
    if image.header["e_type"] not in ("ET_EXEC", "ET_DYN"):
        image.fail(f"ELF type {image.header['e_type']}: not a linked image")
    if image.section(abi.SECTION_NOTE) or image.section(abi.SECTION_SYMTAB):
        layout, version, imports = "jumpslot", abi.ABI_VERSION, Table(image).read()
        remark = describe_imports(image, imports)
    else:
        layout, version, imports = "l4externals", None, read_l4externals(image)
        remark = None
    if not imports:
        image.fail(NOTHING)
    return Guest(path, image.machine, image.bits, build_id(image), layout, version,
                 imports, [remark] if remark else [])


class Table:
    """The sections of the jumpslot layout while they are read."""

    def __init__(self, image):
        self.image = image
        self.segments = read_segments(image)
        self.slots = self._required(abi.SECTION_JMPTBL,
                                    2 * abi.MAX_IMPORTS * image.bits // 8, P_FLAGS.PF_W)
        self.resolver = self._read_note(self._required(abi.SECTION_NOTE, MAX_NOTE))

    def read(self):
        self.symtab = self.image.section(abi.SECTION_SYMTAB)
        if not self.symtab or not self.symtab.data:
            return []
        self._check_size(len(self.symtab.data))
        self._check_loaded(self.symtab)
        self.strings = self._required(abi.SECTION_STR, MAX_STRINGS)
        imports = [self._entry(index, *fields) for index, fields in
                   enumerate(struct.iter_unpack(abi.IMPORT_FORMAT, self.symtab.data))]
        self._check_distinct(imports, "name", "name {}")
        self._check_distinct(imports, "slot", "slot 0x{:x}")
        return imports

    def _required(self, name, limit, flags=0):
        section = self.image.section(name) or self.image.fail(f"no section {name}")
        if len(section.data) > limit:
            self.image.fail(f"{section} has more than 0x{limit:x} bytes")
        self._check_loaded(section, flags)
        return section

    def _check_loaded(self, section, flags=0):
        header = self.image.section_header(section.name)
        self.segments.check_loaded(section, header, P_FLAGS.PF_R | flags)

    def _read_note(self, section):
        offset, address = jumpslot_note(section, abi.NOTE_GUEST, abi.GUEST_NOTE_FORMAT)
        resolver = address + 4 + offset
        if not self.slots.holds_word(resolver, self.image.bits // 8):
            self.image.fail(f"malformed note: the resolver pointer at 0x{resolver:x} is "
                            f"not an aligned word of {self.slots}")
        self.segments.check_vcpu(section)
        return resolver

    def _check_size(self, size):
        if size % abi.IMPORT_SIZE:
            self.image.fail(f"section {abi.SECTION_SYMTAB} has {size} bytes: not a "
                            f"multiple of {abi.IMPORT_SIZE}")
        count = size // abi.IMPORT_SIZE
        if count > abi.MAX_IMPORTS:
            self.image.fail(f"{count} imports (at most {abi.MAX_IMPORTS})")

    def _entry(self, index, name, type_, slot, flags):
        at = self.symtab.address + index * abi.IMPORT_SIZE
        what = f"import {index}"
        name = self.strings.string_at(at + NAME + name, f"{what}: its name")
        type_ = (self.strings.string_at(at + TYPE + type_, f"{what}: its type")
                 if type_ else None)
        check_entry(self.image.path, what, name, type_, flags, self.image.bits)
        slot = self._slot(f"{what} ({name})", at + SLOT + slot)
        return Import(name, type_, flags, slot)

    def _slot(self, what, slot):
        if not self.slots.holds_word(slot, self.image.bits // 8):
            self.image.fail(f"{what}: its slot 0x{slot:x} is not an aligned word "
                            f"of {self.slots}")
        if slot == self.resolver:
            self.image.fail(f"{what}: its slot 0x{slot:x} is the resolver pointer")
        return slot

    def _check_distinct(self, imports, attribute, form):
        first = {}
        for index, import_ in enumerate(imports):
            value = getattr(import_, attribute)
            other = first.setdefault(value, index)
            if other != index:
                self.image.fail(f"imports {other} and {index} both have the "
                                + form.format(value))
