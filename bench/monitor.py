"""The monitor host: instructions of calls, interrupts, time slots, messages and boot,
which QEMU counts, beside those of the process host, which are single steps.

Only where QEMU is installed; elsewhere there are no rows. Times mean little here, because
QEMU emulates the processor; a start is the only one.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import start
from hosts import MONITOR
from instructions import marked
from rows import Ratio, compared
from runs import BENCH, BUILD, QUICK, WRAPPER, guest_command, interleaved, run, \
    time_to_exit

QEMU = "qemu-system-x86_64"
COUNTED = "--clock", "guest"  # time advances with instructions
STARTS = 3 if QUICK else 11
ROUNDS = 16  # in one line of the guest
COUNTS = 8  # of the time stamp counter per instruction: -icount shift=3
SERVICES = {"reading the clock": "call", "interrupt that the guest raises": "interrupt",
            "disable and enable": "levels"}
# Calls of functions of a provider, and the argument of calls/carried_guest.c for each.
CALLS = {"call of a provider's function": "call", "blocking call": "blocking",
         "callback and its call": "k", "first call": "first"}
FUNCTIONS = 16  # that are called first in one line
# Calls of ports, and the guest's argument for each.
MESSAGES = {"port, write": "write", "port, read": "read", "port, send": "send",
            "port, receive": "take"}
SIZES = (64, 8192) if QUICK else (64, 1024, 8192)
OTHER = {"write": "read", "read": "write", "send": "take", "take": "send"}
# ns, instructions, lines, bytes
SWITCH_LIMIT, BOOT_LIMIT, LINES_LIMIT, CODE_LIMIT = 3000, 8000000, 6000, 64 << 10
KERNEL = Path("host-wrapper/monitor/kernel")


def guest_of(machine):
    return BENCH / machine / "hosts-guest.elf"


def numbers(output):
    return [int(line, 16) for line in output.split()]


def alone(machine, what):
    """Instructions of one line of the guest, alone in the machine: the least one."""
    lines = numbers(run(WRAPPER, *MONITOR.options, *COUNTED, "--work-area", "64K",
                        guest_of(machine), what, ROUNDS))
    return min(lines) / COUNTS


def carried(machine, what):
    """The same of one call of a partition library's function."""
    folder = BENCH / machine / "16-16"
    lines = numbers(run(WRAPPER, *MONITOR.options, *COUNTED, "--work-area", "64K",
                        "--provider", folder / "carried.lib",
                        folder / "carried-guest.elf", what, ROUNDS))
    return min(lines) / COUNTS / calls_of(what)


def calls_of(what):
    return FUNCTIONS if what == "first" else ROUNDS


def carried_in_process(machine, host, what):
    """The same in the process host."""
    count, = marked(guest_command(host, BENCH / machine / "16-16", "carried-guest.elf",
                                  "carried-provider.so", "", ("--in-place",))
                    + (what, ROUNDS, "marked"))
    return count / calls_of(what)


def in_process(machine, host, what):
    """The same in the process host."""
    count, = marked([WRAPPER, *host.options, "--sandbox=off", "--in-place",
                     guest_of(machine), what, ROUNDS, "marked"])
    return count


