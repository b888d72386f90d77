"""A guest that says where a task's stack ends is not damaged by the host's frames.

The guest (guests/interrupts_stack_guest.c) runs a task on 4,096 bytes, with canaries
below them, and gets an interrupt where nothing has room for it. Without a limit the frame
damages the canaries; that control shows that the case needs the check.
"""

import re
import signal

import pytest
from conftest import ROOT, Toolbox
from interrupts_guests import FLAGS, interrupts_provider

GUESTS = ROOT / "tests/interrupts/guests"
DAMAGED = 3
FULL = re.compile(r"stopped by signal 11 \(Segmentation fault\): task stack full: "
                  r"(\d+) bytes needed, (\d+) left \(stack pointer 0x([0-9a-f]+), "
                  r"limit 0x([0-9a-f]+)\), at 0x[0-9a-f]+"
                  r"(?:, in a host function, near 0x[0-9a-f]+)? "
                  r"<([\w.]+)\+0x[0-9a-f]+>\n")


class Task:
    """The guest and its provider for one architecture."""

    def __init__(self, directory, arch):
        self.tools = Toolbox(directory, arch)
        self.provider = interrupts_provider(self.tools)
        self.guest = self.tools.link(
            self.tools.compile(GUESTS / "interrupts_stack_guest.c",
                               "-fno-tree-loop-distribute-patterns", "-fno-inline",
                               "-fno-optimize-sibling-calls", *FLAGS),
            "-lgcc", name="stack")

    def run(self, case, use_limit):
        return self.tools.wrapper("--timeout", 60, "--bind", "now", *self.provider,
                                  self.guest, case, int(use_limit))

    def read_report(self, case, limit=1):
        result = self.run(case, limit)
        report = FULL.search(result.stderr)
        assert report, result.stderr
        assert result.returncode == 128 + signal.SIGSEGV
        needed, left = map(int, report.group(1, 2))
        sp, lowest = (int(number, 16) for number in report.group(3, 4))
        assert left < needed and left == max(0, sp - lowest)
        return result.stdout, needed, report[5], sp - needed - lowest


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def task(request, tmp_path_factory):
    return Task(tmp_path_factory.mktemp("stack"), request.param)


more_stack = pytest.mark.not_sanitized("their code takes more stack")
CASES = ["own-code", "nested", "return", "callback", "fault", "wait", "raise"]


# The guest's place is looked for in the words next to the stack pointer.
@pytest.mark.parametrize("case", [
    pytest.param(case, marks=more_stack) if case in ("own-code", "fault") else case
    for case in CASES])
def test_a_task_stack_without_room_for_a_frame_is_reported(task, case):
    printed, needed, function, _ = task.read_report(case)
    assert printed == ("fault handled\n" if case == "fault" else "")
    if case == "nested":
        assert function == "isr"
    if case != "raise":
        assert needed > 512  # with at least the legacy vector registers


@pytest.mark.parametrize("case", CASES)
def test_without_a_limit_the_frame_damages_what_lies_below_the_stack(task, case):
    assert task.run(case, False).returncode == DAMAGED


@more_stack
def test_a_stack_with_room_takes_interrupts_up_to_its_limit(task):
    result = task.run("enough", True)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


@more_stack
@pytest.mark.parametrize("case", ["exact", "exact-raise"])
def test_the_host_uses_no_more_than_the_bytes_that_it_needs(task, case):
    """The first run has a limit that is too high, the second one an exact limit."""
    too_high = 65536 + 4096 - 64
    _, _, _, distance = task.read_report(case, too_high)
    result = task.run(case, too_high + distance)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
    task.read_report(case, too_high + distance + 1)


# An overflow from above writes over the frame's pointer to the vector registers.
DAMAGED_FRAME = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    static void isr(int vector, void *frame)
    {
            (void)vector;
            for (int i = 40; i < 64; i++)
                    ((volatile char *)frame)[i] = 0x11;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _CPU_Virtual_Set_handler(isr);
            _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
            _BSP_Virtual_Clock_init();
            _BSP_Virtual_Clock_oneshot(10000000);
            _CPU_Virtual_Interrupts_open();
            for (;;)
                    ;
    }
    """


def test_a_fault_by_a_damaged_frame_says_so(task):
    result = task.tools.wrapper("--timeout", 60, task.tools.guest(DAMAGED_FRAME))
    assert re.search(r"stopped by signal 11 \(Segmentation fault\): returned from an "
                     r"interrupt handler by a damaged frame on its stack[,\n]",
                     result.stderr), result.stderr
    assert result.returncode == 128 + signal.SIGSEGV


def test_a_fault_outside_of_the_guest_may_come_from_its_stack(task):
    """A direct function has the guest's stack, and any code can be jumped to."""
    provider = task.tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, direct_fault)
        EF(direct_fault)
        JUMPSLOT_DIRECT(direct_fault)
        int direct_fault(void) { int *volatile nowhere = (int *)16; return *nowhere; }
        """, name="direct")
    result = task.tools.wrapper("--provider", provider, task.tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, direct_fault)
        JUMPSLOT_ENTRY(info) { (void)info; return direct_fault(); }
        """))
    assert re.search(r" at 0x[0-9a-f]+ \(not the guest's code: a provider's or the "
                     r"runner's, or the guest's stack is damaged\), accessing 0x10\n",
                     result.stderr), result.stderr
    assert result.returncode == 128 + signal.SIGSEGV
