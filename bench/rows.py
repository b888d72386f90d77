"""Results of the bench: ratios to a peer, differences from one, and the clock.

Depends on the standard library alone.
"""

from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import NamedTuple


class Clock(NamedTuple):
    """Turns ticks of the time stamp counter into cycles and nanoseconds."""

    additions: list  # ticks of each dependent addition: one cycle
    ns_per_tick: float

    @property
    def cycle(self):
        return median(self.additions)

    def as_json(self):
        return {"ns_per_tick": self.ns_per_tick, "ticks_per_cycle": {
            "min": min(self.additions), "median": self.cycle, "max": max(self.additions)}}


@dataclass
class Row:
    """One comparison, with a sample per process. Smaller is better."""

    machine: str
    what: str
    unit: str
    ours: float
    peer: float
    samples: list = field(repr=False)
    goal: float | None = None
    subject: str = ""  # bench.py sets it, and the host that has none
    host: str = ""
    instructions: list | None = None  # per call: ours and the peer's

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
    """Our value divided by the value of the peer."""

    kind = "ratio"


@dataclass
class Difference(Row):
    """Our time minus the time of the peer, in nanoseconds and in cycles."""

    kind = "difference"
    cycles: float = 0


def addition_ticks(equal):
    """Ticks per addition in the pairs "equal : equal": chains of 100,000 additions."""
    return [ticks / 1e5 for pairs in equal for pair in pairs for ticks in pair]


def middle(processes, side):
    """The median over processes of the median over their pairs."""
    return median(median(pair[side] for pair in pairs) for pairs in processes)


def ratio_row(machine, what, unit, processes, divisor, goal=None):
    """`divisor` turns ticks into the unit."""
    return Ratio(machine, what, unit, middle(processes, 0) / divisor,
                 middle(processes, 1) / divisor,
                 [median(a / b for a, b in pairs) for pairs in processes], goal)


def compared(machine, what, unit, ours, peer, divisor=1, goal=None):
    """A ratio of samples that were taken in turn, each in a process of its own."""
    return Ratio(machine, what, unit, median(ours) / divisor, median(peer) / divisor,
                 [a / b for a, b in zip(ours, peer)], goal)


def difference_row(machine, what, processes, calls, clock, goal=None):
    """A row of samples that have `calls` calls each."""
    scale = clock.ns_per_tick / calls
    samples = [median(a - b for a, b in pairs) * scale for pairs in processes]
    row = Difference(machine, what, "ns per call", middle(processes, 0) * scale,
                     middle(processes, 1) * scale, samples, goal)
    row.cycles = row.value / (clock.ns_per_tick * clock.cycle)
    return row
