"""A guest on newlib that takes interrupts: no call that waits stops them."""

import array
import fcntl
import os
import re
import subprocess
import termios

import pytest
from conftest import BUILD, MACHINE, ROOT, run

PIPE = 65536
GUEST = ROOT / "tests/newlib/guests/console.c"
TICKS = "the clock ticks\n"


@pytest.fixture(params=["x86_64", "i386"])
def command(request, tmp_path):
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[request.param],
        "-O2", "-Wall", "-Wextra", "-Werror", GUEST, "-o", tmp_path / "guest.elf")
    return [BUILD / "bin/host-wrapper", "--timeout", "600", "--provider",
            BUILD / f"providers/newlib-{request.param}.so", tmp_path / "guest.elf"]


def test_interrupts_come_while_nobody_reads_the_console(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    assert process.stderr.readline() == TICKS
    lines = process.stdout.read().splitlines()
    assert lines == [f"line {i}" for i in range(len(lines))]
    assert (process.stderr.read(), process.wait()) == ("", 0)
    process.stdout.close()
    process.stderr.close()


def test_a_closed_console_is_closed_for_a_guest_with_interrupts(command):
    result = run(*command, "closed", check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_interrupts_come_while_read_waits_for_input_and_it_goes_on(command):
    with subprocess.Popen([*command, "read"], text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr.readline() == TICKS
        out, err = process.communicate("some\ninput\n")
    assert (out, err, process.returncode) == ("some\ninput\n", "", 0)


@pytest.mark.parametrize("call", ["poll", "sleep"])
def test_each_interrupt_ends_poll_and_sleep_with_eintr(command, call):
    with subprocess.Popen([*command, call], text=True, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = process.stdout.read(), process.stderr.read()
    assert (out, err, process.returncode) == ("interrupted\n", TICKS, 0)


def test_interrupts_come_while_a_guest_waits_for_a_lock_and_it_goes_on(command, tmp_path):
    *before, provider, guest = command
    root = tmp_path / "root"
    root.mkdir()
    with (root / "file").open("w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        with subprocess.Popen([*before, f"{provider},root={root}", guest, "lock", "file"],
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            assert process.stderr.readline() == TICKS
            fcntl.lockf(file, fcntl.LOCK_UN)
            out, err = process.communicate()
    assert (out, err, process.returncode) == ("locked\n", "", 0)


def held(pipe):
    """The number of bytes in the pipe."""
    number = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, number)
    return number[0]


@pytest.mark.not_sanitized("they allow no filter")
@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_a_slow_reader_of_a_console_that_does_not_block_gets_all_output(arch, tmp_path):
    (tmp_path / "guest.c").write_text("""
        #include <unistd.h>
        static char bytes[%d];
        int main(void)
        {
            return write(1, bytes, sizeof(bytes)) != sizeof(bytes);
        }
        """ % (8 * PIPE))
    run(ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}", MACHINE[arch],
        tmp_path / "guest.c", "-o", tmp_path / "guest.elf")
    # The virtual console's own rules are the same.
    rules = run(BUILD / "bin/host-wrapper", "--print-sandbox", "--provider",
                BUILD / f"providers/newlib-{arch}.so", tmp_path / "guest.elf").stdout
    assert re.search(r"  poll if arg1 == 1 and arg2 == -1 +newlib_write,", rules), rules
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE)
    os.set_blocking(writing, False)
    process = subprocess.Popen(
        [BUILD / "bin/host-wrapper", "--provider", BUILD / f"providers/newlib-{arch}.so",
         tmp_path / "guest.elf"], stdout=writing)
    os.close(writing)
    got = 0
    for _ in range(8):
        while held(reading) < PIPE and process.poll() is None:
            pass
        got += len(os.read(reading, PIPE))
    os.close(reading)
    assert (got, process.wait()) == (8 * PIPE, 0)
