"""What of a guest has to be replaced before it runs on the paravirtual layer.

Depends on code_search, privileged_list and source_lines.
"""

from dataclasses import dataclass

from .code_image import CodeImage, Symbol
from .code_search import find_code
from .instruction import Instruction
from .privileged_list import Entry, PrivilegedList
from .source_lines import source_lines


@dataclass
class Finding:
    instruction: Instruction
    entry: Entry
    symbol: Symbol | None
    place: tuple | None


@dataclass
class LeftOver:
    """Bytes that are neither known to be code nor declared to be data."""
    address: int
    size: int
    symbol: Symbol | None


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
    """Read a guest, and look at each instruction of it."""
    image = CodeImage(path)
    code = find_code(image)
    found = list(_matches(image, code.instructions, PrivilegedList(image.bits, entries)))
    places = source_lines(path, [instruction.address for instruction, _ in found])
    findings = [Finding(*each, image.symbol_of(each[0].address), place)
                for each, place in zip(found, places)]
    left_over = [LeftOver(start, end - start, image.symbol_of(start))
                 for start, end in code.left_over]
    return Result(path, image.machine, image.bits, len(code.instructions), findings,
                  left_over)


def _matches(image, instructions, privileged):
    """An instruction within another one, such as one without its prefix, is no second."""
    end = 0
    for instruction in instructions:
        entry = privileged.find(image.code(instruction.address, instruction.size))
        if entry and instruction.address >= end:
            end = instruction.end
            yield instruction, entry
