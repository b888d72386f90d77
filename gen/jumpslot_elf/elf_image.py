"""Reads the sections and segments of an ELF file for a machine that guests run on.

The file is not trusted: each offset and size is compared with the file before use.
Depends on pyelftools for the layout of ELF's structures.
"""

import io
import zlib
from dataclasses import dataclass

from elftools.common.utils import struct_parse
from elftools.elf.constants import SH_FLAGS
from elftools.elf.structs import ELFStructs

from . import abi
from .input import read_file
from .problem import Problem

MACHINES = {("EM_386", 32): "i386", ("EM_X86_64", 64): "x86_64"}
ELF_CLASSES = {1: 32, 2: 64}
LITTLE_ENDIAN = 1
VERSION = 1
# No section that is asked for has a longer name.
MAX_SECTION_NAME = 64
# Bytes of the names of all sections.
MAX_SECTION_NAMES = 1 << 24
MAX_FILE = 1 << 30
# Bytes of a section that is read as a stream, after decompression: seconds.
MAX_STREAM = 32 << 20
# Bytes that are decompressed at once.
CHUNK = 1 << 16


@dataclass
class Section:
    """A section's bytes, and the address of the first one."""
    path: str
    name: str
    address: int
    data: bytes

    def __str__(self):
        return f"section {self.name} (0x{len(self.data):x} bytes at 0x{self.address:x})"

    def string_at(self, address, what):
        """The NUL-terminated string at an address, which must end in this section."""
        start = address - self.address
        if not 0 <= start < len(self.data):
            raise Problem(self.path, f"{what} at 0x{address:x} lies outside {self}")
        end = self.data.find(b"\0", start, start + abi.MAX_NAME + 1)
        if end < 0:
            raise Problem(self.path, f"{what} at 0x{address:x} does not end within "
                                     f"{abi.MAX_NAME} bytes and {self}")
        return self.data[start:end].decode("latin-1")

    def holds_word(self, address, size):
        """Whether an aligned word of that size lies at the address."""
        offset = address - self.address
        return address % size == 0 and 0 <= offset <= len(self.data) - size


