"""A guest beside the same source linked to its host: calls, bytes, start.

Depends on the standard library alone.
"""

import os
from time import perf_counter_ns

from rows import Ratio, ratio_row
from runs import BENCH, CALLS, PROCESSES, REPETITIONS, WRAPPER, in_turn, run, run_guest


def calls_once(i, folder, times):
    """Pairs of a guest and a linked program, each alone in its process."""
    ours, linked = (
        [int(line) for line in output.split()] for output in in_turn(
            i, lambda: run_guest(folder, "bound-fixed.elf", "bound-provider.so",
                                 f"{REPETITIONS},{times}"),
            lambda: run(folder / "bound-linked", REPETITIONS, times)))
    return list(zip(ours, linked))


def call_row(machine, count, cycle):
    times = CALLS // count
    folder = BENCH / machine / f"16-{count}"
    return ratio_row(machine, f"stub : linked, {count} functions", "cycles per call",
                     [calls_once(i, folder, times) for i in range(PROCESSES)],
                     times * count * cycle)


def run_time(*command):
    """Nanoseconds from the start of a program to its end."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    command = [str(word) for word in command]
    start = perf_counter_ns()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status = os.waitpid(pid, 0)
    time = perf_counter_ns() - start
    assert status == 0, command
    return time


def start_row(machine, what, *options):
    guest, linked = (BENCH / machine / name for name in ("hello.elf", "hello-linked"))
    pairs = [[tuple(in_turn(i, lambda: run_time(WRAPPER, *options, guest),
                            lambda: run_time(linked)))] for i in range(PROCESSES)]
    return ratio_row(machine, what, "us", pairs, 1000)


def size_row(machine):
    ours, linked = ((BENCH / machine / name).stat().st_size
                    for name in ("hello.elf", "hello-linked"))
    return Ratio(machine, "stripped file of hello : linked", "bytes", ours, linked,
                 [ours / linked])


def link_time_rows(machine, cycle):
    """`cycle`: in ticks."""
    return [*(call_row(machine, count, cycle) for count in (16, 1000)),
            size_row(machine),
            start_row(machine, "run of hello : linked"),
            start_row(machine, "run of hello --in-place : linked", "--in-place")]
