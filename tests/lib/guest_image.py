"""Reads the tables of a finished guest or provider out of its file, for tests.

Written from docs/abi.md alone: depends on pyelftools and on no file of the project.
"""

import io
import struct
from collections import namedtuple
from functools import cached_property

from elftools.dwarf.callframe import FDE
from elftools.elf.elffile import ELFFile

PAGE = 4096
ALLOC, WRITE, EXECUTE = 2, 1, 4
Import = namedtuple("Import", "name type slot flags entry")
Record = namedtuple("Record", "name type function flags carry stack_bytes")


class Image:
    def __init__(self, path):
        self.path = path
        self.elf = ELFFile(io.BytesIO(path.read_bytes()))
        self.word = self.elf.elfclass // 8
        self.machine = self.elf["e_machine"]
        self.position_independent = self.elf["e_type"] == "ET_DYN"
        table = self.elf.get_section_by_name(".symtab")
        self.symbols = {symbol.name: symbol["st_value"] for symbol in
                        (table.iter_symbols() if table else [])
                        if symbol["st_shndx"] != "SHN_UNDEF"}

    def section(self, name):
        return self.elf.get_section_by_name(name)

    def data(self, name):
        section = self.section(name)
        return section.data() if section else b""

    def allocated(self):
        """Sections that take memory."""
        return [section for section in self.elf.iter_sections()
                if section["sh_flags"] & ALLOC and section["sh_size"]]

    def segments(self):
        return [segment for segment in self.elf.iter_segments()
                if segment["p_type"] == "PT_LOAD" and segment["p_memsz"]]

    def segment_flags(self, address):
        """p_flags of the segment that holds an address: 4 is R, 2 is W, 1 is X."""
        return next(segment["p_flags"] for segment in self.segments()
                    if 0 <= address - segment["p_vaddr"] < segment["p_memsz"])

    def bytes_at(self, address, count):
        for segment in self.segments():
            start = address - segment["p_vaddr"]
            if 0 <= start <= segment["p_filesz"] - count:
                return segment.data()[start:start + count]
        raise ValueError(f"{self.path}: nothing at {address:#x}")

    def word_at(self, address):
        return int.from_bytes(self.bytes_at(address, self.word), "little")

    def string_at(self, address, section):
        """A string that must lie within a section."""
        start = address - self.section(section)["sh_addr"]
        data = self.data(section)
        assert 0 <= start < len(data), (section, hex(address))
        return data[start:data.index(0, start)].decode()

    def _records(self, section, layout):
        """The fields of each entry, the three offsets turned into addresses."""
        start = self.section(section)["sh_addr"] if self.section(section) else 0
        for at, fields in enumerate(struct.iter_unpack(layout, self.data(section))):
            entry = start + struct.calcsize(layout) * at
            yield entry, [entry + 4 * i + offset if offset else None
                          for i, offset in enumerate(fields[:3])], fields[3:]

    @cached_property
    def imports(self):
        """{name: Import}; a name that occurs twice is an error."""
        found = {}
        for entry, (name, kind, slot), (flags,) in self._records(".externals.symtab",
                                                                 "<iiiI"):
            name = self.string_at(name, ".externals.str")
            assert name not in found, f"{name} twice in {self.path}"
            found[name] = Import(name, kind and self.string_at(kind, ".externals.str"),
                                 slot, flags, entry)
        return found

    def provided(self):
        """The records of a provider, in order."""
        strings = ".jumpslot.strings"
        return [Record(self.string_at(name, strings),
                       kind and self.string_at(kind, strings), function, *rest)
                for _, (name, kind, function), rest in
                self._records(".jumpslot.provided", "<iiiIII")]

    def note(self, section):
        """(owner, type, descriptor as two words, address of the second)."""
        data = self.data(section)
        owner_size, size, kind = struct.unpack_from("<III", data)
        at = 12 + (owner_size + 3) // 4 * 4
        assert (size, at + size) == (8, len(data)), section
        words = struct.unpack_from("<Ii", data, at)
        return (data[12:12 + owner_size], kind, words,
                self.section(section)["sh_addr"] + at + 4)

    def debug_externals(self):
        """{name: (place, prototype)}"""
        strings = self.data(".debug_externals").decode().split("\0")
        assert len(strings) % 3 == 1 and strings[-1] == ""
        return dict(zip(strings[0::3], zip(strings[1::3], strings[2::3])))

    def frames(self):
        """{address: [(address, CFA register, CFA offset)]} of .debug_frame."""
        rows = {}
        for entry in self.elf.get_dwarf_info().CFI_entries():
            if isinstance(entry, FDE):
                rows[entry["initial_location"]] = [
                    (row["pc"], row["cfa"].reg, row["cfa"].offset)
                    for row in entry.get_decoded().table]
        return rows

    def relocations(self):
        """{address: addend} of the dynamic relocations."""
        section = self.section(".rela.dyn")
        return {entry["r_offset"]: entry["r_addend"] for entry in
                (section.iter_relocations() if section else [])}