class ElfImage:
    """The headers of an ELF file; sections are read on demand."""

    def __init__(self, path):
        self.path = path
        self.bytes = read_file(path, MAX_FILE)
        self.bits = self._check_identity()
        structs = ELFStructs(little_endian=True, elfclass=self.bits)
        structs.create_basic_structs()
        structs.create_advanced_structs()
        self._structs = structs
        self.header = self._parse_header()
        self.machine = self._check_machine()
        self.headers = self._parse_section_headers()
        self._sections = self._index_sections()

    def fail(self, reason):
        raise Problem(self.path, reason)

    def section(self, name):
        """The one section of that name, with its bytes; None if there is none."""
        header = self.section_header(name)
        return self._load(name, header) if header else None

    def section_header(self, name):
        """The header of the one section of that name; None if there is none."""
        headers = self._sections.get(name.encode(), [])
        if len(headers) > 1:
            self.fail(f"{len(headers)} sections are called {name}")
        return headers[0] if headers else None

    def stream(self, name):
        """The bytes of the section of that name, decompressed, in small chunks."""
        header = self.section_header(name)
        if not header:
            return iter(())
        data = self.contents(header, name)
        if header["sh_flags"] & SH_FLAGS.SHF_COMPRESSED:
            return self._decompress(name, data)
        self._check_stream(name, len(data))
        return (data[at:at + CHUNK] for at in range(0, len(data), CHUNK))

    def notes(self):
        """All sections of notes that can be read; damaged ones are skipped."""
        for name, headers in self._sections.items():
            for header in headers:
                if (header["sh_type"] == "SHT_NOTE" and self._has_contents(header) and
                        not header["sh_flags"] & SH_FLAGS.SHF_COMPRESSED):
                    yield self._load(name.decode("latin-1"), header)

    def segments(self):
        """The program headers; what is loaded lies within the file."""
        headers = self._parse_headers("program", self._structs.Elf_Phdr,
                                      self.header["e_phoff"], self.header["e_phnum"],
                                      self.header["e_phentsize"])
        for index, header in enumerate(headers):
            if header["p_type"] == "PT_LOAD":
                self._check_segment(index, header)
        return headers

    def _check_segment(self, index, header):
        if header["p_offset"] + header["p_filesz"] > len(self.bytes):
            self.fail(f"truncated: segment {index} has 0x{header['p_filesz']:x} bytes at "
                      f"0x{header['p_offset']:x}, but the file ends at "
                      f"0x{len(self.bytes):x}")
        if header["p_vaddr"] + header["p_filesz"] >= 1 << self.bits:
            self.fail(f"segment {index}: 0x{header['p_filesz']:x} bytes at address "
                      f"0x{header['p_vaddr']:x} do not lie below 0x{1 << self.bits:x}")

    def _check_identity(self):
        start = self.bytes[:7]
        if not start:
            self.fail("an empty file")
        if start[:4] != b"\x7fELF":
            self.fail("not an ELF file")
        if len(start) < 7:
            self.fail(f"truncated: {len(self.bytes)} bytes of an ELF header")
        if start[4] not in ELF_CLASSES:
            self.fail(f"ELF class {start[4]}, neither 1 (32 bits) nor 2 (64 bits)")
        if start[5] != LITTLE_ENDIAN:
            self.fail(f"byte order {start[5]}, not 1 (little-endian)")
        if start[6] != VERSION:
            self.fail(f"ELF version {start[6]}, not {VERSION}")
        return ELF_CLASSES[start[4]]

    def _parse_header(self):
        size = self._structs.Elf_Ehdr.sizeof()
        if len(self.bytes) < size:
            self.fail(f"truncated: {len(self.bytes)} bytes of an ELF header of {size}")
        return struct_parse(self._structs.Elf_Ehdr, io.BytesIO(self.bytes))

    def _check_machine(self):
        machine = self.header["e_machine"]
        if (machine, self.bits) not in MACHINES:
            self.fail(f"made for machine {machine} with {self.bits} bits, "
                      "neither i386 nor x86-64")
        return MACHINES[machine, self.bits]

    def _index_sections(self):
        names = self.headers[self._names_index(len(self.headers))]
        table = self.contents(names, "of section names")
        if (names["sh_type"] != "SHT_STRTAB" or not table or table[-1] or
                names["sh_flags"] & SH_FLAGS.SHF_COMPRESSED or
                len(table) > MAX_SECTION_NAMES):
            self.fail("the sections' names are not strings")
        index = {}
        for header in self.headers:
            start = header["sh_name"]
            end = table.find(b"\0", start, start + MAX_SECTION_NAME)
            if end >= 0:
                index.setdefault(table[start:end], []).append(header)
        return index

    def _parse_section_headers(self):
        offset, count = self.header["e_shoff"], self.header["e_shnum"]
        if not offset or not count:
            self.fail("no section headers: tables and symbols are found by them")
        return self._parse_headers("section", self._structs.Elf_Shdr, offset, count,
                                   self.header["e_shentsize"])

    def _parse_headers(self, what, layout, offset, count, size):
        if count and size != layout.sizeof():
            self.fail(f"{what} headers of {size} bytes, not {layout.sizeof()}")
        if offset + count * size > len(self.bytes):
            self.fail(f"truncated: {count} {what} headers at 0x{offset:x}, but the file "
                      f"ends at 0x{len(self.bytes):x}")
        stream = io.BytesIO(self.bytes)
        return [struct_parse(layout, stream, offset + i * size) for i in range(count)]

    def _names_index(self, count):
        index = self.header["e_shstrndx"]
        if not 0 < index < count:
            self.fail(f"section names in section {index} of {count}")
        return index

    def _has_contents(self, header):
        return (header["sh_type"] != "SHT_NOBITS" and
                header["sh_offset"] + header["sh_size"] <= len(self.bytes))

    def _check_contents(self, name, header):
        if header["sh_type"] == "SHT_NOBITS":
            self.fail(f"section {name} has no contents")
        if not self._has_contents(header):
            self.fail(f"truncated: section {name} has 0x{header['sh_size']:x} bytes at "
                      f"0x{header['sh_offset']:x}, but the file ends at "
                      f"0x{len(self.bytes):x}")

    def contents(self, header, name="of symbols"):
        """A section's bytes, as they are in the file."""
        self._check_contents(name, header)
        start = header["sh_offset"]
        return self.bytes[start:start + header["sh_size"]]

    def records(self, data, layouts):
        """The records in a table, by the layout for the file's word size."""
        layout = layouts[self.bits]
        return layout.iter_unpack(data[:len(data) // layout.size * layout.size])

    def _load(self, name, header):
        if header["sh_flags"] & SH_FLAGS.SHF_COMPRESSED:
            self.fail(f"section {name} is compressed (only {abi.SECTION_DEBUG} may be)")
        return Section(self.path, name, header["sh_addr"], self.contents(header, name))

    def _check_stream(self, name, size):
        if size > MAX_STREAM:
            self.fail(f"section {name} has 0x{size:x} bytes (at most 0x{MAX_STREAM:x})")

    def _decompress(self, name, data):
        head = self._structs.Elf_Chdr
        if len(data) < head.sizeof():
            self.fail(f"section {name} has {len(data)} bytes (a compressed one has at "
                      f"least {head.sizeof()})")
        form = struct_parse(head, io.BytesIO(data))
        if form["ch_type"] != "ELFCOMPRESS_ZLIB":
            self.fail(f"section {name} has compression {form['ch_type']} (expected zlib)")
        self._check_stream(name, form["ch_size"])
        try:
            yield from _inflate(data[head.sizeof():], form["ch_size"])
        except zlib.error as error:
            raise Problem(self.path, f"section {name} cannot be decompressed") from error


def _inflate(data, size):
    """At most `size` bytes, in chunks; neither side is copied as a whole."""
    inflater = zlib.decompressobj()
    for at in range(0, len(data), CHUNK):
        rest = data[at:at + CHUNK]
        while rest and size > 0:
            chunk = inflater.decompress(rest, min(size, CHUNK))
            rest = inflater.unconsumed_tail
            size -= len(chunk)
            yield chunk
