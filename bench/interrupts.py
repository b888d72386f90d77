"""Interrupts beside bare signals, an idle guest beside a program that sleeps, and
switches of contexts."""

from clock import clock_of
from rows import compared, difference_row, ratio_row
from runs import BENCH, CALLS, PROCESSES, REPETITIONS, WRAPPER, interleaved, read_pairs, \
    run, run_guest
from statistics import median

LEVELS, INTERRUPT, IDLE = ("disable and enable : nothing", "interrupt : signal",
                           "idle at 1,000 Hz")
SHARE = 64  # of CALLS, as interrupt_guest.c says
PERIODS = 200  # the same
SWITCHES = 2000  # in one line of switch_rtos.c and switch_native.c: half a millisecond


def signals(machine, host, clock):
    samples = {}
    for _ in range(PROCESSES):
        output = run_guest(host, BENCH / machine / "16-16", "interrupt-guest.elf",
                           "interrupt-provider.so",
                           f"{max(1, REPETITIONS // 4)},{CALLS}")
        for what, pairs in read_pairs(output).items():
            samples.setdefault(what, []).append(pairs)
    return [difference_row(machine, LEVELS, samples[LEVELS], CALLS, clock, 1),
            ratio_row(machine, INTERRUPT, "ns", samples[INTERRUPT],
                      CALLS // SHARE / clock.ns_per_tick, 1.15),
            ratio_row(machine, IDLE, "us per period", samples[IDLE], PERIODS * 1000,
                      1.25)]


def ticks_of_round(command):
    """The median round, in ticks of the time stamp counter."""
    return median(int(line) for line in run(*command).split())


def switches(machine, host, clock):
    folder = BENCH / machine
    native = folder / "switch-native"
    times = interleaved(max(2, PROCESSES // 3), {
        "ours": [WRAPPER, *host.options, folder / "switch-rtos.elf"],
        "ucontext": [native, "ucontext"],
        # On one processor, or the threads would also move between processors.
        "pthread": ["taskset", "-c", "0", native, "pthread"],
    }, ticks_of_round)
    return [compared(machine, f"switch of RTOS threads : {peer}", "ns", times["ours"],
                     times[peer], SWITCHES / clock.ns_per_tick)
            for peer in ("ucontext", "pthread")]


def rows(machine, host):
    clock = clock_of(machine, host)
    return [*signals(machine, host, clock), *switches(machine, host, clock)]
