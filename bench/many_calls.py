"""Very many functions: the first calls of up to 100,000, and bound calls of up to 16,384.

Guest and program print the ticks of each round of calls; the first round binds. Each
sample is a process of its own.
"""

from statistics import median

from bulk import IN_PART, rounds_of
from clock import clock_of
from rows import compared
from runs import QUICK, WRAPPER, interleaved, run

FIRST = [2] if QUICK else [10, 100]  # thousands
BOUND = [(2, IN_PART)] if QUICK else [(4, 1024), (16, 1024)]  # parts, functions in each
ROUNDS = 12
PROCESSES = 3 if QUICK else 7
GOAL = {"x86_64": 0.1, "i386": 0.2}
BOUND_GOAL = 1.05


def samples_of(machine, host, parts, in_part=IN_PART):
    """{side: [ticks of all rounds, of each process]}"""
    guest, provider, program = rounds_of(machine, parts, in_part, ROUNDS)
    wrapper = WRAPPER, *host.options, "--provider", provider
    commands = {"lazy": [*wrapper, guest], "now": [*wrapper, "--bind", "now", guest],
                "peer": [program]}
    return interleaved(PROCESSES, commands, lambda command: [
        int(line) for line in run(*command).split()])


def first_rows(machine, host):
    result = []
    for parts in FIRST:
        count = parts * IN_PART
        samples = samples_of(machine, host, parts)
        per_call = count * clock_of(machine, host).cycle
        first = {side: [rounds[0] for rounds in processes]
                 for side, processes in samples.items()}
        result += [
            compared(machine, f"{what}, {count:,} functions", "cycles per call",
                     first[side], first["peer"], per_call, goal)
            for side, what, goal in (("lazy", "first : lazy first", GOAL[machine]),
                                     ("now", "--bind now : lazy first", None))]
    return result


def bound_rows(machine, host):
    result = []
    for parts, in_part in BOUND:
        count = parts * in_part
        samples = samples_of(machine, host, parts, in_part)
        bound = {side: [median(rounds[1:]) for rounds in processes]
                 for side, processes in samples.items()}
        peer = "PLT, far" if machine == "x86_64" else "PLT of a program"
        result.append(compared(machine, f"stub : {peer}, {count:,} functions",
                               "cycles per call", bound["lazy"], bound["peer"],
                               count * clock_of(machine, host).cycle, BOUND_GOAL))
    return result
