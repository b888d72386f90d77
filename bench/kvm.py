"""The kvm host beside a bare virtual machine, and beside the host that is measured.

Only for x86-64 guests, and where /dev/kvm can be opened; elsewhere there are no rows.
"""

import os
import sys
from statistics import median

from clock import clock_of
from hosts import KVM
from monitor import SERVICES
from rows import compared
from runs import BENCH, BUILD, QUICK, WRAPPER, interleaved, run, time_to_exit

PROCESSES = 3 if QUICK else 21
STARTS = 5 if QUICK else 51
EXITS = 200 if QUICK else 20000
ROUNDS = 200 if QUICK else 2000  # in one line of the guest
TURNS = 100000 if QUICK else 100000000
# Prints its own processor time, in seconds: without the start.
LUA = "local t = os.clock() local function f(n) if n < 2 then return n end return " \
      f"f(n - 1) + f(n - 2) end f({28 if QUICK else 34}) print(os.clock() - t)"
EXIT_GOAL, INLINE_GOAL, SPEED_GOAL, START_GOAL, BARE_SHARE = 1.1, 0.01, 1.05, 1.0, 1.3
BARE = BENCH / "bare-kvm"


def timed(host, what, count):
    """Nanoseconds per turn of the guest, which times itself."""
    folder = BENCH / "x86_64"
    return float(run(WRAPPER, *host.options, "--provider",
                     folder / "trapped-provider.so", folder / "trapped-guest.elf",
                     what, count))


def call_rows(host):
    times = interleaved(PROCESSES, {
        "call": lambda: timed(KVM, "call", EXITS),
        "inline": lambda: timed(KVM, "inline", TURNS // 10),
        "inline, peer": lambda: timed(host, "inline", TURNS // 10),
        "loop": lambda: timed(KVM, "loop", TURNS),
        "loop, peer": lambda: timed(host, "loop", TURNS),
        "exit": lambda: float(run(BARE, EXITS)),
    }, lambda measure: measure())
    return [
        compared("x86_64", "trapped call : bare exit", "ns", times["call"],
                 times["exit"], goal=EXIT_GOAL),
        compared("x86_64", "inline call : bare exit", "ns", times["inline"],
                 times["exit"], goal=INLINE_GOAL),
        compared("x86_64", f"inline call : {host.name} host's", "ns", times["inline"],
                 times["inline, peer"]),
        compared("x86_64", f"loop : {host.name} host's", "ns", times["loop"],
                 times["loop, peer"], goal=SPEED_GOAL),
    ]


def ticks_of_line(host, what):
    """The median line of programs/hosts_guest.c, in ticks per round."""
    lines = run(WRAPPER, *host.options, BENCH / "x86_64/hosts-guest.elf", what, ROUNDS)
    return median(int(line, 16) for line in lines.split()) / ROUNDS


def service_rows(host):
    """The services that the monitor's rows are about, too."""
    ns_per_tick = clock_of("x86_64", host).ns_per_tick
    result = []
    for what, argument in SERVICES.items():
        ticks = interleaved(PROCESSES, {"ours": KVM, "peer": host},
                            lambda of, argument=argument: ticks_of_line(of, argument))
        result.append(compared("x86_64", f"{what} : {host.name} host's", "ns",
                               ticks["ours"], ticks["peer"], 1 / ns_per_tick))
    return result


def lua(host):
    return float(run(WRAPPER, *host.options, "--provider",
                     BUILD / "providers/newlib-x86_64.so",
                     BUILD / "guests/lua-x86_64.elf", "-e", LUA))


def lua_row(host):
    times = interleaved(PROCESSES, {"ours": KVM, "peer": host}, lua)
    return compared("x86_64", f"Lua, computes : {host.name} host's", "ms", times["ours"],
                    times["peer"], 1e-3, SPEED_GOAL)


def start_rows(host):
    """The peer's time is that of the other host, and 1.3 of a bare machine's."""
    hello = BUILD / "guests/hello-x86_64.elf"
    times = interleaved(STARTS, {
        "ours": [WRAPPER, *KVM.options, hello],
        "peer": [WRAPPER, *host.options, hello],
        "bare": [BARE, 1],
    }, time_to_exit)
    peer = [a + BARE_SHARE * b for a, b in zip(times["peer"], times["bare"])]
    return [
        compared("x86_64", f"hello : {host.name} host's and 1.3 bare machines", "us",
                 times["ours"], peer, 1000, START_GOAL),
        compared("x86_64", "hello : bare machine", "us", times["ours"], times["bare"],
                 1000),
    ]


def rows(machine, host):
    if machine != "x86_64":
        return []
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        print("kvm: /dev/kvm cannot be opened: nothing is measured", file=sys.stderr)
        return []
    result = [*call_rows(host), *service_rows(host), lua_row(host), *start_rows(host)]
    for row in result:
        row.host = KVM.name
    return result
