"""Searches a guest for instructions to replace before it runs on the paravirtual layer.

Looks at each instruction of each function, one after the other from its symbol to its
end. Depends on code_image, disassembly, privileged_list and source_lines.
"""

import re
from dataclasses import dataclass

from .code_image import CodeImage
from .disassembly import MAX_SIZE, Disassembler, Instruction, decode_by_objdump
from .privileged_list import Entry, PrivilegedList
from .source_lines import source_lines
from .symbols import Symbol

# The bytes with which compilers, assemblers and linkers fill gaps; long gaps start with
# a jump.
PADDING = re.compile(
    rb"(?:[\x00\xcc]|\xeb.|\xe9.{4}|[\x66\x2e]*\x90|\x89\xf6|"
    rb"[\x66\x2e]*\x0f\x1f(?:\x00|\x40.|\x44..|\x80.{4}|\x84.{5})|"
    rb"\x2e?\x8d(?:[\x76\x7f]\x00|\x74\x26\x00)|"
    rb"\x2e?\x8d(?:[\xb6\xbf]|\xb4\x26|\xbc\x27)\x00{4})*",
    re.DOTALL)


@dataclass
class Finding:
    instruction: Instruction
    entry: Entry
    symbol: Symbol | None
    place: tuple | None


@dataclass
class LeftOver:
    """Executable bytes that were not searched.

    `unknown` has the bytes of an instruction that cannot be decoded; it is None where no
    symbol says whether the bytes are code.
    """
    address: int
    size: int
    symbol: Symbol | None
    unknown: bytes | None


@dataclass
class Result:
    path: str
    machine: str
    bits: int
    searched: int
    findings: list
    left_over: list

    @property
    def is_clean(self):
        return not self.findings and not self.left_over


def search_guest(path, entries):
    """Read a guest and look at each instruction of its functions."""
    image = CodeImage(path)
    search = Search(image, PrivilegedList(image.bits, entries))
    search.run()
    places = source_lines(path, [instruction.address for instruction, _ in search.found])
    findings = [Finding(*each, image.symbol_of(each[0].address), place)
                for each, place in zip(search.found, places)]
    left_over = [LeftOver(start, end - start, image.symbol_of(start), unknown)
                 for start, end, unknown in search.left_over()]
    return Result(path, image.machine, image.bits, search.count, findings, left_over)


class Search:
    """
    found    the instructions of the list, with their entries
    count    how many instructions were looked at
    unknown  the ranges in functions that could not be decoded
    """

    def __init__(self, image, privileged):
        self._image, self._privileged = image, privileged
        self._disassembler = Disassembler(image.bits)
        self.found, self.count, self.unknown = [], 0, []

    def run(self):
        unknown = []
        for start, end, limit in self._pieces():
            unknown += self._read_piece(start, end, limit)
        asked = [(start, self._image.bytes(start, end)) for start, end in unknown]
        answers = decode_by_objdump(self._image.path, self._image.bits, asked)
        for (start, end), instructions in zip(unknown, answers):
            at = self._look_at(start, instructions)
            if self._after_padding(at, end) < end:
                self.unknown.append((at, end))
        self.found.sort()

    def left_over(self):
        """Start and end of what was not searched, and the bytes of what is unknown."""
        parts = [(start, end, bytes(self._image.bytes(start, min(end, start + MAX_SIZE))))
                 for start, end in self.unknown]
        for start, end in self._image.undeclared:
            edges = [start, *self._image.labels(start + 1, end), end]
            for part, next_part in zip(edges, edges[1:]):
                begin = self._after_padding(part, next_part)
                if begin < next_part:
                    parts.append((begin, next_part, None))
        return sorted(parts, key=lambda part: part[:2])

    def _pieces(self):
        """Each function's start, the next one's, and the end of the code around both."""
        for start, limit in self._image.code:
            edges = [start, *self._image.starts(start + 1, limit), limit]
            for piece, next_piece in zip(edges, edges[1:]):
                yield piece, next_piece, limit

    def _read_piece(self, start, end, limit):
        """Look at all of it; after what is unknown, go on at the next label."""
        unknown = []
        while start < end:
            # A second entry may skip a prefix: the instruction ends after that entry.
            code = self._image.bytes(start, min(limit, end + MAX_SIZE - 1))
            at = self._look_at(start, self._decode(start, end, code))
            start = next(iter(self._image.labels(at + 1, end)), end)
            if self._after_padding(at, start) < start:
                unknown.append((at, start))
        return unknown

    def _decode(self, start, end, code):
        for instruction in self._disassembler.decode(start, code):
            if instruction.address >= end:
                return
            yield instruction

    def _look_at(self, at, instructions):
        """Look at instructions that follow each other; where the last one ends."""
        for instruction in instructions:
            self.count += 1
            at = instruction.end
            entry = self._privileged.find(instruction.code)
            if entry:
                self.found.append((instruction, entry))
        return at

    def _after_padding(self, start, end):
        return start + PADDING.match(self._image.bytes(start, end)).end()
