"""Guests on newlib beside the same programs, native: SQLite's speedtest1, and one that
calls memory and string functions."""

import re
import tempfile
from statistics import median

from rows import Ratio
from runs import BENCH, BUILD, QUICK, WRAPPER, in_turn, run

PROCESSES = 5
# --nosync: without fsync(), whose time is the disk's.
WORK = "--size", "10", "--nosync", "test.db"
GOAL = 1.15


def seconds(output):
    """The sum that speedtest1 prints."""
    return float(re.search(r"TOTAL\.* +([\d.]+)s", output).group(1))


def speedtest(machine, guest):
    """Seconds of one run, in a folder of its own."""
    with tempfile.TemporaryDirectory() as root:
        if not guest:
            return seconds(run("sh", "-c", 'cd "$0" && exec "$@"', root,
                               BENCH / machine / "speedtest1", *WORK))
        provider = f"{BUILD}/providers/newlib-{machine}.so,root={root}"
        return seconds(run(WRAPPER, "--work-area", "512M", "--provider", provider,
                           BENCH / machine / "speedtest1.elf", *WORK))


def memory_functions(command):
    """{"name(), size bytes": nanoseconds} from the lines of calls/memory.c."""
    return {f"{name}(), {size} bytes": float(ns) for name, size, ns in
            map(str.split, run(*command).splitlines())}


def memory_rows(machine):
    provider = f"{BUILD}/providers/newlib-{machine}.so"
    guest = WRAPPER, "--provider", provider, BENCH / machine / "memory.elf"
    native = BENCH / machine / "memory-native",
    pairs = [in_turn(index, lambda: memory_functions(guest),
                     lambda: memory_functions(native)) for index in range(PROCESSES)]
    return [Ratio(machine, f"newlib's {what} : native", "ns",
                  median(a[what] for a, _ in pairs), median(b[what] for _, b in pairs),
                  [a[what] / b[what] for a, b in pairs]) for what in pairs[0][0]]


def program_rows(machine):
    """No row in a quick try, which does not build SQLite."""
    if QUICK:
        return []
    pairs = [in_turn(index, lambda: speedtest(machine, True),
                     lambda: speedtest(machine, False)) for index in range(PROCESSES)]
    ours, peers = zip(*pairs)
    return [Ratio(machine, "SQLite's speedtest1 : native", "s", median(ours),
                  median(peers), [a / b for a, b in pairs], GOAL),
            *memory_rows(machine)]
