"""The kvm host beside a bare virtual machine, and beside the host that is measured.

Only where /dev/kvm can be opened; elsewhere there are no rows. The bare machine is one of
64 bits for both.
"""

import os
import subprocess
import sys
from statistics import median

import memory
import start
from clock import clock_of
from hosts import KVM
from monitor import CALLS, FUNCTIONS, SERVICES
from rows import compared
from runs import BENCH, BUILD, QUICK, WRAPPER, guest_command, interleaved, run, \
    time_to_exit

PROCESSES = 3 if QUICK else 21
STARTS = 5 if QUICK else 51
EXITS = 200 if QUICK else 20000
ROUNDS = 200 if QUICK else 2000  # in one line of the guest
CARRIED = 10 if QUICK else 100  # the same of calls
TURNS = 100000 if QUICK else 100000000
# Prints its own processor time, in seconds: without the start.
LUA = "local t = os.clock() local function f(n) if n < 2 then return n end return " \
      f"f(n - 1) + f(n - 2) end f({28 if QUICK else 34}) print(os.clock() - t)"
EXIT_GOAL, INLINE_GOAL, SPEED_GOAL, START_GOAL, BARE_SHARE = 1.1, 0.01, 1.05, 1.0, 1.3
BARE = BENCH / "bare-kvm"
REFUSED = 125  # a status of host-wrapper: not started


def timed(machine, host, what, count):
    """Nanoseconds per turn of the guest, which times itself."""
    folder = BENCH / machine
    return float(run(WRAPPER, *host.options, "--provider",
                     folder / "trapped-provider.so", folder / "trapped-guest.elf",
                     what, count))


def call_rows(machine, host):
    times = interleaved(PROCESSES, {
        "call": lambda: timed(machine, KVM, "call", EXITS),
        "inline": lambda: timed(machine, KVM, "inline", TURNS // 10),
        "inline, peer": lambda: timed(machine, host, "inline", TURNS // 10),
        "loop": lambda: timed(machine, KVM, "loop", TURNS),
        "loop, peer": lambda: timed(machine, host, "loop", TURNS),
        "exit": lambda: float(run(BARE, EXITS)),
    }, lambda measure: measure())
    return [
        compared(machine, "trapped call : bare exit", "ns", times["call"],
                 times["exit"], goal=EXIT_GOAL),
        compared(machine, "inline call : bare exit", "ns", times["inline"],
                 times["exit"], goal=INLINE_GOAL),
        compared(machine, f"inline call : {host.name} host's", "ns", times["inline"],
                 times["inline, peer"]),
        compared(machine, f"loop : {host.name} host's", "ns", times["loop"],
                 times["loop, peer"], goal=SPEED_GOAL),
    ]


def ticks_of_line(machine, host, what):
    """The median line of programs/hosts_guest.c, in ticks per round."""
    lines = run(WRAPPER, *host.options, BENCH / machine / "hosts-guest.elf", what, ROUNDS)
    return median(int(line, 16) for line in lines.split()) / ROUNDS


def service_rows(machine, host):
    """The services that the monitor's rows are about, too."""
    ns_per_tick = clock_of(machine, host).ns_per_tick
    result = []
    for what, argument in SERVICES.items():
        ticks = interleaved(PROCESSES, {"ours": KVM, "peer": host},
                            lambda of, argument=argument:
                            ticks_of_line(machine, of, argument))
        result.append(compared(machine, f"{what} : {host.name} host's", "ns",
                               ticks["ours"], ticks["peer"], 1 / ns_per_tick))
    return result


def ticks_of_calls(machine, host, what):
    """The median line of calls/carried_guest.c, in ticks per call."""
    rounds = CARRIED if host is KVM else 10 * CARRIED
    command = guest_command(host, BENCH / machine / "16-16", "carried-guest.elf",
                            "carried-provider.so")
    lines = run(*command, what, rounds).split()
    return (median(int(line, 16) for line in lines)
            / (FUNCTIONS if what == "first" else rounds))


def carried_rows(machine, host):
    """The calls that the monitor's rows are about, too."""
    ns_per_tick = clock_of(machine, host).ns_per_tick
    result = []
    for what, argument in CALLS.items():
        ticks = interleaved(PROCESSES, {"ours": KVM, "peer": host},
                            lambda of, argument=argument:
                            ticks_of_calls(machine, of, argument))
        result.append(compared(machine, f"{what} : {host.name} host's", "ns",
                               ticks["ours"], ticks["peer"], 1 / ns_per_tick))
    return result


def lua(machine, host):
    return float(run(WRAPPER, *host.options, "--provider",
                     BUILD / f"providers/newlib-{machine}.so",
                     BUILD / f"guests/lua-{machine}.elf", "-e", LUA))


def lua_row(machine, host):
    times = interleaved(PROCESSES, {"ours": KVM, "peer": host},
                        lambda of: lua(machine, of))
    return compared(machine, f"Lua, computes : {host.name} host's", "ms", times["ours"],
                    times["peer"], 1e-3, SPEED_GOAL)


def start_rows(machine, host):
    """The peer's time is that of the other host, and 1.3 of a bare machine's."""
    hello = BUILD / f"guests/hello-{machine}.elf"
    times = interleaved(STARTS, {
        "ours": [WRAPPER, *KVM.options, hello],
        "peer": [WRAPPER, *host.options, hello],
        "bare": [BARE, 1],
    }, time_to_exit)
    peer = [a + BARE_SHARE * b for a, b in zip(times["peer"], times["bare"])]
    return [
        compared(machine, f"hello : {host.name} host's and 1.3 bare machines", "us",
                 times["ours"], peer, 1000, START_GOAL),
        compared(machine, f"hello : {host.name} host's", "ms", times["ours"],
                 times["peer"], 1e6),
        compared(machine, "hello : bare machine", "us", times["ours"], times["bare"],
                 1000),
    ]


def refusal(machine):
    """The reason why guests of that architecture cannot run here, or nothing."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "/dev/kvm cannot be opened"
    done = subprocess.run([WRAPPER, *KVM.options, BUILD / f"guests/hello-{machine}.elf"],
                          capture_output=True, text=True, check=False)
    return done.stderr.strip() if done.returncode == REFUSED else ""


def rows(machine, host):
    reason = refusal(machine)
    if reason:
        print(f"kvm, {machine}: {reason}: nothing is measured", file=sys.stderr)
        return []
    result = [*call_rows(machine, host), *carried_rows(machine, host),
              *service_rows(machine, host),
              lua_row(machine, host), *start_rows(machine, host),
              *start.exits(machine, KVM), *start.first_outputs(machine, KVM),
              *memory.rows(machine, KVM)]
    for row in result:
        row.host = KVM.name
    return result
