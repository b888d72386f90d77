"""Tells the code of a guest from data in the midst of it.

First comes what control flow reaches from the entry and from functions. Of the gaps in
between, a part is code if something points to it, or if it lies in a function that states
its size, and if all of it reads as code does. The rest is left over.
Depends on code_image, instruction, descent and intervals.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from .descent import Descent
from .instruction import Decoder, Flow
from .intervals import Intervals

# What compilers, assemblers and linkers fill with, between functions and blocks.
PADDING = re.compile(
    rb"(?:[\x00\xcc]|[\x66\x2e]*\x90|\x89\xf6|"
    rb"[\x66\x2e]*\x0f\x1f(?:\x00|\x40.|\x44..|\x80.{4}|\x84.{5})|"
    rb"\x2e?\x8d(?:[\x76\x7f]\x00|\x74\x26\x00)|"
    rb"\x2e?\x8d(?:[\xb6\xbf]|\xb4\x26|\xbc\x27)\x00{4})*",
    re.DOTALL)
# Strings. In a function of known size, code is more likely; elsewhere, a `push` that leads
# on into the next function looks like two letters.
STRINGS = re.compile(rb"[\t\n\r -~]{4,}\0[\t\n\r -~\0]*")
TEXT = re.compile(rb"[\t\n\r -~\0]*?[\t\n\r -~]{2}[\t\n\r -~\0][\t\n\r -~\0]*")
# `add %al,(%rax)`: nobody writes it, and data is full of zeros.
ZEROS = b"\0\0"
MAX_ALIGNMENT = 64
# So many bytes tell whether it is text, or a table of addresses.
MAX_LOOK = 4096
# Each pass finds code that only the code of the last one points to.
MAX_PASSES = 50


@dataclass
class Code:
    """instructions, sorted; and ranges that are neither code nor declared to be data."""
    instructions: list
    left_over: list


def find_code(image):
    search = Search(image)
    search.descent.follow([image.entry, *image.functions])
    for _ in range(MAX_PASSES):
        if not search.look_into_gaps():
            break
    return Code(search.instructions(), list(search.left_over()))


class Search:
    def __init__(self, image):
        self.image = image
        self.decoder = Decoder(image)
        self.descent = Descent(image, self.decoder)
        self._searched = image.searched.minus(image.objects)
        self._gaps, self._hopeless, self._reads = Intervals(), set(), []
        ranges = [each.range for each in image.segments if each.is_executable]
        self._low, self._high = ranges[0][0], ranges[-1][1]
        self._data_words = self._words_of_data()

    def instructions(self):
        return [self.decoder.at(address) for address in sorted(self.descent.code)]

    def gaps(self):
        return self._searched.minus(Intervals(
            (each.address, each.end) for each in self.instructions()))

    def look_into_gaps(self):
        """Finds more code; whether there was any."""
        self._gaps, self._hopeless = self.gaps(), set()
        self._reads = sorted(each for each in self.descent.reads if each in self._gaps)
        found = False
        for start in self._candidates():
            if start in self._gaps and not self.is_code(start):
                starts = self._read(start)
                self.descent.follow(starts)
                found |= bool(starts)
        return found

    def left_over(self):
        """What is left of the gaps without padding, in parts that begin with a symbol."""
        for start, end in self.gaps():
            edges = [start, *self.image.labels(start + 1, end), end]
            for part, next_part in zip(edges, edges[1:]):
                begin = self.behind_padding(part, next_part)
                last = self._before_padding(begin, next_part)
                if begin < last:
                    yield begin, last

    def _before_padding(self, start, end):
        """Where what is at the end may begin, of what aligns and of what fills."""
        aligned = next(each for each in range(max(start, end - MAX_ALIGNMENT), end + 1)
                       if self.behind_padding(each, end) == end)
        return start + len(self.image.code(start, aligned - start).rstrip(b"\0\xcc\x90"))

    def _candidates(self):
        """Where code may begin: what is pointed to, and parts of functions."""
        starts = set(self.descent.doubtful)
        pointers = sorted(self._pointers())
        for start, end in self._gaps:
            begin = self.behind_padding(start, end)
            inside = pointers[bisect_left(pointers, start):bisect_left(pointers, end)]
            # A symbol may stand before padding; any other number in it, behind.
            starts |= {each if self.image.is_label(each) else max(begin, each)
                       for each in inside}
            starts |= {each for each in (begin, *self.image.labels(begin, end))
                       if each in self.image.bodies}
        return sorted(starts - self.descent.reads)

    def _pointers(self):
        words = set(self.descent.pointers | self._data_words)
        for start, end in self._gaps:
            words |= self._words(start, self.image.code(start, end - start))
        return {word for word in words if word in self._gaps}

    def _words_of_data(self):
        """What lies in data, the relocations of a static PIE among it."""
        words = set()
        for segment in self.image.segments:
            start, end = segment.range
            for first, last in Intervals([segment.range]).minus(self._searched):
                words |= self._words(first, segment.data[first - start:last - start])
        return words

    def _words(self, address, data):
        """All words there that are addresses of code; those of them that are not aligned, as
        in packed structures, just if they are a symbol's: else bytes make many by chance."""
        kind, size = ("I", 4) if self._high <= 1 << 32 else ("Q", 8)
        words = set()
        for shift in range(size):
            count = (len(data) - shift) // size
            found = set(array(kind, data[shift:shift + max(count, 0) * size]))
            words |= found if (address + shift) % size == 0 else \
                set(filter(self.image.is_label, found))
        return {word for word in words
                if self._low <= word < self._high and self.image.is_executable(word)}

    def _read(self, start):
        """Where blocks start if what lies at `start` is code; else nothing."""
        ends = self._ends(start)
        end = next(ends)
        if self._is_data(start, end):
            return []
        reading = Reading(self, end, ends)
        if reading.read(start):
            return reading.starts
        self._hopeless |= reading.seen
        return []

    def _ends(self, start):
        """How far it may reach: a function's size, or else symbols, one after the other."""
        last = self._gaps.end_of(start)
        index = bisect_right(self._reads, start)
        if index < len(self._reads):
            last = min(last, self._reads[index])
        if start in self.image.bodies:
            yield min(last, self.image.bodies.end_of(start))
        else:
            yield from self.image.labels(start + 1, last)
            yield last

    def _is_data(self, start, end):
        end = min(end, start + MAX_LOOK)
        pattern = STRINGS if start in self.image.bodies else TEXT
        text = self.image.match(pattern, start, end)
        if text and self.behind_padding(text, end) == end:
            return True
        words = array("I", self.image.code(start, (end - start) // 4 * 4))
        return bool(words) and all(map(self.image.is_executable, words))

    def behind_padding(self, start, end):
        return self.image.match(PADDING, start, end)

    def is_code(self, address):
        return address in self.descent.code

    def may_be_entered(self, target):
        """Not the midst of an instruction, nor data, nor anything else."""
        return self.is_code(target) or target in self._gaps

    def is_hopeless(self, address):
        return address in self._hopeless


class Reading:
    """An attempt to read bytes as code, one instruction behind the other, up to an end."""

    def __init__(self, search, end, more_ends):
        self._search, self._end, self._more_ends = search, end, more_ends
        self.starts, self.seen, self._targets = [], set(), []

    def read(self, start):
        """Whether it is code throughout; then `starts` has the starts of its blocks."""
        at, last, first = start, None, start
        while not self._is_complete(at, last):
            if at == self._end:
                self._end = next(self._more_ends, None)
            if last is None or last.flow is Flow.CALL or not last.goes_on:
                self.starts.append(at)
            last = self._accept(at)
            if not last:
                return False
            at = last.end
            if not last.goes_on and self._end:
                at = self._search.behind_padding(at, self._end)
        return all(self._is_target(each, first, at) for each in self._targets)

    def _is_complete(self, at, last):
        """At the end, nothing is left open; a call may be of what never returns."""
        return at == self._end and last is not None and (
            not last.goes_on or last.flow is Flow.CALL or self._search.is_code(at))

    def _accept(self, at):
        """The instruction there, if it is one that code would have."""
        instruction = self._search.decoder.at(at)
        if (self._end is None or not instruction or instruction.end > self._end or
                self._search.is_hopeless(at) or
                self._search.image.code(at, instruction.size) == ZEROS):
            return None
        self.seen.add(at)
        if instruction.target is not None:
            self._targets.append(instruction.target)
        return instruction

    def _is_target(self, target, start, end):
        if start <= target < end:
            return target in self.seen
        return self._search.may_be_entered(target)
