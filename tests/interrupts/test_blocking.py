"""Interrupts do not end the system calls of a blocking function, with or without a clock.

Another process raises a line as fast as it can while the guest calls a host function that
sleeps. Some of the signals are sent while a call begins or ends.
"""

import contextlib
import os
import subprocess
import threading

import pytest
from conftest import WRAPPER, each_arch as arch  # noqa: F401

CALLS = 3000
DECLARED = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, nap, int)
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <errno.h>
    #include <time.h>
    #include "declared.h"
    EF(nap) %s
    int nap(int us)
    {
            const struct timespec time = { .tv_nsec = us * 1000 };

            return nanosleep(&time, NULL) ? errno : 0;
    }
    """
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    #include "declared.h"

    static volatile unsigned came;

    static void handler(int vector, void *frame)
    {
            (void)frame;
            came++;
            _CPU_Virtual_Irq_ack(vector);
    }
    JUMPSLOT_ENTRY(info)
    {
            unsigned ended = 0, seen = 0;

            (void)info;
            _CPU_Virtual_Set_handler(handler);
            _CPU_Virtual_Irq_request(2);
            %s
            _CPU_Virtual_Interrupts_open();
            for (int i = 0; i < CALLS; i++) {
                    unsigned before = came;

                    ended += nap(20) != 0;
                    seen += came != before;
            }
            return (seen > 10 ? 0 : 1) + (ended ? 2 : 0);
    }
    """
CLOCK = "_BSP_Virtual_Clock_init();"


def raise_until(end, writer):
    """Write to the line's pipe until the guest has ended."""
    while not end.is_set():
        with contextlib.suppress(BlockingIOError):  # the pipe is full
            os.write(writer, b"x")


def status(tools, carried, clock):
    tools.write("declared.h", DECLARED)
    guest = tools.guest(GUEST % clock, f"-DCALLS={CALLS}", "-I", tools.directory)
    provider = tools.provider(PROVIDER % carried)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    end = threading.Event()
    raiser = threading.Thread(target=raise_until, args=(end, writer))
    raiser.start()
    try:
        return subprocess.run(
            [*WRAPPER, "--sandbox=off", "--line", f"2=fd:{reader}",
             "--provider", provider, guest], pass_fds=[reader], timeout=300).returncode
    finally:
        end.set()
        raiser.join()
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize("clock", ["", CLOCK])
def test_no_system_call_of_a_blocking_function_ends_early(tools, clock):
    assert status(tools, "JUMPSLOT_BLOCKING(nap)", clock) == 0


def test_those_of_other_functions_do(tools):
    """Proves that interrupts come in time to end a sleep."""
    assert status(tools, "", "") == 2
