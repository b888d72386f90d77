"""Messages between partitions, in processes and in virtual machines, beside a pipe that
one process writes and reads: the sum of both sides' times.

The monitor's messages are counted in instructions, in monitor.
"""

import tempfile
from statistics import median

import kvm
from clock import clock_of
from hosts import KVM
from monitor import ROUNDS, channel_model, numbers, run_model
from rows import compared
from runs import BENCH, QUICK, interleaved, run

PROCESSES = 2 if QUICK else 11
KINDS = {"write and read": "write", "send and receive": "send"}
SIZES = (64,) if QUICK else (64, 8192)


def ticks_of_message(machine, host, what, size):
    with tempfile.TemporaryDirectory() as folder:
        found = run_model(host, channel_model(folder, machine, what, size))
    return sum(map(median, found.values())) / ROUNDS


def ticks_of_pipe(machine, size):
    return median(numbers(run(BENCH / machine / "pipe-native", size))) / ROUNDS


def rows(machine, host):
    ns_per_tick = clock_of(machine, host).ns_per_tick
    result = []
    for of in (host, *([] if kvm.refusal(machine) else [KVM])):
        for (what, argument), size in ((kind, size) for kind in KINDS.items()
                                       for size in SIZES):
            ticks = interleaved(PROCESSES, {
                "ours": lambda: ticks_of_message(machine, of, argument, size),
                "pipe": lambda: ticks_of_pipe(machine, size),
            }, lambda measure: measure())
            row = compared(machine, f"port, {what} {size:,} bytes : pipe", "ns",
                           ticks["ours"], ticks["pipe"], 1 / ns_per_tick)
            row.host = of.name
            result.append(row)
    return result
