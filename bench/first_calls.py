"""First calls of each of many functions, each sample in a process of its own.

Peers: glibc's lazy binding, the same bound at the start, musl's dynamic linker, which
binds at the start, and a search by string compares.
"""

from functools import partial

import many_calls
from clock import clock_of
from rows import compared
from runs import BENCH, PROCESSES, interleaved, run, run_guest

GOAL = {"x86_64": 0.1, "i386": 0.2}
COUNTS = 10, 100, 1000


def measure(command):
    return int(command())


def commands_of(host, folder):
    """{name: what prints the ticks of one first pass}."""
    ours = partial(run_guest, host, folder, "first-guest.elf")
    peer = folder / "first-peer"
    commands = {
        "ours": partial(ours, "first-provider.so"),
        "ours now": partial(ours, "first-provider.so", "", ("--bind", "now")),
        "gated": partial(ours, "first-gated.so"),
        "lazy": partial(run, peer),
        "now": partial(run, peer, LD_BIND_NOW="1"),
        "chain": partial(run, folder / "chain"),
    }
    if (folder / "first-musl").exists():
        commands["musl"] = partial(run, folder / "first-musl")
    return commands


def rows_of(machine, host, count):
    samples = interleaved(PROCESSES, commands_of(host, BENCH / machine / f"16-{count}"),
                          measure)
    per_cycle = count * clock_of(machine, host).cycle

    def less(side, base):
        return [max(1, a - b) for a, b in zip(samples[side], samples[base])]

    def row(what, ours, peer, goal=None):
        return compared(machine, f"{what}, {count:,} functions", "cycles per call", ours,
                        peer, per_cycle, goal)

    result = [
        row("first : lazy first", samples["ours"], samples["lazy"], GOAL[machine]),
        row("the same less bound calls", less("ours", "ours now"), less("lazy", "now")),
        row("--bind now : lazy first", samples["ours now"], samples["lazy"]),
        row("--bind now : LD_BIND_NOW=1", samples["ours now"], samples["now"]),
        row("first, gated : lazy first", samples["gated"], samples["lazy"]),
        row("first : chain of compares", samples["ours"], samples["chain"]),
    ]
    if "musl" in samples:
        result.append(row("--bind now : musl", samples["ours now"], samples["musl"]))
    return result


def rows(machine, host):
    return [*(row for count in COUNTS for row in rows_of(machine, host, count)),
            *many_calls.first_rows(machine, host)]
