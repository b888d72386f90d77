"""First calls of each of many functions, each sample in a process of its own."""

from typing import NamedTuple

from rows import ratio_row
from runs import BENCH, PROCESSES, in_turn, run, run_guest

GOAL = {"x86_64": 0.1, "i386": 0.2}


class First(NamedTuple):
    """Ticks of a first pass; with `now`, of one with functions bound at the start."""

    ours: int
    ours_now: int
    gated: int
    peer: int
    peer_now: int


def first_samples(folder):
    def ours(provider, *options):
        return int(run_guest(folder, "first-guest.elf", provider, "", options))

    peer = folder / "first-peer"
    return [First(*in_turn(
        i, lambda: ours("first-provider.so"),
        lambda: ours("first-provider.so", "--bind", "now"),
        lambda: ours("first-gated.so"),
        lambda: int(run(peer)),
        lambda: int(run(peer, LD_BIND_NOW="1"))))
        for i in range(PROCESSES)]


def first_rows(machine, count, cycle):
    """`cycle`: in ticks."""
    samples = first_samples(BENCH / machine / f"16-{count}")

    def row(what, ours, peer, goal=None):
        pairs = [[(ours(sample), peer(sample))] for sample in samples]
        return ratio_row(machine, f"{what}, {count} functions", "cycles per call", pairs,
                         count * cycle, goal)

    return [
        row("first : lazy first", lambda s: s.ours, lambda s: s.peer, GOAL[machine]),
        row("the same less bound calls", lambda s: s.ours - s.ours_now,
            lambda s: s.peer - s.peer_now),
        row("--bind now : lazy first", lambda s: s.ours_now, lambda s: s.peer),
        row("first, gated : lazy first", lambda s: s.gated, lambda s: s.peer),
    ]
