"""A start with 100,000 imports beside dlopen(RTLD_NOW) of as many: up to the first output
of code that could call them all, and to the end, when each was called once. A program
that only finds each function by its name shows what is left for all else."""

from bulk import bulk
from rows import compared
from runs import BENCH, QUICK, WRAPPER, interleaved, time_to_exit, time_to_output

PARTS = 2 if QUICK else 100
PROCESSES = 2 if QUICK else 7
GOAL = 1 / 3
HOW = {"lazy": "", "now": " bound at the start"}


def rows(machine, host):
    guest, provider, library = bulk(machine, PARTS)
    wrapper = WRAPPER, *host.options, "--provider", provider
    commands = {"lazy": [*wrapper, guest], "now": [*wrapper, "--bind", "now", guest],
                "peer": [BENCH / machine / "open-now", library]}
    names = {"names": [BENCH / machine / "join-names", guest, provider]}
    count = f"{PARTS * 1000:,}"

    def row(what, times, side, goal=None):
        return compared(machine, f"{count} {what} : dlopen", "ms", times[side],
                        times["peer"], 1e6, goal)
    output = interleaved(PROCESSES, commands | names, time_to_output)
    end = interleaved(PROCESSES, commands, time_to_exit)
    return [*(row(f"imports{how}, first output", output, side, GOAL)
              for side, how in HOW.items()),
            row("names found, nothing checked", output, "names"),
            *(row(f"imports{how}, to the end", end, side) for side, how in HOW.items())]
