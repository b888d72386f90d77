"""guests/rtos: one source, which does the same by itself and as a guest."""

import os
import pty
import re
import subprocess
import termios
from pathlib import Path

import pytest
from conftest import ROOT, run
from rtos_machine import Machine, Session

RTOS = ROOT / "guests/rtos"
VIRTUAL = ["x86_64", "i386"]


@pytest.fixture(params=[*VIRTUAL, "native"])
def machine(request):
    return Machine(request.param)


@pytest.fixture(params=VIRTUAL)
def virtual(request):
    return Machine(request.param)


@pytest.mark.parametrize("options", [[], ["tickless"]], ids=["ticks", "tickless"])
def test_the_scenario_prints_the_same_lines_everywhere(machine, options):
    expected = (ROOT / "tests/rtos/scenario.txt").read_text()
    assert machine.run("scenario", *options) == (expected, "", 0)


def start(machine, application, *options, stdin=subprocess.DEVNULL):
    return subprocess.Popen([str(word) for word in machine.command(application, *options)],
                            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def runner_of(process):
    """The process that holds the guest, once it runs there."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not children.read_text():
        assert process.poll() is None
    runner = int(children.read_text())
    while not Path(f"/proc/{runner}/timers").read_text():
        assert process.poll() is None
    return runner


@pytest.fixture
def shell(machine):
    """The shell without ticks in idle time, behind pipes."""
    process = start(machine, "shell", "tickless", stdin=subprocess.PIPE)
    yield Session(process, process.stdin.fileno(), process.stdout.fileno())
    process.kill()
    process.communicate()


def test_the_shell_starts_again_warm_and_cold_and_ends_with_a_status(machine, shell):
    assert "shell: start 1, " in shell.read_until("> ")
    for mode, starts in ("warm", 2), ("warm", 3), ("cold", 1):
        shell.type(f"reboot {mode}\n")
        shell.read_until(f"shell: start {starts}, ")
        shell.read_until("> ")
    shell.type("exit 42\n")
    assert machine.status(shell.wait()) == 42


@pytest.fixture
def terminal(machine):
    """The shell on a terminal of its own, the terminal, and its mode before."""
    ours, its = pty.openpty()
    mode = termios.tcgetattr(its)
    command = machine.command("shell", wrapper=["--raw"])
    process = subprocess.Popen([str(word) for word in command], stdin=its, stdout=its,
                               stderr=its)
    yield Session(process, ours, ours), its, mode
    process.kill()
    process.wait()
    os.close(ours)
    os.close(its)


def test_the_shell_takes_keys_one_by_one_from_a_terminal(machine, terminal):
    shell, device, mode = terminal
    shell.read_until("> ")

    def answer(keys, echo):
        shell.type(keys)
        assert shell.read_until(echo) == echo
        return shell.read_until("> ")[:-len("> ")]

    shell.type("ec")
    assert shell.read_until("ec") == "ec", "before there is a line"
    assert answer("X\x7fho hello\r", "X\b \bho hello\n") == "hello\n"
    assert answer("wrong\x15echo right\n", "wrong" + 5 * "\b \b" + "echo right\n") == "right\n"
    assert answer("x" * 100 + "\r", "x" * 79 + "\n") == \
        "x" * 79 + ": no such command; there is help\n"
    assert answer("work\r", "work\n") == answer("sleep 20\r", "sleep 20\n") == ""
    threads = answer("threads\r", "threads\n")
    assert re.search(r"^shell +4 +running ", threads, re.M)
    assert re.search(r"^worker +8 +ready +\d\d", threads, re.M), threads
    assert answer("fault\r", "fault\n") == "worker: ended by a fault: division\n"
    assert "worker" not in answer("threads\r", "threads\n")
    shell.type("exit 7\r")
    assert machine.status(shell.wait()) == 7
    assert termios.tcgetattr(device) == mode


def bound_in(errors):
    """The functions that a guest called, as host-wrapper reports them."""
    return set(re.findall(r"^  bound (\w+)$", errors, re.M))


def bound(machine, application, *options):
    command = machine.command(application, *options, wrapper=["--report"])
    return bound_in(run(*command, stdin=subprocess.DEVNULL).stderr)


def bound_by_the_shell(machine):
    """Without ticks, once it was idle."""
    command = machine.command("shell", "tickless", wrapper=["--report"])
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    shell = Session(process, process.stdin.fileno(), process.stdout.fileno())
    shell.read_until("> ")
    status = Path(f"/proc/{runner_of(process)}/status")
    while "State:\tS" not in status.read_text():
        assert process.poll() is None
    shell.type("exit\n")
    return bound_in(process.communicate(timeout=60)[1].decode())


def declared(header, pattern):
    text = (ROOT / "guest-macros/jumpslot" / header).read_text()
    return set(re.findall(pattern, text, re.M))


def test_between_them_the_threads_call_every_paravirtual_function(virtual):
    external = set().union(*(
        declared(header, r"^EXTERNAL_FUNC\(\w+, (_(?:CPU|BSP)_Virtual_\w+)")
        for header in ("virt_cpu.h", "virt_bsp.h")))
    assert len(external) >= 22
    called = bound(virtual, "scenario") | bound(virtual, "scenario", "tickless")
    called |= bound_by_the_shell(virtual)
    # There is no report of a guest that starts again: the shell's test does that.
    assert external - called == {"_BSP_Virtual_reset"}
    inline = declared("virt_cpu.h", r"^static inline \w+ (_CPU_Virtual_\w+)")
    assert len(inline) == 6
    sources = "".join(path.read_text() for path in (RTOS / "cpu/virtual").iterdir())
    assert {name for name in inline if name + "(" not in sources} == set()
