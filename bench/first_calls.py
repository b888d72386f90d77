"""First calls of each of many functions, each sample in a process of its own.

Peers: glibc's lazy binding, the same bound at the start, musl's dynamic linker, which
binds at the start, and a search by string compares.
"""

import many_calls
from clock import clock_of
from instructions import parts, side_by_side
from rows import compared
from runs import BENCH, PROCESSES, QUICK, guest_command, interleaved, run

GOAL = {"x86_64": 0.1, "i386": 0.2}
COUNTS = 10, 100, 1000


def measure(command):
    words, environment = command
    return int(run(*words, **environment))


COLD = {"BENCH_COLD": "1"}


def commands_of(host, folder, *options):
    """{name: (command, environment)} that prints the ticks of one first pass."""
    def ours(provider, *more):
        return guest_command(host, folder, "first-guest.elf", provider, "",
                             (*options, *more)), {}

    peer = [folder / "first-peer"]
    commands = {
        "ours": ours("first-provider.so"),
        "ours cold": (ours("first-provider.so")[0], COLD),
        "ours now": ours("first-provider.so", "--bind", "now"),
        "gated": ours("first-gated.so"),
        "lazy": (peer, {}),
        "lazy cold": (peer, COLD),
        "now": (peer, {"LD_BIND_NOW": "1"}),
        "chain": ([folder / "chain"], {}),
    }
    if (folder / "first-musl").exists():
        commands["musl"] = [folder / "first-musl"], {}
    return commands


def counts_of(host, folder, count):
    """{name: instructions per call}"""
    commands = commands_of(host, folder, "--in-place")
    found = side_by_side(lambda command: parts(command[0], **command[1])["first"],
                         commands.values())
    return {name: total / count for name, total in zip(commands, found)}


def rows_of(machine, host, count):
    folder = BENCH / machine / f"16-{count}"
    samples = interleaved(PROCESSES, commands_of(host, folder), measure)
    counts = {} if QUICK else counts_of(host, folder, count)
    per_cycle = count * clock_of(machine, host).cycle

    def less(side, base):
        return [max(1, a - b) for a, b in zip(samples[side], samples[base])]

    def compare(what, ours, peer, goal=None):
        return compared(machine, f"{what}, {count:,} functions", "cycles per call", ours,
                        peer, per_cycle, goal)

    def row(what, ours, peer, goal=None):
        result = compare(what, samples[ours], samples[peer], goal)
        if counts:
            result.instructions = [counts[ours], counts[peer]]
        return result

    result = [
        row("first : lazy first", "ours", "lazy", GOAL[machine]),
        compare("the same less bound calls", less("ours", "ours now"),
                less("lazy", "now")),
        row("first : lazy first, cold caches", "ours cold", "lazy cold"),
        row("--bind now : lazy first", "ours now", "lazy"),
        row("--bind now : LD_BIND_NOW=1", "ours now", "now"),
        row("first, gated : lazy first", "gated", "lazy"),
        row("first : chain of compares", "ours", "chain"),
    ]
    if "musl" in samples:
        result.append(row("--bind now : musl", "ours now", "musl"))
    return result


def rows(machine, host):
    return [*(row for count in COUNTS for row in rows_of(machine, host, count)),
            *many_calls.first_rows(machine, host)]
