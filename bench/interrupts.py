"""Interrupts beside bare signals, and an idle guest beside a program that sleeps."""

from rows import difference_row, ratio_row
from runs import BENCH, CALLS, PROCESSES, REPETITIONS, read_pairs, run_guest

LEVELS, INTERRUPT, IDLE = ("disable and enable : nothing", "interrupt : signal",
                           "idle at 1,000 Hz")
SHARE = 64  # of CALLS, as interrupt_guest.c says
PERIODS = 200  # the same


def interrupt_rows(machine, clock):
    """A difference and ratios."""
    folder = BENCH / machine / "16-16"
    samples = {}
    for _ in range(PROCESSES):
        output = run_guest(folder, "interrupt-guest.elf", "interrupt-provider.so",
                           f"{max(1, REPETITIONS // 4)},{CALLS}")
        for what, pairs in read_pairs(output).items():
            samples.setdefault(what, []).append(pairs)
    return [difference_row(machine, LEVELS, samples[LEVELS], CALLS, clock, 1)], [
        ratio_row(machine, INTERRUPT, "ns", samples[INTERRUPT],
                  CALLS // SHARE / clock.ns_per_tick, 1.15),
        ratio_row(machine, IDLE, "us per period", samples[IDLE], PERIODS * 1000, 1.25)]
