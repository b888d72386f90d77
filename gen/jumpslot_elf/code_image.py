"""Where the code of a guest lies, and what its symbols say of it.

Depends on elf_image and intervals.
"""

import struct
from bisect import bisect_right
from dataclasses import dataclass

from elftools.elf.constants import P_FLAGS, SH_FLAGS

from .elf_image import ElfImage
from .intervals import Intervals

# Some hundred times what a large guest has: seconds, and a gigabyte of memory.
MAX_CODE = 16 << 20
SYMBOLS = {32: struct.Struct("<IIIBBH"), 64: struct.Struct("<IBBHQQ")}
DYNAMIC = {32: struct.Struct("<iI"), 64: struct.Struct("<qQ")}
DT_NULL, DT_NEEDED = 0, 1
STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_GNU_IFUNC = 0, 1, 2, 10
SHN_UNDEF, SHN_ABS = 0, 0xFFF1


@dataclass(frozen=True, order=True)
class Symbol:
    address: int
    is_function: bool
    size: int
    is_object: bool
    name: str


@dataclass
class Segment:
    address: int
    data: bytes
    is_executable: bool

    @property
    def range(self):
        return self.address, self.address + len(self.data)


class CodeImage:
    """
    searched   what may hold code: executable, and no section of data
    bodies     what functions say is theirs, by their size
    objects    what symbols say is data
    symbols    those in executable segments, sorted
    functions  the addresses of functions
    segments   all that is loaded from the file
    """

    def __init__(self, path):
        self._image = image = ElfImage(path)
        self.path, self.machine, self.bits = path, image.machine, image.bits
        self._check_type()
        self.segments = self._read_segments()
        self._executable = Intervals(each.range for each in self.segments
                                     if each.is_executable)
        self._check_code()
        self.searched = self._executable.minus(self._other_contents())
        self.symbols = sorted(self._read_symbols())
        self._functions = [each for each in self.symbols if each.is_function]
        self._addresses = sorted({each.address for each in self.symbols})
        self._entries = sorted({each.address for each in self._functions})
        self.functions = set(self._entries)
        self.bodies = Intervals((each.address, each.address + each.size)
                                for each in self._functions).within(self._executable)
        self.objects = Intervals(self._object_range(each) for each in self.symbols
                                 if each.is_object and each.address not in self.functions)

    def is_executable(self, address):
        return address in self._executable

    def code(self, address, count):
        """At most so many bytes at an address; none outside executable segments."""
        data, start = self._code_at(address)
        return data[address - start:address - start + count]

    def match(self, pattern, address, end):
        """Where a match of the pattern at an address ends, at most at `end`; or None."""
        data, start = self._code_at(address)
        match = pattern.match(data, address - start, end - start)
        return match and match.end() + start

    def _code_at(self, address):
        for segment in self.segments:
            start, end = segment.range
            if segment.is_executable and start <= address < end:
                return segment.data, start
        return b"", address

    def labels(self, start, end):
        """The addresses of symbols in a range, in order."""
        index = bisect_right(self._addresses, start - 1)
        while index < len(self._addresses) and self._addresses[index] < end:
            yield self._addresses[index]
            index += 1

    def is_label(self, address):
        return next(self.labels(address, address + 1), None) is not None

    def symbol_of(self, address):
        """The function around an address, or else the last symbol before it, or None."""
        around = _last_before(self._functions, address)
        if around and address < around.address + around.size:
            return around
        return _last_before(self.symbols, address)

    def _check_type(self):
        kind = self._image.header["e_type"]
        if kind not in ("ET_EXEC", "ET_DYN"):
            self._image.fail(f"ELF type {kind}: not a linked image")

    def _read_segments(self):
        segments = []
        for header in self._image.segments():
            start = header["p_offset"]
            data = self._image.bytes[start:start + header["p_filesz"]]
            if header["p_type"] == "PT_INTERP":
                self._image.fail("a dynamic program (PT_INTERP): guests are linked "
                                 "statically")
            if header["p_type"] == "PT_DYNAMIC":
                self._check_dynamic(data)
            if header["p_type"] == "PT_LOAD" and data:
                segments.append(Segment(header["p_vaddr"], data,
                                        bool(header["p_flags"] & P_FLAGS.PF_X)))
        segments.sort(key=lambda each: each.address)
        for one, two in zip(segments, segments[1:]):
            if two.address < one.range[1]:
                self._image.fail(f"the segments at 0x{one.address:x} and 0x{two.address:x} "
                                 "overlap")
        return segments

    def _check_dynamic(self, data):
        record = DYNAMIC[self.bits]
        for tag, _ in record.iter_unpack(data[:len(data) // record.size * record.size]):
            if tag == DT_NULL:
                break
            if tag == DT_NEEDED:
                self._image.fail("needs a shared library (DT_NEEDED): guests are linked "
                                 "statically")

    def _check_code(self):
        size = sum(end - start for start, end in self._executable)
        if not size:
            self._image.fail("no executable segment")
        if size > MAX_CODE:
            self._image.fail(f"0x{size:x} bytes of code: at most 0x{MAX_CODE:x}")
        self.entry = self._image.header["e_entry"]
        if not self.is_executable(self.entry):
            self._image.fail(f"the entry 0x{self.entry:x} lies outside executable code")

    def _other_contents(self):
        """What lies in executable segments and is known not to be code: data, headers."""
        header = self._image.header
        size = header["e_phoff"] + header["e_phnum"] * header["e_phentsize"]
        headers = [(each["p_vaddr"], each["p_vaddr"] + size)
                   for each in self._image.segments()
                   if each["p_type"] == "PT_LOAD" and each["p_offset"] == 0]
        wanted = SH_FLAGS.SHF_ALLOC | SH_FLAGS.SHF_EXECINSTR
        data = [(each["sh_addr"], each["sh_addr"] + each["sh_size"])
                for each in self._image.headers
                if each["sh_flags"] & wanted == SH_FLAGS.SHF_ALLOC and
                each["sh_type"] != "SHT_NOBITS"]
        return Intervals(headers + data)

    def _records(self, header, layouts):
        record = layouts[self.bits]
        data = self._image.contents(header)
        return record.iter_unpack(data[:len(data) // record.size * record.size])

    def _read_symbols(self):
        tables = [each for each in self._image.headers if each["sh_type"] == "SHT_SYMTAB"]
        if not tables:
            self._image.fail("no symbols, by which code is told from data: link without "
                             "-s, or look at the image before it is stripped")
        names = self._names(tables[0])
        for fields in self._records(tables[0], SYMBOLS):
            if self.bits == 32:
                name, address, size, info, _, section = fields
            else:
                name, info, _, section, address, size = fields
            kind = info & 15
            if (kind in (STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_GNU_IFUNC) and
                    section not in (SHN_UNDEF, SHN_ABS) and self.is_executable(address)):
                yield Symbol(address, kind in (STT_FUNC, STT_GNU_IFUNC), size,
                             kind == STT_OBJECT, _string(names, name))

    def _names(self, table):
        if table["sh_link"] >= len(self._image.headers):
            self._image.fail(f"names of symbols in section {table['sh_link']} of "
                             f"{len(self._image.headers)}")
        return self._image.contents(self._image.headers[table["sh_link"]])

    def _object_range(self, symbol):
        """As far as its size, or the next symbol if it has none; not into a function."""
        end = symbol.address + symbol.size
        if not symbol.size:
            end = _next(self._addresses, symbol.address)
        return symbol.address, min(end, _next(self._entries, symbol.address))


def _last_before(symbols, address):
    index = bisect_right(symbols, address, key=lambda each: each.address)
    return symbols[index - 1] if index else None


def _next(addresses, address):
    index = bisect_right(addresses, address)
    return addresses[index] if index < len(addresses) else 1 << 64


def _string(table, offset):
    return table[offset:table.find(b"\0", offset)].decode("latin-1")
