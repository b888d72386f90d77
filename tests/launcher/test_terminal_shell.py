"""--raw in a real shell, in an orphaned job, and on a terminal that hangs up."""

import fcntl
import os
import signal
import subprocess
import sys
import termios

import pytest
from terminal_session import (  # noqa: F401 (fixtures)
    LFLAG, TIME_LIMIT, WRAPPER, are_gone, children_of, directory, guest, keys,
    running, sessions, terminal, wait_until,
)
from time_limits import end_in_time


def take_terminal():
    """Of standard input, as a session's leader."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def bash(terminal):
    """At its prompt, and in the mode of its own that it has there."""
    process = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"], stdin=terminal.line,
        stdout=terminal.line, stderr=terminal.line, preexec_fn=take_terminal,
        env={"PS1": "? ", "TERM": "dumb", "HISTFILE": "", "PATH": os.environ["PATH"]})
    wait_until(lambda: not terminal.mode()[LFLAG] & termios.ICANON)
    terminal.read_until(b"? ")
    yield process
    process.kill()
    process.wait()


def test_in_a_shell_it_stops_goes_on_and_is_killed(terminal, bash, keys):
    prompt = terminal.mode()
    for command in f"{WRAPPER} --raw {keys}", "fg":
        terminal.type(f"{command}\n".encode())
        if command != "fg":
            terminal.read_until(b"ready\r\n")
        wait_until(terminal.is_raw)
        terminal.type(b"x")
        terminal.read_until(b"x")
        terminal.type(b"\x1a")
        terminal.read_until(b"Stopped")
        terminal.read_until(b"? ")
        assert terminal.mode() == prompt
    terminal.type(b"fg\n")
    wait_until(terminal.is_raw)
    job, = children_of(bash.pid)
    family = children_of(job)
    os.kill(job, signal.SIGKILL)
    terminal.read_until(b"Killed")
    terminal.read_until(b"? ")
    wait_until(lambda: are_gone(family))
    assert terminal.mode() == prompt


def test_an_orphaned_job_does_not_stop(terminal, keys):
    """There is no shell that could continue it."""
    process = subprocess.Popen([WRAPPER, "--raw", keys], stdin=terminal.line,
                               stdout=terminal.line, stderr=subprocess.PIPE,
                               preexec_fn=take_terminal)
    terminal.expect(b"ready\r\n")
    terminal.type(b"\x1a")
    wait_until(terminal.is_raw)
    # NOFLSH is off: keys that are typed before the signal is handled are dropped with it.
    terminal.type(b"xq")
    terminal.expect(b"x")
    assert process.wait(TIME_LIMIT) == 7
    assert terminal.is_as_before()
    assert process.stderr.read() == b""


def test_an_orphaned_job_in_the_background_leaves_the_terminal_alone(terminal, keys):
    """Its session's leader, the job's parent, has given the terminal to another group."""
    def run_leader(seconds):
        with subprocess.Popen(leader(seconds), stdin=terminal.line,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            first = process.stdout.readline()
            assert terminal.is_as_before()
            errors = process.communicate(timeout=TIME_LIMIT)[1]
        return first, errors, process.returncode

    def leader(seconds):
        return [sys.executable, "-c", """if True:
            import fcntl, os, signal, subprocess, sys, termios
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, process_group=0,
                                     stdout=subprocess.DEVNULL)
            os.tcsetpgrp(0, other.pid)
            job = subprocess.Popen(sys.argv[1:], preexec_fn=lambda: signal.signal(
                signal.SIGTTOU, signal.SIG_DFL))
            sys.exit(job.wait())
            """, WRAPPER, "--raw", "--timeout", seconds, keys]
    first, errors, status = end_in_time(run_leader, lambda ended: ended[0])
    assert first == b"ready\n"
    assert b"its time is up" in errors and status == 137
    assert terminal.is_as_before()


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_a_terminal_that_hangs_up_is_the_end_of_input(directory, terminal, arch):
    process = subprocess.Popen([WRAPPER, "--raw", guest(directory, "lines_console", arch),
                                "final"], stdin=terminal.line, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    assert process.stdout.readline() == b"ready\n"
    assert terminal.is_raw()
    terminal.hang_up()
    assert process.communicate(timeout=TIME_LIMIT) == (b"end\n", b"")
    assert process.returncode == 0


def test_a_terminal_that_hangs_up_ends_the_job(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    family = [session.job, *children_of(session.job)]
    terminal.hang_up()
    wait_until(lambda: are_gone(family))
