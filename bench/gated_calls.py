"""Gated calls beside direct ones, as a difference: the gate adds to a call.

And beside other ways to another privilege or process, as a ratio.
"""

from clock import clock_of, gated_samples
from instructions import marked, parts
from rows import difference_row, ratio_row
from runs import BENCH, CALLS, QUICK, guest_command

KNOWN, ANY, BLOCKING, CALLBACK = ({"x86_64": 2, "i386": 3}, {"x86_64": 6, "i386": 8},
                                  {"x86_64": 50, "i386": 50}, {"x86_64": 25, "i386": 25})
GOAL_NS = {"no arguments": KNOWN, "one int": KNOWN,
           "one int, 16 functions in turn": KNOWN, "one int, any guest": ANY,
           "blocking, one int": BLOCKING,
           "blocking, one int, with a clock": BLOCKING,
           "blocking, one int, clock runs": BLOCKING, "callback : plain call": CALLBACK,
           "callback : plain call, any guest": CALLBACK}
# As gated.c and gated_guest.c divide the number of calls.
SHARES = {"blocking, one int": 16, "blocking, one int, with a clock": 16,
          "blocking, one int, clock runs": 64,
          "callback : plain call": 16, "callback : plain call, any guest": 16,
          "gated : getppid()": 16, "gated : trap and signal": 64,
          "gated : pipe to a process and back": 256}
OF_CLOCK = "equal : equal", "ns : ticks"
COUNTED, STEPPED = 10000, 50
IN_TURN = 16  # functions that one round of that loop calls
# Pairs of the guest that stands for any guest, in its order.
OF_ANY = ("one int, any guest", "callback : plain call, any guest",
          "blocking, one int, with a clock", "blocking, one int, clock runs")


def count(machine, host, rows):
    """Sets the instructions of the rows that are differences."""
    def command(guest, options):
        return guest_command(host, BENCH / machine / "16-16", guest, "gated-provider.so",
                             options, ("--in-place",))

    known = parts(command("gated-guest.elf", f"1,{COUNTED}"))
    steps = [count / STEPPED for count in
             marked(command("gated-any.elf", f"0,{STEPPED}"))]
    any_guest = dict(zip(OF_ANY, zip(steps[::2], steps[1::2])))
    for row in (row for row in rows if row.kind == "difference"):
        functions = IN_TURN if "in turn" in row.what else 1
        row.instructions = any_guest.get(row.what) or [
            known[f"{row.what}|{side}"] / COUNTED / functions
            for side in ("ours", "peer")]


def rows(machine, host):
    clock, result = clock_of(machine, host), []
    for what, processes in gated_samples(machine, host).items():
        if what in OF_CLOCK:
            continue
        calls = max(1, CALLS // SHARES.get(what, 1))
        if what.startswith("gated : "):
            result.append(ratio_row(machine, what, "ns per call", processes,
                                    calls / clock.ns_per_tick))
        else:
            goal = GOAL_NS.get(what, {}).get(machine)
            result.append(difference_row(machine, what, processes, calls, clock, goal))
    if not QUICK and host.name == "process":
        count(machine, host, result)
    return result
