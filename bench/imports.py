"""A start with 100,000 imports beside dlopen(RTLD_NOW) of as many: up to the first output
of code that could call them all, and to the end, when each was called once."""

from bulk import bulk
from rows import compared
from runs import BENCH, QUICK, WRAPPER, interleaved, time_to_exit, time_to_output

PARTS = 2 if QUICK else 100
PROCESSES = 2 if QUICK else 7
GOAL = 1 / 3


def rows(machine, host):
    guest, provider, library = bulk(machine, PARTS)
    wrapper = WRAPPER, *host.options, "--provider", provider
    peer = BENCH / machine / "open-now", library
    commands = {"lazy": [*wrapper, guest], "now": [*wrapper, "--bind", "now", guest],
                "peer": peer}
    result = []
    for what, measure, goal in (("first output", time_to_output, GOAL),
                                ("to the end", time_to_exit, None)):
        times = interleaved(PROCESSES, commands, measure)
        result += [
            compared(machine, f"{PARTS * 1000:,} imports{how}, {what} : dlopen", "ms",
                     times[side], times["peer"], 1e6, goal)
            for side, how in (("lazy", ""), ("now", " bound at the start"))]
    return result
