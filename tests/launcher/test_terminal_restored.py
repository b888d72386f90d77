"""The terminal's mode is restored when the guest, the runner or host-wrapper ends."""

import os
import signal
import termios

import pytest
from conftest import BUILD
from terminal_session import (  # noqa: F401 (fixtures)
    LFLAG, are_gone, children_of, directory, ends, ends_by, keepers_of, keys, killed,
    running, sessions, terminal, wait_until, works,
)


def test_the_mode_is_put_back_when_the_guest_ends(terminal, sessions, keys):
    ends(running(sessions("--raw", keys)), lambda: terminal.type(b"q"), "exited 7")


def test_the_mode_is_put_back_when_the_guest_faults(terminal, sessions, keys):
    ends_by(running(sessions("--raw", keys)), lambda: terminal.type(b"f"), signal.SIGILL,
            "Illegal instruction", r" at 0x[0-9a-f]+ <\S+>")


@pytest.mark.parametrize("key,number,name", [
    (b"\x03", signal.SIGINT, "Interrupt"),
    (b"\x1c", signal.SIGQUIT, "Quit"),
])
def test_the_mode_is_put_back_when_a_key_ends_the_guest(terminal, sessions, keys, key,
                                                        number, name):
    ends_by(running(sessions("--raw", keys)), lambda: terminal.type(key), number, name)


@pytest.mark.parametrize("number,name", [
    (signal.SIGTERM, "Terminated"),
    (signal.SIGHUP, "Hangup"),
    (signal.SIGINT, "Interrupt"),
    (signal.SIGQUIT, "Quit"),
])
def test_the_mode_is_put_back_when_a_signal_ends_the_supervisor(sessions, keys, number,
                                                                name):
    session = running(sessions("--raw", keys))
    ends_by(session, lambda: os.kill(session.job, number), number, name)


def test_the_mode_is_put_back_when_the_runner_is_killed(sessions, keys):
    session = running(sessions("--raw", keys))
    ends_by(session, lambda: os.kill(session.runner(), signal.SIGKILL), signal.SIGKILL,
            "Killed")


def test_the_mode_is_put_back_when_the_time_is_up(terminal, sessions, keys):
    session = sessions("--raw", "--timeout", "0.3", keys)
    assert session.wait() == "exited 137"
    assert terminal.is_as_before()
    assert "Killed): its time is up (--timeout)\n" in session.end()


def test_the_mode_is_put_back_when_the_runner_cannot_be_started(
        directory, terminal, sessions, keys):
    """Its interpreter is missing, which nobody notices before."""
    programs = directory / "programs"
    programs.mkdir()
    for name in "host-wrapper", "jumpslot-runner-x86_64":
        text = (BUILD / "bin" / name).read_bytes()
        if name != "host-wrapper":
            text = text.replace(b"/lib64/ld-linux-x86-64", b"/lib64/no-linux-x86-64", 1)
        (programs / name).write_bytes(text)
        (programs / name).chmod(0o755)
    session = sessions("--raw", "--provider", BUILD / "providers/calculator-x86_64.so",
                       keys, wrapper=programs / "host-wrapper")
    assert session.wait() == "exited 125"
    assert terminal.is_as_before()
    assert session.end() == (
        f"host-wrapper: {keys}: the runner {programs}/jumpslot-runner-x86_64 cannot be "
        "started: No such file or directory\n")


@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["alone", "with its job"])
def test_the_mode_is_restored_when_the_supervisor_is_killed(
        terminal, sessions, keys, kill):
    session = running(sessions("--raw", keys))
    family = children_of(session.job)
    killed(session, kill)
    wait_until(terminal.is_as_before)
    wait_until(lambda: are_gone(family))
    assert session.end() == ""


def test_the_mode_is_restored_by_a_keeper_that_got_every_signal(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    keeper, = keepers_of(session.job)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        os.kill(keeper, number)
    killed(session, os.kill)
    wait_until(terminal.is_as_before)


def test_a_job_that_was_continued_is_put_back_when_it_is_killed(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    session.go_on()
    works(session)
    killed(session, os.kill)
    wait_until(terminal.is_as_before)


@pytest.mark.parametrize("number,status", [(signal.SIGKILL, "killed 9"),
                                           (signal.SIGTERM, "exited 143")])
def test_a_mode_that_was_changed_in_the_foreground_is_put_back(terminal, sessions, keys,
                                                               number, status):
    """As by a provider."""
    session = running(sessions("--raw", keys))
    mode = terminal.mode()
    mode[LFLAG] |= termios.ECHO
    termios.tcsetattr(terminal.line, termios.TCSANOW, mode)
    assert not terminal.is_as_before()
    family = children_of(session.job)
    # The shell is not told to take the terminal back before.
    os.kill(session.job, number)
    wait_until(lambda: are_gone(family))
    assert terminal.is_as_before()
    assert session.wait() == status


def taken_by_the_shell(session):
    """Without a word to the job."""
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    mode = session.terminal.mode()
    mode[LFLAG] |= termios.ECHO
    session.terminal.set(mode)


def test_a_shell_that_has_taken_the_terminal_is_not_overruled_by_the_keeper(
        terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    family = children_of(session.job)
    taken_by_the_shell(session)
    killed(session, os.kill)
    wait_until(lambda: are_gone(family))
    assert terminal.is_as_before()


def test_a_shell_that_has_taken_the_terminal_is_not_overruled_by_the_supervisor(
        terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    taken_by_the_shell(session)

    def end():
        os.killpg(session.job, signal.SIGTERM)
        session.go_on("background")
    ends_by(session, end, signal.SIGTERM, "Terminated")
