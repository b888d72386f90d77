"""QEMU changes the mode of standard input. After every end it is as before."""

import fcntl
import os
import pty
import signal
import subprocess
import termios
import time

import pytest
from conftest import BUILD, HANGS
from partition import SMALL
from terminal_session import children_of, is_qemu

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_Console_write("ready\\n", 6);
            while (_BSP_Virtual_Console_read() != '!')
                    ;
            return 0;
    }
    """


@pytest.fixture(params=["terminal", "pipe"])
def ends(request):
    """Both ends of standard input: to read from, and to write to."""
    opened = list(reversed(pty.openpty())) if request.param == "terminal" else os.pipe()
    yield opened
    for end in opened:
        os.close(end)


def mode(descriptor):
    """The part that other processes see."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    return flags, os.isatty(descriptor) and termios.tcgetattr(descriptor)


@pytest.mark.parametrize("how,status", [
    ("exit", 0), ("time-out", 137), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_the_mode_of_standard_input_is_restored(tools, ends, how, status):
    reader, writer = ends
    before = mode(reader)
    options = ["--timeout", "1"] if how == "time-out" else []
    with subprocess.Popen([BUILD / "bin/host-wrapper", "--host", "monitor", *SMALL,
                           *options, tools.guest(GUEST)],
                          stdin=reader, stdout=subprocess.PIPE) as process:
        if how != "time-out":  # which may be too short for a busy machine's QEMU
            assert process.stdout.readline() == b"ready\n"
            assert mode(reader) != before
        if how == "exit":
            os.write(writer, b"!\n")
        elif how != "time-out":
            process.send_signal(how)
        assert process.wait(timeout=HANGS) == status
    limit = time.monotonic() + HANGS
    while mode(reader) != before:  # by another process, if host-wrapper was killed
        assert time.monotonic() < limit
        time.sleep(0.01)


@pytest.mark.not_sanitized("their processes cannot be traced")
def test_the_mode_is_restored_before_the_keeper_ends(tools):
    """SIGKILL may come between the two. QEMU, which is killed, restores nothing."""
    reader, writer = os.pipe()
    with open(reader), open(writer, "w"):
        result = subprocess.run(
            ["gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off",
             "-ex", "break keeper_end", "-ex", "run", "-ex",
             f"print (int)fcntl(0, {fcntl.F_GETFL}) & {os.O_NONBLOCK}", "-ex", "continue",
             "--args", BUILD / "bin/host-wrapper", "--host", "monitor", *SMALL,
             "--timeout", "3", tools.guest(GUEST)],
            stdin=reader, capture_output=True, text=True, timeout=HANGS)
    assert "\n$1 = 0\n" in result.stdout, result.stdout + result.stderr
    assert "exited with code 0211]" in result.stdout


def test_no_keeper_is_started_if_there_is_nothing_to_restore(tools):
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with open(reader), open(writer, "wb", buffering=0) as keys, subprocess.Popen(
            [BUILD / "bin/host-wrapper", "--host", "monitor", *SMALL,
             tools.guest(GUEST)], stdin=reader, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        assert list(map(is_qemu, children_of(process.pid))) == [True]
        keys.write(b"!")
        assert process.wait(timeout=HANGS) == 0
