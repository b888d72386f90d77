"""The gate: protected code, stacks with guards, frames that tools follow, its cost."""

import re

import pytest
from conftest import BUILD, ROOT, Toolbox, run

GUESTS = ROOT / "tests/calls/guests"


class Gate:
    """gate_guest.c and its provider, which reads /proc, for one architecture."""

    def __init__(self, directory, arch):
        self.tools, self.arch = Toolbox(directory, arch), arch
        self.guest = self.tools.guest(GUESTS / "gate_guest.c", "-fno-omit-frame-pointer",
                                      name="gate")
        self.provider = self.tools.provider(
            GUESTS / "gate_provider.c", "-fno-omit-frame-pointer",
            "-fno-optimize-sibling-calls", name="gate")
        self.provided = ["--provider", self.provider,
                         "--provider", self.tools.provider(
                             GUESTS / "gate_rounding_provider.c", name="gate_rounding")]

    def run(self, *options):
        return self.tools.wrapper("--sandbox=off", *self.provided, *options, self.guest)

    def debug(self, argument, script, *options):
        """The output of a script that controls the guest in gdb."""
        return run("gdb", "-nx", "-batch", "-ex", f"add-symbol-file {self.guest}",
                   "-ex", "set breakpoint pending on", "-x", script,
                   "--args", BUILD / "bin/host-wrapper", "--sandbox=off", "--in-place",
                   *options, *self.provided, self.guest, argument).stdout

    def backtraces(self, function, *commands):
        """gdb's output of `commands` in the provider's `function`."""
        return run("gdb", "-nx", "-batch", "-ex", "set breakpoint pending on",
                   "-ex", f"add-symbol-file {self.guest}",
                   "-ex", f"break gate_provider.c:{function}",
                   "-ex", "run", *(word for each in commands for word in ("-ex", each)),
                   "--args", BUILD / "bin/host-wrapper", "--sandbox=off", "--in-place",
                   *self.provided, self.guest).stdout


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def gate(request, tmp_path_factory):
    return Gate(tmp_path_factory.mktemp("gate"), request.param)


def test_thunks_are_never_writable_and_frame_pointers_lead_through_the_gate(gate):
    result = gate.run()
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_a_host_function_that_needs_too_much_stack_ends_at_the_guard(gate):
    result = gate.run("--host-stack", "128K")
    assert result.returncode == 128 + 11
    assert re.search(r": stopped by signal 11 \(Segmentation fault\): the host's stack "
                     r"is full \(--host-stack\), in use_stack, called from "
                     r"0x[0-9a-f]+ <_start\+", result.stderr)


def frames(output):
    """The functions of a backtrace, innermost first."""
    return re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?([\w.]+) \(", output, re.MULTILINE)


def test_gdb_follows_gates_and_callbacks_to_the_guests_entry(gate):
    output = gate.backtraces("stop_here", "bt")
    assert frames(output) == [
        "stop_here", "jumpslot_gate", "outer_caller", "called_back",
        "jumpslot_guest_entry", "stop_here_callback", "jumpslot_gate", "_start",
        "jumpslot_enter"], output
    assert "Backtrace stopped" not in output
    assert "stop_here (a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8)" in output
    output = gate.backtraces("stop_here_variadic", "bt")
    assert frames(output)[:4] == ["stop_here_variadic", "jumpslot_gate_on_guest_stack",
                                  "outer_caller", "called_back"], output
    assert "Backtrace stopped" not in output


def test_frame_descriptions_are_right_at_each_instruction_of_the_gate(gate):
    """CFA, return address and registers, on every way in and out: see unwind.py."""
    output = gate.debug("w", ROOT / "tests/lib/unwind.py", "--bind", "now")
    assert "WRONG" not in output and "UNSEEN" not in output, output
    assert re.search(r"^STEPPED \d{3} instructions, 0 calls open$", output,
                     re.MULTILINE), output


# Prints how often breakpoints are hit in each phase of gate_guest.c's cost().
COUNTS = """
import gdb

class Count(gdb.Breakpoint):
    count = 0

    def stop(self):
        self.count += 1
        return False

phase = gdb.Breakpoint("gate_provider.c:next_phase")
gdb.execute("run")
counts = [Count(name) for name in ("gate_to_host", "gate_to_guest", "syscall")]
while True:
    for each in counts:
        each.count = 0
    gdb.execute("continue")
    if not gdb.selected_inferior().pid:
        break
    print("COUNTS", *(each.count for each in counts))
"""


def test_a_gated_call_compares_and_swaps_only_what_differs(gate):
    """Counts calls of the gate's C code in each direction, and system calls for masks."""
    output = gate.debug("c", gate.tools.write("counts.py", COUNTS))
    assert re.findall(r"^COUNTS (.*)$", output, re.MULTILINE) == [
        "0 0 1",  # 2,000 calls, and one that reads the host's mask
        "10 10 0",  # 10 blocking ones
        "11 12 25",  # 10 while the host masks a signal, and those that change its mask
        "0 0 0",  # 10 after that
        "10 10 0",  # 10 while the guest rounds up
    ], output
