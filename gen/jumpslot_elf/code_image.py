"""Where the code of a guest lies: its executable segments and the symbols in them.

Depends on elf_image, symbols and intervals.
"""

import struct
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from elftools.elf.constants import P_FLAGS, SH_FLAGS

from .elf_image import ElfImage
from .intervals import Intervals
from .symbols import read_symbols

# Some hundred times the code of a large guest.
MAX_CODE = 16 << 20
DYNAMIC = {32: struct.Struct("<iI"), 64: struct.Struct("<qQ")}
DT_NULL, DT_NEEDED = 0, 1


@dataclass
class Segment:
    address: int
    data: memoryview

    @property
    def range(self):
        return self.address, self.address + len(self.data)


class CodeImage:
    """
    code        the bodies of functions and global labels, without the objects in them
    undeclared  executable bytes that no such symbol and no object covers
    """

    def __init__(self, path):
        self._image = image = ElfImage(path)
        self.path, self.machine, self.bits = path, image.machine, image.bits
        self._check_type()
        self._segments = self._executable_segments()
        self._executable = Intervals(each.range for each in self._segments)
        self._check_code()
        self._read_symbols()
        searched = self._executable.minus(self._other_contents())
        functions = Intervals(map(self._range, self._functions))
        objects = Intervals(map(self._object_range, self._objects))
        starts = self._functions + self._code_labels(functions, objects)
        self._starts = sorted({each.address for each in starts})
        self.code = Intervals(map(self._range, starts)).within(searched).minus(objects)
        self.undeclared = searched.minus(objects).minus(self.code)

    def bytes(self, start, end):
        """A view of the bytes from an executable address to at most `end`."""
        for segment in self._segments:
            first, last = segment.range
            if first <= start < last:
                return segment.data[start - first:end - first]
        return memoryview(b"")

    def labels(self, start, end):
        """The addresses of symbols in a range, sorted."""
        return _between(self._addresses, start, end)

    def starts(self, start, end):
        """The addresses in a range where functions and global labels start, sorted."""
        return _between(self._starts, start, end)

    def symbol_of(self, address):
        """The function around an address, else the last symbol before it, or None."""
        around = _last_before(self._functions, address)
        if around and address < around.address + around.size:
            return around
        return _last_before(self._symbols, address)

    def _check_type(self):
        kind = self._image.header["e_type"]
        if kind not in ("ET_EXEC", "ET_DYN"):
            self._image.fail(f"ELF type {kind}: not a linked image")

    def _executable_segments(self):
        loaded = []
        for header in self._image.segments():
            start = header["p_offset"]
            data = self._image.bytes[start:start + header["p_filesz"]]
            if header["p_type"] == "PT_INTERP":
                self._image.fail("a dynamic program (PT_INTERP); link guests statically")
            if header["p_type"] == "PT_DYNAMIC":
                self._check_dynamic(data)
            if header["p_type"] == "PT_LOAD" and data:
                segment = Segment(header["p_vaddr"], memoryview(data))
                loaded.append((segment, header["p_flags"]))
        loaded.sort(key=lambda each: each[0].address)
        for (one, _), (two, _) in zip(loaded, loaded[1:]):
            if two.address < one.range[1]:
                self._image.fail(f"the segments at 0x{one.address:x} and "
                                 f"0x{two.address:x} overlap")
        return [segment for segment, flags in loaded if flags & P_FLAGS.PF_X]

    def _check_dynamic(self, data):
        for tag, _ in self._image.records(data, DYNAMIC):
            if tag == DT_NULL:
                break
            if tag == DT_NEEDED:
                self._image.fail("needs a shared library (DT_NEEDED); link guests "
                                 "statically")

    def _check_code(self):
        size = sum(end - start for start, end in self._executable)
        if not size:
            self._image.fail("no executable segment")
        if size > MAX_CODE:
            self._image.fail(f"0x{size:x} bytes of code (at most 0x{MAX_CODE:x})")
        entry = self._image.header["e_entry"]
        if entry not in self._executable:
            self._image.fail(f"the entry 0x{entry:x} lies outside executable code")

    def _other_contents(self):
        """The parts of executable segments that hold headers, or sections of data."""
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

    def _read_symbols(self):
        symbols = read_symbols(self._image)
        if symbols is None:
            self._image.fail("no symbols: the search starts at function symbols (link "
                             "without -s, or search the image before it is stripped)")
        self._symbols = sorted(each for each in symbols
                               if each.address in self._executable)
        self._addresses = sorted({each.address for each in self._symbols})
        self._functions = [each for each in self._symbols if each.is_function]
        self._entries = sorted({each.address for each in self._functions})
        entries = set(self._entries)
        self._objects = [each for each in self._symbols
                         if each.is_object and each.address not in entries]
        self._ends = sorted({each.address for each in self._symbols
                             if not each.is_label or self._is_start(each)})

    def _is_start(self, label):
        """Global labels are called from other files; assembly often states no type."""
        return label.is_global or label.address == self._image.header["e_entry"]

    def _code_labels(self, functions, objects):
        return [each for each in self._symbols if each.is_label and self._is_start(each)
                and each.address not in functions and each.address not in objects]

    def _range(self, symbol):
        """As the size states; without one, up to the next symbol but local labels."""
        start, end = symbol.address, symbol.address + symbol.size
        if not symbol.size:
            end = min(_next(self._ends, start), self._executable.end_of(start))
        return start, end

    def _object_range(self, symbol):
        """An object ends where a function starts, whatever its size states."""
        start, end = self._range(symbol)
        return start, min(end, _next(self._entries, start))


def _between(addresses, start, end):
    return addresses[bisect_left(addresses, start):bisect_left(addresses, end)]


def _last_before(symbols, address):
    index = bisect_right(symbols, address, key=lambda each: each.address)
    return symbols[index - 1] if index else None


def _next(addresses, address):
    index = bisect_right(addresses, address)
    return addresses[index] if index < len(addresses) else 1 << 64