def model(folder, machine, partitions, slot_us):
    """A model of partitions that take turns; {name: arguments}."""
    lines = ["[module]", f'frame = "{slot_us * len(partitions)} us"', 'run = "2 s"']
    slots = []
    for name, arguments in partitions.items():
        words = json.dumps([str(word) for word in arguments])
        lines += ["[[partition]]", f'name = "{name}"', f'guest = "{guest_of(machine)}"',
                  'work_area = "64K"', 'stack = "256K"', f"arguments = {words}"]
        slots.append(f'{{ partition = "{name}", at = "{slot_us * len(slots)} us", '
                     f'length = "{slot_us} us" }}')
    lines += ["[[schedule]]", 'name = "normal"', f"slots = [{', '.join(slots)}]"]
    path = Path(folder) / "model.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def run_model(host, path, *options):
    """{partition: the numbers that it prints}"""
    done = subprocess.run([WRAPPER, *host.options, *options, "--model", path], check=True,
                          capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        name, _, number = line.partition("] ")
        found.setdefault(name.removeprefix("["), []).append(int(number, 16))
    return found


def channel_model(folder, machine, what, size):
    """Two partitions with a channel: one does that, the other what fits to it."""
    kind = "queuing" if what in ("send", "take") else "sampling"
    more = f"depth = {10 * ROUNDS}" if kind == "queuing" else 'refresh = "1 s"'
    path = model(folder, machine, {"ours": [what, ROUNDS, size],
                                   "other": [OTHER[what], ROUNDS, size]}, 20000)
    ends = ["ours", "other"] if what in ("write", "send") else ["other", "ours"]
    start_of, end = (f'{{ partition = "{name}", port = "port" }}' for name in ends)
    path.write_text(path.read_text() + "\n".join([
        "[[channel]]", 'name = "channel"', f'kind = "{kind}"', f"size = {size}",
        more, f"from = {start_of}", f"to = [{end}]", ""]))
    return path


def of_ports(machine, what, size):
    """Instructions of one call of a port, with a message of that size."""
    with tempfile.TemporaryDirectory() as folder:
        found = run_model(MONITOR, channel_model(folder, machine, what, size), *COUNTED)
    return min(found["ours"]) / ROUNDS / COUNTS


def lateness(machine):
    """Upper bounds of the ns by which slots begin late: each begins after the last moment
    that the partition before it saw. One count is one nanosecond."""
    with tempfile.TemporaryDirectory() as folder:
        path = model(folder, machine, {"one": ["edges"], "two": ["edges"]}, 1050)
        found = run_model(MONITOR, path, *COUNTED)
    ends, starts = found["one"][2:-2:2], found["two"][3:-2:2]
    half = len(starts) // 2
    frame = median((starts[i + half] - starts[i]) / half for i in range(half))

    def since(moments):
        return [moment - frame * round((moment - starts[0]) / frame)
                for moment in moments]

    edge = max(since(ends))
    return [moment - edge for moment in since(starts)]


def counted_row(machine, what, ours, peer):
    return Ratio(machine, what, "instructions", ours, peer, [ours / peer],
                 instructions=[ours, peer])


def service_rows(machine, host):
    result = []
    for what, argument in SERVICES.items():
        ours = alone(machine, argument) / ROUNDS
        peer = in_process(machine, host, argument) / ROUNDS
        result.append(counted_row(machine, f"{what} : {host.name} host's", ours, peer))
    return result


def call_rows(machine, host):
    return [counted_row(machine, f"{what} : {host.name} host's",
                        carried(machine, argument),
                        carried_in_process(machine, host, argument))
            for what, argument in CALLS.items()]


def message_rows(machine):
    call = alone(machine, "call") / ROUNDS
    result = []
    for what, argument in MESSAGES.items():
        for size in SIZES:
            result.append(counted_row(
                machine, f"{what} {size:,} bytes : reading the clock",
                of_ports(machine, argument, size), call))
    return result


def slot_row(machine):
    late = max(lateness(machine))
    return Ratio(machine, "slot's begin to its guest : 3 us", "ns", late, SWITCH_LIMIT,
                 [late / SWITCH_LIMIT], 1.0)


def start_rows(machine, host):
    """Reset to the first instruction: QEMU's firmware is part of it."""
    hello = BUILD / f"guests/hello-{machine}.elf"
    options = ("--work-area", "64K")
    first = alone(machine, "began")
    times = interleaved(STARTS, {
        "ours": [WRAPPER, *MONITOR.options, *options, hello],
        "peer": [WRAPPER, *host.options, hello],
        "qemu": ["/bin/" + start.BOOT[0], *start.BOOT[1:]],
    }, time_to_exit)
    return [
        compared(machine, f"hello : {host.name} host's", "ms", times["ours"],
                 times["peer"], 1e6),
        compared(machine, "hello : RTOS booted by QEMU", "ms", times["ours"],
                 times["qemu"], 1e6),
        Ratio(machine, "reset to the guest : 8 million", "instructions", first,
              BOOT_LIMIT, [first / BOOT_LIMIT], 1.0),
    ]


def kernel_rows():
    """The same kernel serves both architectures."""
    lines = sum(len(path.read_text().splitlines())
                for suffix in "chS" for path in KERNEL.glob(f"*.{suffix}"))
    code = int(run("size", BUILD / "monitor/kernel.elf").splitlines()[1].split()[0])
    return [Ratio("x86_64", f"kernel : {limit:,} {unit}", unit, ours, limit,
                  [ours / limit], 1.0)
            for ours, limit, unit in ((lines, LINES_LIMIT, "lines"),
                                      (code, CODE_LIMIT, "bytes of code"))]


def rows(machine, host):
    if not shutil.which(QEMU):
        print(f"monitor: {QEMU} is not installed: nothing is measured", file=sys.stderr)
        return []
    result = [*call_rows(machine, host), *service_rows(machine, host),
              *message_rows(machine), slot_row(machine),
              *start_rows(machine, host)]
    if machine == "x86_64":
        result += kernel_rows()
    for row in result:
        row.host = MONITOR.name
    return result
