"""gdb knows the guest by itself, and follows every way between guest and host.

Each test types what docs/debugging.md says, and nothing else.
"""

import re
import subprocess

import pytest
from conftest import BUILD, HANGS, run
from debug_guest import DebugGuest, frames, functions, gdb, line

ALONE = """\
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    static volatile int count;
    __attribute__((__noinline__)) static int inner(int x) { return count + x; }
    JUMPSLOT_ENTRY(info) { _BSP_Virtual_Console_write("x", !info); return inner(3) + 1; }
    """
HANDLED = "handle SIGILL nostop noprint"  # the guest's own handler handles it


@pytest.fixture(scope="module", params=["x86_64", "i386", "x86_64 pie"])
def guest(request, tmp_path_factory):
    return DebugGuest(tmp_path_factory.mktemp("frames"), *request.param.split())


@pytest.fixture(scope="module")
def stops(guest):
    """Backtraces at each stop in the provider, by the argument of the host function."""
    shown = guest.gdb("break frames_provider.c:host_stop",
                      "break frames_provider.c:host_stop_variadic", HANDLED, "run",
                      *["bt", "echo ]]\\n", "continue"] * 5)
    assert "exited with code 04" in shown
    assert "Backtrace stopped" not in shown
    return {int(number): bt for number, bt in re.findall(
        r"^(#0 +host_stop\w* \(value=(\d)\).*?)\]\]$", shown, re.S | re.M)
        for bt, number in [(number, bt)]}


def ending(call):
    """The frames below the guest's entry: what the host called first."""
    return [("every_way", line(call)), ("_start", line("the ways")),
            ("jumpslot_enter", None)]


def without_host_lines(found):
    return [(name, None if name.startswith("jumpslot_") else number)
            for name, number in found]


def test_a_call_leads_from_the_provider_to_the_guests_entry(stops):
    found = without_host_lines(frames(stops[1]))
    assert found[1:] == [("jumpslot_gate", None), *ending("the first call")]


def test_a_callback_leads_through_both_sides_twice(stops):
    found = without_host_lines(frames(stops[2]))
    assert [name for name, _ in found[:6]] == [
        "host_stop", "jumpslot_gate", "called_back", "jumpslot_guest_entry",
        "host_calls", "jumpslot_gate"]
    assert found[2][1] == line("the callback's call")
    assert found[6:] == ending("the call of the callback")


def test_a_call_with_uncounted_arguments_leads_to_its_caller(stops):
    found = without_host_lines(frames(stops[5]))
    assert found[1:] == [("jumpslot_gate_on_guest_stack", None),
                         *ending("the variadic call")]


def test_an_interrupt_leads_to_the_interrupted_function(stops):
    found = without_host_lines(frames(stops[3]))
    assert [name for name, _ in found[:5]] == [
        "host_stop", "jumpslot_gate", "handle_interrupt", "<signal handler called>",
        "interrupted"]
    assert found[2][1] == line("the interrupt handler's call")
    assert abs(found[4][1] - line("the interrupt comes")) <= 2
    assert found[5:] == ending("the call that is interrupted")


def test_a_fault_handler_leads_to_the_instruction_that_faulted(stops):
    found = without_host_lines(frames(stops[4]))
    assert [name for name, _ in found[:5]] == [
        "host_stop", "jumpslot_gate", "handle_fault", "<signal handler called>", "faults"]
    assert found[4][1] == line("the fault")
    assert found[5:] == ending("the call that faults")


def test_a_breakpoint_by_line_stops_there_with_the_guests_variables(guest):
    at = line("the variadic call")
    shown = guest.gdb(f"break frames_guest.c:{at}", "run", "info locals", "next", "step",
                      "bt")
    assert re.search(rf"Breakpoint 1, every_way \(\) at \S+frames_guest\.c:{at}\n{at}\t",
                     shown)
    assert re.search(r"^sum = \d+$|^sum = <optimized out>$", shown, re.M)


@pytest.mark.parametrize("stripped", [False, True])
def test_a_guest_without_a_provider_is_known_as_well(guest, tmp_path, stripped):
    pie = "pie" in guest.kind
    alone = guest.tools.guest(ALONE, "-O0", name="alone", pie=pie)
    wrapper = BUILD / "bin/host-wrapper"
    if stripped:
        for program in BUILD.glob("bin/*"):
            run("strip", "-o", tmp_path / program.name, program)
        wrapper = tmp_path / "host-wrapper"
    shown = gdb(["break inner", "run", "bt"], "--args", wrapper, alone)
    assert frames(shown)[:2] == [("inner", 4), ("_start", 5)], shown


def test_a_stub_shows_its_caller_from_before_it_is_bound(guest):
    shown = guest.gdb("break host_stop", "run", *["stepi", "bt"] * 6)
    assert functions(shown).count("every_way") == 6, shown
    assert "Backtrace stopped" not in shown


def test_a_guest_that_waits_for_gdb_says_how_to_attach(guest):
    with subprocess.Popen(list(map(str, guest.command(options=["--wait-gdb"]))),
                          stderr=subprocess.PIPE, text=True) as process:
        said = process.stderr.readline()
        found = re.fullmatch(rf"host-wrapper: {guest.guest}: waits for a debugger: "
                             r"gdb -p (\d+)\n", said)
        assert found, said
        shown = gdb(["break frames_provider.c:host_stop", "continue", "bt", "delete",
                     HANDLED, "continue"], "-p", found[1])
        process.wait(HANGS)
    assert functions(shown)[:3] == ["host_stop", "jumpslot_gate", "every_way"], shown
    assert process.returncode == 4


def test_what_only_a_supervisor_can_do_is_said_to_have_no_effect(guest):
    shown = guest.gdb("run", options=["--timeout", "60"], arguments=["v"])
    assert "\nhost-wrapper: --timeout has no effect under a debugger\n" in shown
    path = guest.tools.directory / "control"
    shown = guest.gdb("run", options=["--trace", "--control", path, "--stats",
                                      "--unused", "--timeout", "60"], arguments=["v"])
    lost = re.findall(r"^host-wrapper: (\S+) has no effect under a debugger$", shown,
                      re.MULTILINE)
    assert lost == ["--timeout", "--trace", "--control", "--stats", "--unused"], shown
    assert "exited normally" in shown or "exited with code" in shown
    assert "combined" not in shown and "0175" not in shown and not path.exists()
    shown = guest.gdb("run", options=["--sandbox=strict"], arguments=["v"])
    assert f"{guest.guest}: --sandbox=strict: no PID namespace under a debugger" in shown
    assert "exited with code 0175" in shown


def test_strace_does_not_change_how_a_guest_is_run(guest):
    result = run("strace", "-f", "-qq", "-e", "trace=none",
                 *guest.command("v", options=["--report=json", "--sandbox=off"]),
                 check=False)
    assert '"end": "exit"' in result.stderr
    assert result.returncode in (0, 1)


def test_no_time_out_runs_while_a_guest_waits_for_gdb(guest):
    result = run(*guest.command(options=["--wait-gdb", "--timeout", "5"]), check=False)
    assert result.stderr == ("host-wrapper: --timeout cannot be combined with "
                             "--wait-gdb\n")
    assert result.returncode == 125
