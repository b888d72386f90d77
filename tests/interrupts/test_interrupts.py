"""Interrupts reach the guest at any instruction and change nothing; none is lost."""

import os
import random
import re
import select
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import BUILD, WRAPPER, without_account
from interrupts_guests import ROUNDS, TIMEOUT, Interrupts, all_was_right


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def guests(request, tmp_path_factory):
    return Interrupts(tmp_path_factory.mktemp("interrupts"), request.param)


def ended(result):
    """The reason in the report, with addresses left out, and the exit status."""
    assert result.stdout == ""
    line, *more = without_account(result.stderr).splitlines()
    assert all(line.startswith("  virtual CPU: level ") for line in more)
    _, _, reason = line.partition(".elf: ")
    return re.sub(r"0x[0-9a-f]+", "0x", reason), result.returncode


def run_disturbed(*command, pause_at_most=0.001):
    """Run a guest in one process, and send it the interrupts' signal at random times."""
    child = subprocess.Popen([str(word) for word in
                              (*WRAPPER, "--in-place", *command)],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    over, pause = threading.Event(), random.Random(1)

    def disturb():
        while not over.wait(pause.random() * pause_at_most):
            for _ in range(pause.randrange(5)):
                os.kill(child.pid, signal.SIGURG)
    thread = threading.Thread(target=disturb)
    thread.start()
    process = os.pidfd_open(child.pid)
    try:
        select.select([process], [], [], 2 * TIMEOUT)
    finally:
        over.set()
        thread.join()  # before anybody waits, and the child's number is free for others
        os.close(process)
        child.kill()
        stdout, stderr = child.communicate()
    return subprocess.CompletedProcess(command, child.returncode, stdout, stderr)


@pytest.mark.parametrize("case,divisor,promise", [
    ("registers", 1, "no register, flag or word of the red zone changes, and delivered, "
                     "coalesced and missed interrupts add up to those that were raised"),
    ("threads", 10, "a handler may run other threads before it returns"),
    ("enabling", 0.5, "an interrupt raised within disable and enable comes after it"),
    ("one-shot-pairs", 10, "no interrupt is lost that comes while the guest enables"),
    ("one-shot-waits", 10, "no interrupt is lost that comes as the guest falls asleep"),
])
def test_interrupts_at_random_change_nothing_and_arrive(guests, case, divisor, promise):
    assert all_was_right(guests.run_stress(case, int(ROUNDS / divisor))), promise


@pytest.mark.parametrize("case,divisor", [("registers", 5), ("threads", 10),
                                          ("enabling", 0.5)])
def test_signals_of_another_process_disturb_nothing(guests, case, divisor):
    assert all_was_right(run_disturbed(guests.stress, case, int(ROUNDS / divisor)))


def test_signals_before_the_guest_starts_disturb_nothing(guests):
    """Signals come often, but leave it time to start: as an undisturbed run needs it."""
    ticker = BUILD / f"guests/ticker-{guests.arch}.elf"
    started = time.monotonic()
    guests.tools.wrapper(ticker)
    pause_at_most = (time.monotonic() - started) / 500
    for _ in range(30):
        result = run_disturbed(ticker, pause_at_most=pause_at_most)
        assert (result.stdout, result.stderr, result.returncode) == \
            (5 * "tick\n" + "held back\ndelivered\n", "", 0)


@pytest.mark.parametrize("case,promise", [
    ("start", "a guest starts at level 1, with all vectors masked"),
    ("refuses", "a vector that does not exist, is not served or is in use is refused"),
    ("clock-refuses", "the clock refuses invalid periods and times"),
    ("order", "eight vectors come when the guest enables, the lowest first"),
    ("order-frames", "they come after a handler that raised them, the lowest first"),
    ("flash", "flash delivers them and leaves the level at 1"),
    ("pairs", "eight pairs nest"),
    ("absolute", "open and close do not count"),
    ("nest", "handlers nest eight deep, each called by the last"),
    ("nest-frames", "handlers nest eight deep, each on the frame of an interrupt"),
    ("late", "a vector waits until it is acknowledged, and others come"),
    ("never", "an unacknowledged vector does not come again; the clock counts on"),
    ("mask", "a masked vector waits"),
    ("clear", "clearing drops a pending vector, and nothing else"),
    ("state", "a vector is pending, masked, in service, or none of these"),
    ("detach", "detaching drops a pending vector"),
    ("detach-service", "detaching ends the service"),
    ("detach-clock", "a detached clock raises nothing"),
    ("frame", "the frame says where the guest was, and is at most interrupt_frame bytes"),
    ("frame-level", "the guest continues at the level in the frame"),
    ("exceptions", "a handler's division by zero does not fault in the interrupted code"),
    ("control", "every handler starts with default floating-point control"),
    ("stack-pointer", "an unaligned stack pointer is restored"),
])
def test_the_rules_of_delivery(guests, case, promise):
    assert all_was_right(guests.run_rules(case)), promise


@pytest.mark.parametrize("case,arguments,promise", [
    ("gated-sleep", (), "an interrupt ends the sleep of a gated function, then comes"),
    ("blocking-sleep", (), "an interrupt does not end the sleep of a blocking function"),
    ("libc", (), "a gated function that allocates and prints is never interrupted"),
    ("gated", (), "a gated function that computes is not interrupted, on either stack"),
    ("direct", (), "a direct function is interrupted"),
    ("callback", (), "no callback is interrupted until the outermost function returns"),
    ("gates", (ROUNDS // 50,), "no interrupt is lost on the way out of a gate"),
    ("after-direct", (), "no interrupt is lost after a direct call"),
    ("wait", (), "waiting ends at the deadline, by an interrupt, or at once"),
    ("idle", (), "the idle thread handles interrupts"),
    ("another-thread", (), "the signal may arrive on any host thread"),
    ("never-enable", (), "a guest that never enables runs undisturbed"),
])
def test_interrupts_and_host_functions(guests, case, arguments, promise):
    for bind in "lazy", "now":
        result = guests.run_host(case, *arguments, options=["--bind", bind])
        assert all_was_right(result), promise


def test_interrupts_arrive_if_the_parent_had_blocked_their_signal(guests):
    """For example a parent that receives SIGURG by signalfd()."""
    def block():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGURG])
    assert all_was_right(guests.tools.wrapper(
        "--timeout", 30, *guests.provider, guests.host, "wait",
        preexec_fn=block))


def look_at(process):
    """Its state, and how much processor time it has used."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return fields[0], int(fields[11]) + int(fields[12])


def longest_sleep(guests):
    """The longest time in which looks find a guest asleep with no more time used. The
    guest waits for a second."""
    seen, since, longest = None, 0.0, 0.0
    with subprocess.Popen(
        [str(word) for word in (*WRAPPER, "--in-place", *guests.provider,
                                guests.host, "sleep")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            found, now = look_at(process), time.monotonic()
            if found != seen:
                seen, since = found, now
            if found[0] == "S":
                longest = max(longest, now - since)
            time.sleep(0.02)
        assert (*process.communicate(), process.returncode) == ("", "", 0)
    return longest


def test_waiting_takes_no_processor_time(guests):
    """One of some tries shows it: on a busy machine, looks may come late."""
    assert any(longest_sleep(guests) >= 0.2 for _ in range(10))


@pytest.mark.not_sanitized("they make calls that the filter forbids")
@pytest.mark.parametrize("case", ["corrupt-state", "corrupt-frame"])
def test_a_guest_that_corrupts_its_interrupts_hurts_only_itself(guests, case):
    """It runs on, or is stopped with a report. The next guest runs as ever."""
    for seed in range(1, 13):
        result = guests.run_host(case, seed, options=["--timeout", "2"])
        assert result.stdout == ""
        if result.returncode:
            reason, status = ended(result)
            assert reason.startswith("stopped by signal "), seed
            assert status > 128
        else:
            assert result.stderr == ""
    assert all_was_right(guests.run_rules("order"))


NO_ROOM = ("stopped by signal 11 (Segmentation fault): no room on the stack for "
           "interrupt 0, which came at 0x <tick_here+0x>")


def test_a_stack_without_room_for_the_frame_is_reported(guests):
    reason, status = ended(guests.run_host("full-stack", 65536,
                                           options=["--stack", "64K"]))
    assert reason == NO_ROOM
    assert status == 128 + signal.SIGSEGV


def test_a_stack_outside_of_the_guests_memory_is_reported(guests):
    reason, status = ended(guests.run_host("foreign-stack"))
    assert reason == NO_ROOM
    assert status == 128 + signal.SIGSEGV
