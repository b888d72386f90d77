"""Interrupts beside bare signals, an idle guest beside a program that sleeps, and
switches of contexts."""

from clock import clock_of
from instructions import marked
from rows import compared, difference_row, ratio_row
from runs import BENCH, CALLS, PROCESSES, QUICK, REPETITIONS, WRAPPER, guest_command, \
    interleaved, read_pairs, run, run_guest
from statistics import median

LEVELS, INTERRUPT, IDLE = ("disable and enable : nothing", "interrupt : signal",
                           "idle at 1,000 Hz")
STEPPED = 50
SHARE = 64  # of CALLS, as interrupt_guest.c says
PERIODS = 200  # the same
SWITCHES = 2000  # in one line of switch_rtos.c and switch_native.c: half a millisecond


def counts(machine, host):
    """[[ours, peer]] of levels and of interrupts, by single steps: without the kernel's
    instructions."""
    command = guest_command(host, BENCH / machine / "16-16", "interrupt-guest.elf",
                            "interrupt-provider.so", f"0,{STEPPED}", ("--in-place",))
    steps = [count / STEPPED for count in marked(command)]
    return steps[:2], steps[2:]


def signals(machine, host, clock):
    samples = {}
    for _ in range(PROCESSES):
        output = run_guest(host, BENCH / machine / "16-16", "interrupt-guest.elf",
                           "interrupt-provider.so",
                           f"{max(1, REPETITIONS // 4)},{CALLS}")
        for what, pairs in read_pairs(output).items():
            samples.setdefault(what, []).append(pairs)
    rows = [difference_row(machine, LEVELS, samples[LEVELS], CALLS, clock, 1),
            ratio_row(machine, INTERRUPT, "ns", samples[INTERRUPT],
                      CALLS // SHARE / clock.ns_per_tick, 1.15),
            ratio_row(machine, IDLE, "us per period", samples[IDLE], PERIODS * 1000,
                      1.25)]
    if not QUICK:
        rows[0].instructions, rows[1].instructions = counts(machine, host)
    return rows


def ticks_of_round(command):
    """The median round, in ticks of the time stamp counter."""
    return median(int(line) for line in run(*command).split())


def switches(machine, host, clock):
    folder = BENCH / machine
    native = folder / "switch-native"
    times = interleaved(max(2, PROCESSES // 3), {
        "ours": [WRAPPER, *host.options, folder / "switch-rtos.elf"],
        "ucontext": [native, "ucontext"],
        "pthread": [native, "pthread"],
    }, ticks_of_round)
    return [compared(machine, f"switch of RTOS threads : {peer}", "ns", times["ours"],
                     times[peer], SWITCHES / clock.ns_per_tick)
            for peer in ("ucontext", "pthread")]


def rows(machine, host):
    clock = clock_of(machine, host)
    return [*signals(machine, host, clock), *switches(machine, host, clock)]
