"""--clock guest: time advances with the guest's work, whatever else the machine does."""

import os
import subprocess
import sys

import pytest
from conftest import HOST, ROOT, WRAPPER, Toolbox

BUSY = 8
OWN_CLOCK = "--clock", "guest", "--timeout", "600"
# Seconds; in the monitor, idle time passes in steps of 50 ms.
HOUR = "60" if HOST == "monitor" else "3600"


class Clock:
    """The guest of one architecture."""

    def __init__(self, directory, arch):
        self.tools = Toolbox(directory, arch)
        self.guest = self.tools.guest(ROOT / "tests/interrupts/guests/clock_guest.c",
                                      "-lgcc", name="clock")

    def run(self, case):
        return self.tools.wrapper(*OWN_CLOCK, self.guest, case, HOUR)


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def clock(request, tmp_path_factory):
    return Clock(tmp_path_factory.mktemp("clock"), request.param)


@pytest.fixture
def busy_machine():
    """Processes that take all the processor time that they get."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
            for _ in range(BUSY)]
    yield
    for process in busy:
        process.kill()
        process.wait()


def all_was_right(result):
    return (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_a_busy_machine_never_brings_two_periods_without_work_between(clock,
                                                                     busy_machine):
    assert all_was_right(clock.run("works"))


@pytest.mark.parametrize("case,promise", [
    ("disables", "late periods come one by one, with work between them"),
    ("skips", "idle time is skipped to the deadline or the next period"),
    ("tickless", "a guest that sets the clock for each period gets each"),
    ("past", "periods before the clock was set are missed"),
])
def test_the_rules_of_the_guests_clock(clock, case, promise):
    assert all_was_right(clock.run(case)), promise


@pytest.mark.parametrize("case", ["line", "line-and-clock"])
def test_lines_come_while_the_guest_is_idle(clock, case):
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [*WRAPPER, *OWN_CLOCK, "--line", f"5=fd:{reader}", clock.guest,
         case, HOUR], pass_fds=[reader], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(reader)
    assert process.stdout.readline() == b"ready\n"
    os.write(writer, b"x")
    assert (process.communicate(), process.returncode) == ((b"", b""), 0)
    os.close(writer)


def test_an_unknown_clock_is_refused(tools):
    result = tools.wrapper("--clock", "moon", "guest.elf")
    assert (result.stderr, result.returncode) == (
        "host-wrapper: --clock moon: invalid clock; expected host or guest\n", 125)
