"""Very many functions: the first calls of up to 100,000, and bound calls of up to 16,384.

Guest and program print the ticks of each round of calls; the first round binds. Each
sample is a process of its own.
"""

from statistics import median

from bulk import IN_PART, Rounds
from clock import clock_of
from rows import compared, difference_row
from runs import QUICK, WRAPPER, interleaved, run

FIRST = [2] if QUICK else [10, 100]  # thousands
BOUND = [(2, IN_PART)] if QUICK else [(4, 1024), (16, 1024)]  # parts, functions in each
ROUNDS = 12
PROCESSES = 3 if QUICK else 7
GOAL = {"x86_64": 0.1, "i386": 0.2}
BOUND_GOAL = 1.05


# {row: (ours, the peer, whether it has the goal)}, of what bound_rows() measures.
BOUND_PAIRS = {"stub : PLT": ("stub", "PLT", True),
               "stub : -fno-plt": ("stub", "-fno-plt", False),
               "stub : pointer": ("stub", "pointer", False),
               "inline : direct": ("inline", "direct", True)}


def ticks_of(commands):
    """{side: [ticks of all rounds, of each process]}"""
    return interleaved(PROCESSES, commands, lambda command: [
        int(line) for line in run(*command).split()])


def hosted(host, guest, provider, *options):
    return [WRAPPER, *host.options, *options, "--provider", provider, guest]


def first_rows(machine, host):
    result = []
    for parts in FIRST:
        count = parts * IN_PART
        made = Rounds(machine, parts, IN_PART, ROUNDS)
        guest, provider = made.guest(), made.provider()
        samples = ticks_of({"lazy": hosted(host, guest, provider),
                            "now": hosted(host, guest, provider, "--bind", "now"),
                            "peer": [made.program()]})
        per_call = count * clock_of(machine, host).cycle
        first = {side: [rounds[0] for rounds in processes]
                 for side, processes in samples.items()}
        result += [
            compared(machine, f"{what}, {count:,} functions", "cycles per call",
                     first[side], first["peer"], per_call, goal)
            for side, what, goal in (("lazy", "first : lazy first", GOAL[machine]),
                                     ("now", "--bind now : lazy first", None))]
    return result


def bound_ticks(machine, host, parts, in_part):
    """{side: ticks of each process}: the median of its rounds after the first."""
    made = Rounds(machine, parts, in_part, ROUNDS)
    samples = ticks_of({
        "stub": hosted(host, made.guest(), made.provider()),
        "inline": hosted(host, made.guest("inline"), made.provider()),
        "gated": hosted(host, made.guest(), made.provider("gated")),
        "PLT": [made.program()], "-fno-plt": [made.program("got")],
        "pointer": [made.program("pointer")],
        "direct": [made.program(linked=True)]})
    return {side: [median(rounds[1:]) for rounds in processes]
            for side, processes in samples.items()}


def name_of(machine, what):
    """As bound_calls.py has it: guests at fixed addresses, and programs."""
    if machine == "x86_64":
        return f"{what}, far"
    return what.replace("PLT", "PLT of a program")


def bound_rows(machine, host):
    result, clock = [], clock_of(machine, host)
    for parts, in_part in BOUND:
        count = parts * in_part
        bound = bound_ticks(machine, host, parts, in_part)
        result += [
            compared(machine, f"{name_of(machine, what)}, {count:,} functions",
                     "cycles per call", bound[ours], bound[peer], count * clock.cycle,
                     BOUND_GOAL if has_goal else None)
            for what, (ours, peer, has_goal) in BOUND_PAIRS.items()]
        result.append(difference_row(
            machine, f"one int, {count:,} functions in turn",
            [[pair] for pair in zip(bound["gated"], bound["stub"])], count, clock))
    return result
