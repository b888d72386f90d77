"""Guests on newlib beside the same programs, native: Lua, SQLite, and one that calls
memory and string functions."""

import re
import shutil
import subprocess
import tempfile
from statistics import median

from hosts import MONITOR
from instructions import instructions, side_by_side
from monitor import QEMU
from rows import Ratio, compared
from runs import BENCH, BUILD, QUICK, WRAPPER, in_turn, interleaved, run, time_to_exit

PROCESSES = 5
# Of Lua: five gave a ratio of 1.28 and one of 1.73 on one day.
LUA_PROCESSES = 3 if QUICK else 21
# Debian's has 64 bits; the other is built from the same sources.
LUA = {"x86_64": ("Debian's", "/usr/bin/lua5.4"), "i386": ("native", BENCH / "i386/lua")}
# --nosync: without fsync(), whose time is the disk's.
WORK = "--size", "10", "--nosync", "test.db"
GOAL, CALL_GOAL = 1.10, 1.15
# {what: Lua's source}; the second calls the host in each step.
SCRIPTS = {
    "Lua, computes": "local function f(n) if n < 2 then return n end "
                     "return f(n - 1) + f(n - 2) end f(%d)",
    "Lua, calls the host": "local sum = 0 for i = 1, %d do sum = sum + os.time() end",
}
STEPS = {"Lua, computes": (24, 31), "Lua, calls the host": (10000, 1000000)}
# A short run whose instructions are counted: by callgrind for the peer, and by QEMU for
# the guest, as it has a virtual CPU, which valgrind does not run.
COUNTED = 24
NS_PER_INSTRUCTION = 8  # of the monitor's clock


def newlib(machine, host, *options):
    return (WRAPPER, *host.options, "--provider",
            ",".join([f"{BUILD}/providers/newlib-{machine}.so", *options]))


def in_monitor(machine, script):
    """Instructions of a script in a partition, where os.clock() counts them."""
    text = f"local before = os.clock() {script} print(os.clock() - before)"
    done = subprocess.run(
        [WRAPPER, *MONITOR.options, "--clock", "guest", "--work-area", "4M",
         "--allow-missing", "--provider", BUILD / f"partitions/newlib-{machine}.lib",
         BUILD / f"guests/lua-{machine}.elf", "-e", text],
        check=True, capture_output=True, text=True)
    return float(done.stdout) * 1e9 / NS_PER_INSTRUCTION


def lua_counts(machine):
    """Instructions of both sides of the script that computes, without the start."""
    script = SCRIPTS["Lua, computes"]
    few, many = side_by_side(lambda steps: instructions(
        -1, [LUA[machine][1], "-e", script % steps]), (1, COUNTED))
    return [in_monitor(machine, script % COUNTED), many - few]


def lua_rows(machine, host):
    peer, program = LUA[machine]
    result = []
    for what, script in SCRIPTS.items():
        text = script % STEPS[what][0 if QUICK else 1]
        times = interleaved(LUA_PROCESSES, {
            "ours": [*newlib(machine, host), BUILD / f"guests/lua-{machine}.elf", "-e",
                     text],
            "peer": [program, "-e", text],
        }, time_to_exit)
        goal = CALL_GOAL if "calls" in what else GOAL
        result.append(compared(machine, f"{what} : {peer}", "ms", times["ours"],
                               times["peer"], 1e6, goal))
    if not QUICK and shutil.which(QEMU):
        result[0].instructions = lua_counts(machine)
    return result


def seconds(output):
    """The sum that speedtest1 prints."""
    return float(re.search(r"TOTAL\.* +([\d.]+)s", output).group(1))


def speedtest(machine, host, guest):
    """Seconds of one run, in a folder of its own."""
    with tempfile.TemporaryDirectory() as root:
        if not guest:
            return seconds(run("sh", "-c", 'cd "$0" && exec "$@"', root,
                               BENCH / machine / "speedtest1", *WORK))
        return seconds(run(*newlib(machine, host, f"root={root}"), "--work-area", "512M",
                           BENCH / machine / "speedtest1.elf", *WORK))


def speedtest_row(machine, host):
    pairs = [in_turn(index, lambda: speedtest(machine, host, True),
                     lambda: speedtest(machine, host, False))
             for index in range(PROCESSES)]
    return compared(machine, "SQLite's speedtest1 : native", "s", *zip(*pairs),
                    goal=CALL_GOAL)


def memory_functions(command):
    """{"name(), size bytes": nanoseconds} from the lines of calls/memory.c."""
    return {f"{name}(), {size} bytes": float(ns) for name, size, ns in
            map(str.split, run(*command).splitlines())}


def memory_rows(machine, host):
    guest = *newlib(machine, host), BENCH / machine / "memory.elf"
    native = BENCH / machine / "memory-native",
    pairs = [in_turn(index, lambda: memory_functions(guest),
                     lambda: memory_functions(native)) for index in range(PROCESSES)]
    return [Ratio(machine, f"newlib's {what} : native", "ns",
                  median(a[what] for a, _ in pairs), median(b[what] for _, b in pairs),
                  [a[what] / b[what] for a, b in pairs]) for what in pairs[0][0]]


def rows(machine, host):
    """A quick try does not build SQLite."""
    more = [] if QUICK else [speedtest_row(machine, host), *memory_rows(machine, host)]
    return [*lua_rows(machine, host), *more]
