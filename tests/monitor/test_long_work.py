"""The kernel's long work: restarts in the partition's own slots, its log in idle time."""

import re
import subprocess
import time

import pytest
from conftest import BUILD, HANGS
from partition import COUNTED, run_model, write_model

RESTARTS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            char line[18] = "                \\n";
            uint32_t low, high;
            (void)info;
            __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
            for (int i = 0; i < 16; i++)
                    line[i] = "0123456789abcdef"
                            [((uint64_t)high << 32 | low) >> (60 - 4 * i) & 15];
            _BSP_Virtual_Console_write(line, 17);
            _BSP_Virtual_reset(0);
            return 0;
    }
    """
ONE_EVENT = """
    #include <jumpslot/arguments.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/ports.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            jumpslot_port_open("none", JUMPSLOT_PORT_SOURCE);
            while (_BSP_Virtual_Clock_read() < 50000000)
                    if (jumpslot_argument_count() > 1)
                            _CPU_Virtual_Wait_for_event(50000000);
            return 0;
    }
    """
MIB = 256  # pages
PAGE_NS = 512 * 8  # one instruction for each word


def test_a_restart_takes_the_time_of_its_own_slots(tools, tmp_path):
    """1 ms of each 10 ms: the frames are ten times as long as the work."""
    path = write_model(tmp_path, {"restarts": (
        tools.guest(RESTARTS, arch="x86_64"), 1000, {"work_area": "8M"})}, run="500 ms")
    times = [int(line, 16)
             for line in re.findall("[0-9a-f]{16}", run_model(path).stdout)]
    assert len(times) >= 2
    work = 8 * MIB * PAGE_NS
    for before, after in zip(times, times[1:]):
        assert after - before > 9 * work


def log_of(model, directory):
    """The first words of the lines of the kernel's log."""
    image, log = directory / "image", directory / "log"
    result = run_model(model, "--image", image)
    assert (result.stderr, result.returncode) == ("", 0)
    machine = subprocess.Popen(
        ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-cpu", "max", "-m",
         "32M", *COUNTED, "-kernel", BUILD / "bin/jumpslot-monitor", "-initrd", image,
         "-serial", "null", "-serial", "null", "-serial", f"file:{log}"],
        stdin=subprocess.DEVNULL)
    end = time.monotonic() + HANGS
    while not log.exists() or "done" not in log.read_text().split("\n"):
        assert machine.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    machine.kill()
    machine.wait()
    return [line.split()[0] for line in log.read_text().splitlines()]


@pytest.mark.parametrize("arguments,words", [
    (["waits"], ["started", "health", "end", "done"]),
    ([], ["started", "end", "health", "done"]),
], ids=["idle", "busy"])
def test_events_are_written_when_nobody_needs_the_processor(tools, tmp_path, arguments,
                                                            words):
    path = write_model(tmp_path, {"one": (tools.guest(ONE_EVENT, arch="x86_64"), 10000,
                                          {"arguments": arguments})})
    assert log_of(path, tmp_path) == words
