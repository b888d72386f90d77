"""The gate itself: protected code, stacks with guards, and frames that tools can follow."""

import re

import pytest
from conftest import BUILD, ROOT, Toolbox, run

GUESTS = ROOT / "tests/guests"


class Gate:
    """gate_guest.c and its provider, for one architecture."""

    def __init__(self, directory, arch):
        self.tools, self.arch = Toolbox(directory, arch), arch
        self.guest = self.tools.guest(GUESTS / "gate_guest.c", "-fno-omit-frame-pointer",
                                      name="gate")
        self.provider = self.tools.provider(GUESTS / "gate_provider.c", "-fno-omit-frame-pointer",
                                            "-fno-optimize-sibling-calls", name="gate")

    def run(self, *options):
        return self.tools.wrapper("--provider", self.provider, *options, self.guest)

    def backtraces(self, function, *commands):
        """What gdb prints when `function` of the provider was reached."""
        return run("gdb", "-nx", "-batch", "-ex", "set breakpoint pending on",
                   "-ex", f"add-symbol-file {self.guest}", "-ex", f"break gate_provider.c:{function}",
                   "-ex", "run", *(word for each in commands for word in ("-ex", each)),
                   "--args", BUILD / "bin/host-wrapper", "--in-place",
                   "--provider", self.provider, self.guest).stdout


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def gate(request, tmp_path_factory):
    return Gate(tmp_path_factory.mktemp("gate"), request.param)


def test_thunks_are_never_writable_and_frame_pointers_lead_through_the_gate(gate):
    result = gate.run()
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_a_host_function_that_needs_too_much_stack_ends_at_the_guard(gate):
    result = gate.run("--host-stack", "128K")
    assert result.returncode == 128 + 11
    assert re.search(r": stopped by signal 11 \(Segmentation fault\): the host's stack is full "
                     r"\(--host-stack\), in use_stack, called from 0x[0-9a-f]+ <_start\+",
                     result.stderr)


def frames(output):
    """The functions of a backtrace, innermost first."""
    return re.findall(r"^#\d+ +(?:0x[0-9a-f]+ in )?([\w.]+) \(", output, re.MULTILINE)


def test_gdb_follows_gates_and_callbacks_to_the_guests_entry(gate):
    output = gate.backtraces("stop_here", "bt")
    assert frames(output) == [
        "stop_here", "jumpslot_gate", "outer_caller", "called_back", "jumpslot_guest_entry",
        "stop_here_callback", "jumpslot_gate", "_start", "jumpslot_enter"], output
    assert "Backtrace stopped" not in output
    assert "stop_here (a=1, b=2, c=3, d=4, e=5, f=6, g=7, h=8)" in output
    output = gate.backtraces("stop_here_variadic", "bt")
    assert frames(output)[:4] == ["stop_here_variadic", "jumpslot_gate_on_guest_stack",
                                  "outer_caller", "called_back"], output
    assert "Backtrace stopped" not in output


# Steps by instructions from the guest's calls to its next line, both ways through the gate.
STEPS = """
import gdb

def names():
    frame, found = gdb.newest_frame(), []
    while frame:
        found.append(frame.name())
        if frame.unwind_stop_reason() not in (gdb.FRAME_UNWIND_NO_REASON,
                                              gdb.FRAME_UNWIND_OUTERMOST):
            found.append(gdb.frame_stop_reason_string(frame.unwind_stop_reason()))
        frame = frame.older()
    return found

gdb.execute("break outer_caller")
gdb.execute("run")
inside, steps = set(), 0
while True:
    gdb.execute("stepi", to_string=True)
    stack = names()
    if stack[0] == "called_back":
        break
    steps += 1
    inside.add(stack[0])
    # The resolver and libc are others' matter, and long.
    expected = ["outer_caller", "called_back", "jumpslot_guest_entry", "stop_here_callback",
                "jumpslot_gate", "_start", "jumpslot_enter"]
    if stack[-7:] != expected or len(stack) > 10:
        print("WRONG at", hex(gdb.newest_frame().pc()), stack)
print("STEPS", steps, sorted(name for name in inside if name))
"""


def test_gdb_follows_the_gate_from_each_of_its_instructions(gate):
    script = gate.tools.write("steps.py", STEPS)
    output = run("gdb", "-nx", "-batch", "-ex", f"add-symbol-file {gate.guest}", "-ex",
                 "set breakpoint pending on", "-x", script, "--args",
                 BUILD / "bin/host-wrapper", "--in-place", "--bind", "now",
                 "--provider", gate.provider, gate.guest).stdout
    assert "WRONG" not in output, output
    assert re.search(r"STEPS \d{3} \['check_callback', 'gate.stop_here', "
                     r"'gate.stop_here_variadic', 'jumpslot_gate', "
                     r"'jumpslot_gate_on_guest_stack', 'outer_caller', 'stop_here', "
                     r"'stop_here_variadic'\]", output), output
