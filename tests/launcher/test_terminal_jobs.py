"""Job control with --raw: stopping, continuing, and running in the background."""

import os
import signal
import subprocess
import termios
import time

import pytest
from partition import write_model
from terminal_session import (  # noqa: F401 (fixtures)
    CC, IFLAG, LFLAG, READING, SPINNING, WRAPPER, busy, directory, ends, ends_by, guest,
    is_pending, keys, killed, running, sessions, state_of, terminal, wait_until, works,
)


@pytest.mark.parametrize("action", [
    lambda session: session.terminal.type(b"\x1a"),
    lambda session: os.kill(session.job, signal.SIGTSTP),
    lambda session: os.killpg(session.job, signal.SIGTSTP),
], ids=["key", "supervisor", "job"])
def test_stopping_restores_the_mode_until_the_job_continues(terminal, sessions, keys,
                                                            action):
    session = running(sessions("--raw", keys))
    for _ in range(3):
        action(session)
        assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
        assert terminal.is_as_before()
        wait_until(lambda: state_of(session.runner()) == "T")
        session.go_on()
        works(session)
    ends(session, lambda: terminal.type(b"q"), "exited 7")


def test_a_runner_that_ignores_being_stopped_is_stopped(terminal, sessions, busy):
    session = running(sessions("--raw", *busy(READING)))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    wait_until(lambda: state_of(session.runner()) == "T")
    session.go_on()
    ends(session, lambda: terminal.type(b"x"), "exited 3")


def test_without_the_option_such_a_runner_is_stopped_too(terminal, sessions, busy):
    """It would run on while nobody looks at its time."""
    session = sessions(*busy(SPINNING))
    terminal.expect(b"ready\r\n")
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    wait_until(lambda: state_of(session.runner()) == "T")


def test_signals_to_the_supervisor_alone_stop_and_continue_the_runner(terminal, sessions,
                                                                     keys):
    session = running(sessions("--raw", keys))
    runner = session.runner()
    os.kill(session.job, signal.SIGTSTP)
    wait_until(lambda: (state_of(session.job), state_of(runner)) == ("T", "T"))
    assert terminal.is_as_before()
    os.kill(session.job, signal.SIGCONT)
    works(session)


def test_sigcont_to_a_running_job_does_not_prevent_the_restore(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    os.kill(session.job, signal.SIGCONT)
    # The one that stops would take back what is pending.
    wait_until(lambda: state_of(session.job) == "S" and
               not is_pending(session.job, signal.SIGCONT))
    os.kill(session.job, signal.SIGTSTP)
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    assert terminal.is_as_before()


@pytest.mark.parametrize("is_model", [False, True])
def test_a_job_that_is_continued_while_it_stops_goes_on(keys, tmp_path, is_model):
    partitions = {f"p{number}": (keys, 500, {}) for number in range(8)}
    words = ["--model", write_model(tmp_path, partitions)] if is_model else [keys]
    with subprocess.Popen([WRAPPER, *words],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          preexec_fn=lambda: os.setpgid(0, 0)) as job:
        assert job.stdout.readline().endswith(b"ready\n")
        states = set()
        for number in range(1000):
            job.send_signal(signal.SIGTSTP)
            time.sleep(number % 20 * 0.00003)
            job.send_signal(signal.SIGCONT)
            time.sleep(0.001)
            states.add(state_of(job.pid))
        job.kill()
    assert "T" not in states


def test_the_job_restores_the_mode_that_was_set_while_it_stopped(terminal, sessions,
                                                                 keys):
    session = running(sessions("--raw", keys))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    mode = terminal.mode()
    mode[LFLAG] &= ~termios.ECHOE
    mode[CC][termios.VERASE] = b"\x08"
    terminal.set(mode)
    session.go_on()
    works(session)
    ends(session, lambda: terminal.type(b"q"), "exited 7")


def test_a_job_that_was_stopped_by_sigstop_is_raw_again(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    before = terminal.cooked
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    terminal.set(before)  # as a shell does that finds another mode
    session.go_on()
    works(session)
    ends(session, lambda: terminal.type(b"q"), "exited 7")


def test_a_stopped_job_can_be_ended(terminal, sessions, busy):
    """Its runner may be faster than the supervisor's own signal."""
    session = running(sessions("--raw", *busy(READING)))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"

    def end():
        runner = session.runner()
        os.killpg(session.job, signal.SIGTERM)
        os.kill(runner, signal.SIGCONT)
        wait_until(lambda: state_of(runner) == "Z")
        session.go_on("background")
    ends_by(session, end, signal.SIGTERM, "Terminated")


def test_a_raw_mode_that_nobody_took_over_is_put_back_from_the_background(
        terminal, sessions, keys):
    """Its shell takes the terminal, and leaves the mode."""
    session = running(sessions("--raw", keys))
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    assert terminal.is_raw()
    killed(session, os.kill)
    wait_until(terminal.is_as_before)


def test_a_job_that_goes_on_in_the_background_puts_back_what_it_still_finds(
        directory, terminal, sessions):
    session = sessions("--raw", guest(directory, "lines_console", "x86_64"), "echo")
    running(session)
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    session.go_on("background")
    wait_until(terminal.is_as_before)
    session.ask("give")
    works(session)
    ends(session, lambda: terminal.type(b"!"), "exited 0")


@pytest.mark.parametrize("prepare", [
    lambda: None,
    lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU]),
], ids=["SIGTTOU allowed", "SIGTTOU blocked"])
def test_in_the_background_the_terminal_is_left_alone_until_the_job_has_it(
        directory, terminal, sessions, prepare):
    """A job that runs, and so gets no signal when the shell gives it the terminal."""
    session = sessions("--raw", guest(directory, "lines_console", "x86_64"), "echo",
                       where="background", preexec_fn=prepare)
    terminal.expect(b"ready\r\n")
    assert terminal.is_as_before()
    mode = terminal.mode()
    mode[IFLAG] &= ~termios.IXON
    terminal.set(mode)  # what is there when it gets the terminal is what it puts back
    session.ask("give")
    works(session)
    ends(session, lambda: terminal.type(b"!"), "exited 0")


def test_a_job_that_reads_in_the_background_stops(terminal, sessions, busy):
    session = sessions("--raw", *busy(READING), where="background")
    terminal.expect(b"ready\r\n")
    assert session.wait() == f"stopped {int(signal.SIGTTIN)}"
    assert terminal.is_as_before()
    session.go_on()
    wait_until(terminal.is_raw)
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    session.go_on("background")
    assert session.wait() == f"stopped {int(signal.SIGTTIN)}"
    assert terminal.is_as_before()
    session.go_on()
    wait_until(terminal.is_raw)
    ends(session, lambda: terminal.type(b"x"), "exited 3")
