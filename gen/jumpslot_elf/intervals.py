"""Sets of addresses, as sorted half-open ranges. Depends on nothing."""

from bisect import bisect_right


class Intervals:
    """Ranges (start, end), given in any order and overlapping; sorted and merged."""

    def __init__(self, ranges=()):
        self.ranges = []
        for start, end in sorted(ranges):
            if self.ranges and start <= self.ranges[-1][1]:
                self.ranges[-1] = (self.ranges[-1][0], max(end, self.ranges[-1][1]))
            elif start < end:
                self.ranges.append((start, end))
        self._starts = [start for start, _ in self.ranges]

    def __iter__(self):
        return iter(self.ranges)

    def __contains__(self, address):
        return self.end_of(address) is not None

    def end_of(self, address):
        """The end of the range that holds the address; None if no range does."""
        index = bisect_right(self._starts, address) - 1
        if index >= 0 and address < self.ranges[index][1]:
            return self.ranges[index][1]
        return None

    def minus(self, other):
        """The addresses in this set and not in the other."""
        left, at = [], 0
        for start, end in self.ranges:
            while at < len(other.ranges) and other.ranges[at][1] <= start:
                at += 1
            index = at
            while index < len(other.ranges) and other.ranges[index][0] < end:
                left.append((start, other.ranges[index][0]))
                start = other.ranges[index][1]
                index += 1
            left.append((start, end))
        return Intervals(each for each in left if each[0] < each[1])

    def within(self, other):
        """The addresses in both sets."""
        return self.minus(self.minus(other))
