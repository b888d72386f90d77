"""With --raw, keys reach the guest one by one; nothing else of the terminal changes."""

import os
import signal
import subprocess
import termios

import pytest
from terminal_session import (  # noqa: F401 (fixtures)
    CC, CFLAG, COOKED_INPUT, COOKED_LOCAL, IFLAG, LFLAG, OFLAG, TIME_LIMIT, WRAPPER,
    descriptors_of, directory, ends, guest, keepers_of, keys, killed, running, sessions,
    terminal, wait_until, works,
)


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_keys_reach_the_guest_singly_without_echo(directory, terminal, sessions, arch):
    session = running(sessions("--raw", guest(directory, "terminal", arch)))
    for key in b"a", b"b", b"\r", b"\x04", b"\x7f":
        terminal.type(key)
        terminal.expect(key)
    terminal.type(b"q")
    assert session.wait() == "exited 7"
    assert terminal.is_as_before()
    assert terminal.shows_nothing_more()
    assert session.end() == ""


def test_every_byte_arrives_as_it_is_but_the_keys_that_end_and_stop(
        directory, terminal, sessions):
    mode = terminal.mode()
    mode[IFLAG] |= COOKED_INPUT
    mode[LFLAG] |= termios.ECHONL
    mode[CC][termios.VTIME] = b"\x05"
    mode[CC][termios.VMIN] = b"\x00"
    terminal.set(mode)
    running(sessions("--raw", guest(directory, "terminal", "x86_64")))
    for key in sorted(set(range(256)) - set(b"\x03\x1a\x1c\nfnqr")):
        terminal.type(bytes([key]))
        terminal.expect(bytes([key]))
    terminal.type(b"\n")
    terminal.expect(b"\r\n")


def test_a_key_without_a_signal_reaches_the_guest(terminal, sessions, keys):
    mode = terminal.mode()
    mode[CC][termios.VINTR] = b"\x1d"
    terminal.set(mode)
    session = running(sessions("--raw", keys))
    terminal.type(b"\x03")
    terminal.expect(b"\x03")
    terminal.type(b"\x1d")
    assert session.wait() == "exited 130"


def test_output_keeps_its_line_ends(terminal, sessions, keys):
    running(sessions("--raw", keys))
    terminal.type(b"n")
    terminal.expect(b"one\r\ntwo\r\n")


def test_only_input_and_its_echo_change(terminal, sessions, keys):
    running(sessions("--raw", keys))
    mode, before = terminal.mode(), terminal.cooked
    assert mode[OFLAG] == before[OFLAG] and mode[CFLAG] == before[CFLAG]
    assert mode[OFLAG] & termios.OPOST
    assert mode[LFLAG] & termios.ISIG
    assert mode[LFLAG] == before[LFLAG] & ~COOKED_LOCAL
    assert mode[IFLAG] == before[IFLAG] & ~COOKED_INPUT


def test_without_raw_the_mode_stays_and_keys_stop_the_job(terminal, sessions, keys):
    session = sessions(keys)
    terminal.expect(b"ready\r\n")
    assert terminal.is_as_before()
    assert not keepers_of(session.job)
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    session.go_on()
    terminal.type(b"q\n")
    assert session.wait() == "exited 7"
    assert terminal.is_as_before()


def test_a_terminal_of_no_session_is_set_and_put_back(terminal, keys):
    process = subprocess.Popen([WRAPPER, "--raw", keys], stdin=terminal.line,
                               stdout=terminal.line, start_new_session=True)
    terminal.expect(b"ready\r\n")
    assert terminal.is_raw()
    terminal.type(b"q")
    assert process.wait(TIME_LIMIT) == 7
    assert terminal.is_as_before()


def test_a_reset_keeps_the_mode(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    terminal.type(b"r")
    works(running(session))
    ends(session, lambda: terminal.type(b"q"), "exited 7")


def test_the_runner_inherits_nothing_more(terminal, sessions, keys):
    found = []
    for option in [], ["--raw"]:
        session = sessions(*option, keys)
        terminal.expect(b"ready\r\n")
        found.append(descriptors_of(session.runner()).keys())
        killed(session, os.killpg)
        session.end()
    assert found[0] == found[1]


def test_the_keeper_holds_nothing_but_the_terminal(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    keeper, = keepers_of(session.job)
    wait_until(lambda: descriptors_of(keeper) == {"0": os.ttyname(terminal.line)})


def test_without_a_terminal_the_option_changes_nothing(terminal, keys):
    """Standard output may be one."""
    process = subprocess.Popen([WRAPPER, "--raw", keys], stdin=subprocess.PIPE,
                               stdout=terminal.line, stderr=subprocess.PIPE)
    terminal.expect(b"ready\r\n")
    assert terminal.is_as_before()
    assert not keepers_of(process.pid)
    process.stdin.write(b"q")
    assert process.communicate(timeout=TIME_LIMIT)[1] == b""
    assert process.returncode == 7
    assert terminal.is_as_before()
