"""What the bench finds out: ratios to a peer, differences from one, and the clock.

Depends on the standard library alone.
"""

from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import NamedTuple


class Clock(NamedTuple):
    """What turns ticks of the time stamp counter into cycles and nanoseconds."""

    additions: list  # ticks of each dependent addition that was measured: a cycle
    ns_a_tick: float

    @property
    def cycle(self):
        return median(self.additions)

    def as_json(self):
        return {"ns_a_tick": self.ns_a_tick, "ticks_a_cycle": {
            "min": min(self.additions), "median": self.cycle, "max": max(self.additions)}}


@dataclass
class Row:
    """One comparison, the smaller the better: a sample for each process."""

    machine: str
    what: str
    unit: str
    ours: float
    peer: float
    samples: list = field(repr=False)
    goal: float | None = None

    @property
    def value(self):
        return median(self.samples)

    @property
    def quartiles(self):
        if len(self.samples) == 1:
            return [self.value, self.value]
        low, _, high = quantiles(self.samples, method="inclusive")
        return [low, high]

    @property
    def verdict(self):
        if self.goal is None:
            return "no goal"
        return "meets the goal" if self.value <= self.goal else "above the goal"

    def as_json(self):
        return asdict(self) | {"kind": self.kind, "value": self.value,
                               "quartiles": self.quartiles, "verdict": self.verdict}


@dataclass
class Ratio(Row):
    """Ours to the peer's."""

    kind = "ratio"


@dataclass
class Difference(Row):
    """What ours takes more than the peer, in nanoseconds; also in cycles."""

    kind = "difference"
    cycles: float = 0


def addition_ticks(equal):
    """Ticks of every addition, of "equal : equal": chains of 100,000, a cycle each."""
    return [ticks / 1e5 for pairs in equal for pair in pairs for ticks in pair]


def middle(processes, side):
    """The median over processes of the median over their pairs."""
    return median(median(pair[side] for pair in pairs) for pairs in processes)


def ratio_row(machine, what, unit, processes, divisor, goal=None):
    """`divisor` turns ticks into the unit."""
    return Ratio(machine, what, unit, middle(processes, 0) / divisor,
                 middle(processes, 1) / divisor,
                 [median(a / b for a, b in pairs) for pairs in processes], goal)


def difference_row(machine, what, processes, calls, clock, goal=None):
    """Of samples of so many calls each."""
    scale = clock.ns_a_tick / calls
    samples = [median(a - b for a, b in pairs) * scale for pairs in processes]
    row = Difference(machine, what, "ns a call", middle(processes, 0) * scale,
                     middle(processes, 1) * scale, samples, goal)
    row.cycles = row.value / (clock.ns_a_tick * clock.cycle)
    return row
