"""ports/rtems with a small kernel in place of RTEMS: each promise is a case."""

import re
import shutil

import pytest
from conftest import ROOT, Toolbox, run

PORT = ROOT / "ports/rtems"
KERNEL = ROOT / "tests/ports/rtems"
REGISTERS = ROOT / "tests/interrupts/guests"
LIMIT = 600  # seconds: only a hang takes that long

# Headers of RTEMS that the port includes.
HEADERS = """
    bspopts.h bsp/bootcard.h bsp/console-termios.h bsp/default-initial-extension.h
    bsp/irq-generic.h inttypes.h rtems.h rtems/bspIo.h rtems/clockdrv.h rtems/fatal.h
    rtems/irq-extension.h rtems/irq.h rtems/score/cpu.h rtems/score/cpu_asm.h
    rtems/score/cpuimpl.h
    rtems/score/memory.h rtems/score/percpu.h rtems/score/threaddispatch.h
    rtems/score/threadidledata.h rtems/score/threadimpl.h rtems/sysinit.h
    rtems/timecounter.h string.h
    """.split()

CASES = {
    "threads": "interrupts and threads switch, and each thread has its own level",
    "registers": "no register changes when the clock preempts a thread",
    "nesting": "nested handlers dispatch once, when the outermost one returns",
    "dispatch": "an interrupt during a dispatch is dispatched after it",
    "vectors": "vectors are enabled, raised, cleared, and tell their state",
    "backlog": "a missed period is a tick",
    "counters": "the counters have the frequency that they state",
}


HEADERS_FIRST = {"i386": "headers-first", "x86_64": "headers-first-x86_64"}


def tree(directory, arch):
    """A tree shaped like that of RTEMS, with the port and stand-ins for its headers."""
    board = directory / f"bsps/{arch}/jumpslot"
    shutil.copytree(PORT / "bsps/i386/jumpslot", board)
    shutil.copytree(PORT / f"bsps/{arch}/jumpslot", board, dirs_exist_ok=True)
    clock = directory / "bsps/shared/dev/clock"
    clock.mkdir(parents=True)
    shutil.copy(KERNEL / "clockimpl.h", clock)
    for name in HEADERS:
        header = directory / "include" / name
        header.parent.mkdir(parents=True, exist_ok=True)
        header.write_text('#include "rtems_stand_in.h"\n')
    (directory / "include/inttypes.h").write_text(
        "".join(f'#define PRI{letter}{size} "{prefix}{letter}"\n'
                for letter in "xu" for size, prefix in ((32, ""), (64, "l"))))
    shutil.copy(KERNEL / f"stand_in_{arch}.h", directory / "include/stand_in_cpu.h")
    return board


class Port:
    """The port, linked with the cases by its own linker commands."""

    def __init__(self, directory, arch, *config):
        self.tools = Toolbox(directory, arch)
        board = tree(directory, arch)
        flags = ["-msse2", "-fno-tree-loop-distribute-patterns", *config,
                 "-I", PORT / HEADERS_FIRST[arch], "-I", board / "include",
                 "-I", directory / "include", "-I", KERNEL]
        sources = [*board.glob("*/*.c"), KERNEL / "cases.c",
                   REGISTERS / "interrupts_registers.c",
                   REGISTERS / f"interrupts_registers_{arch}.S"]
        objects = [self.tools.compile(path, *flags) for path in sources]
        self.image = self.tools.link(*objects, board / "start/cpu_context.S", "-lgcc",
                                     name="rtems", flags=["-T", board / "start/linkcmds"])

    def run(self, case, **options):
        return self.tools.wrapper("--timeout", LIMIT, self.image, case, **options)


@pytest.fixture(scope="module", params=HEADERS_FIRST)
def port(request, tmp_path_factory):
    return Port(tmp_path_factory.mktemp("rtems"), request.param)


@pytest.mark.parametrize("case", CASES)
def test_the_port_keeps_its_promise(port, case):
    result = port.run(case)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), CASES[case]


def test_the_host_reports_a_stack_without_room_for_a_frame(port):
    result = port.run("full")
    assert (result.stdout, result.returncode) == ("", 139)
    assert re.search(r"task stack full: \d+ bytes needed, 0 left", result.stderr)


@pytest.mark.parametrize("config", [(), ("-DBSP_CONSOLE_POLLED",)], ids=["irq", "polled"])
def test_the_console_reads_and_writes(tmp_path, config):
    result = Port(tmp_path, "i386", *config).run("console", input="a line\n")
    assert (result.stdout, result.stderr, result.returncode) == ("a line\n", "", 0)


def test_the_work_area_is_rtemss_memory(port):
    result = port.run("memory", input="")
    assert (result.stdout, result.stderr, result.returncode) == ("k\n", "", 0)


def test_a_fault_is_a_fatal_error_of_rtems(port):
    result = port.run("fault")
    assert (result.stdout, result.stderr, result.returncode) == ("exception 0\n", "", 1)


def test_exit_ends_the_guest_with_its_status(port):
    result = port.run("exit")
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 42)


def test_nothing_of_the_port_is_privileged(port):
    """The cases themselves use popf, to test flags."""
    result = run(ROOT / "gen/find-privileged", port.image, check=False)
    found = [line for line in result.stdout.splitlines()
             if "/jumpslot/" in line or "bsp_" in line]
    assert not found
