"""The clock of each machine: what a tick of the time stamp counter is.

From the runs of gated_calls, which are the first of the bench; a subject that runs alone
measures it first.
"""

from statistics import median

from rows import Clock, addition_ticks
from runs import BENCH, CALLS, PROCESSES, REPETITIONS, read_pairs, run_guest

samples_of = {}


def gated_samples(machine, host):
    """{what: [[(gated, direct)] of each process]}, in ticks; measured once."""
    if (machine, host) not in samples_of:
        samples = {}
        for _ in range(PROCESSES):
            for guest in "gated-guest.elf", "gated-any.elf":
                output = run_guest(host, BENCH / machine / "16-16", guest,
                                   "gated-provider.so", f"{REPETITIONS},{CALLS}")
                for what, pairs in read_pairs(output).items():
                    samples.setdefault(what, []).append(pairs)
        samples_of[machine, host] = samples
    return samples_of[machine, host]


def clock_of(machine, host):
    samples = gated_samples(machine, host)
    return Clock(addition_ticks(samples["equal : equal"]),
                 median(ns / ticks for (ns, ticks), in samples["ns : ticks"]))
