"""Start: from exec to the guest's first output and to its end, beside ordinary programs.

Also the instructions and CPUIDs of a start, which do not depend on the load.
"""

from pathlib import Path

from instructions import side_by_side, single_steps
from rows import Ratio, compared
from runs import BENCH, BUILD, QUICK, WRAPPER, interleaved, time_to_exit, time_to_output

PROCESSES = 5 if QUICK else 101
BOOTS = 2 if QUICK else 11
TRUE = "/bin/true"
GOAL, PROVIDER_GOAL = 2.0, 3.0
QEMU = "/usr/bin/qemu-system-i386"
# The isa-debug-exit device makes a status of 0 a status of 1.
BOOT = ("sh", "-c", '"$@"; [ $? -eq 1 ]', "sh", QEMU, "-display", "none", "-serial",
        "stdio", "-nic", "none", "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
        "-kernel", BENCH / "i386/boot-native.elf")


def exits(machine, host):
    """Rows of whole runs. A quick try does not count instructions."""
    folder = BENCH / machine
    wrapper = WRAPPER, *host.options
    hello = BUILD / f"guests/hello-{machine}.elf"
    provider = "--provider", BUILD / f"providers/calculator-{machine}.so"
    commands = {
        "true": [TRUE],
        "static": [folder / "started-static"],
        "dynamic": [folder / "started-dynamic"],
        "hello": [*wrapper, hello],
        "provider": [*wrapper, *provider, hello],
        "off": [*wrapper, "--sandbox=off", hello],
        "in place": [*wrapper, "--in-place", hello],
        "linked": [folder / "hello-linked"],
    }
    times = interleaved(PROCESSES, commands, time_to_exit)
    is_counted = not QUICK and host.name == "process"
    counts = dict(zip(commands, side_by_side(single_steps, commands.values()))) \
        if is_counted else {}

    def row(what, ours, peer, goal=None):
        result = compared(machine, what, "us", times[ours], times[peer], 1000,
                          goal if host.name == "process" else None)
        if counts:
            result.instructions = [counts[side][0] for side in (ours, peer)]
        return result

    rows = [
        row("hello : /bin/true", "hello", "true", GOAL),
        row("hello with a provider : /bin/true", "provider", "true", PROVIDER_GOAL),
        row("hello --sandbox=off : /bin/true", "off", "true"),
        row("hello --in-place : /bin/true", "in place", "true"),
        row("hello : static program", "hello", "static"),
        row("hello : dynamic program", "hello", "dynamic"),
        row("hello : linked to its host", "hello", "linked"),
    ]
    for ours, what in ("hello", "hello"), ("provider", "hello with a provider"):
        if counts:
            a, b = counts[ours][1], counts["true"][1]
            rows.append(Ratio(machine, f"CPUIDs of {what} : /bin/true", "CPUIDs", a, b,
                              [a / b]))
    return rows


def first_outputs(machine, host):
    """Rows up to the first byte that a program writes; by size of its image in MB."""
    folder = BENCH / machine
    commands = {}
    for size in "", "1-", *([] if QUICK else ["100-"]):
        commands[size] = [WRAPPER, *host.options, folder / f"started-{size}guest.elf"]
        for kind in "static", "dynamic":
            commands[size + kind] = [folder / f"started-{size}{kind}"]
    times = interleaved(PROCESSES, commands, time_to_output)
    names = {"": "", "1-": ", image of 1 MB", "100-": ", image of 100 MB"}
    return [compared(machine, f"first output : {kind} program{names[size]}", "us",
                     times[size], times[size + kind], 1000)
            for size in names if size in times for kind in ("static", "dynamic")]


def boot(machine, host):
    """The RTOS as a guest, and booted by QEMU."""
    if machine != "i386" or not Path(QEMU).exists():
        return []
    times = interleaved(BOOTS, {
        "ours": [WRAPPER, *host.options, BENCH / machine / "boot-rtos.elf"],
        "peer": ["/bin/" + BOOT[0], *BOOT[1:]],
    }, time_to_exit)
    return [compared(machine, "RTOS as a guest : booted by QEMU", "ms", times["ours"],
                     times["peer"], 1e6)]


def rows(machine, host):
    return [*exits(machine, host), *first_outputs(machine, host), *boot(machine, host)]
