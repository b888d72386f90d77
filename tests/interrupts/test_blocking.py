"""Interrupts do not end the system calls of a blocking function, with or without a clock.

Another thread raises a line as fast as it can while the guest calls a host function that
sleeps, and sets and stops its clock. Some of the signals are sent while a call begins or
ends.
"""

import contextlib
import os
import subprocess
import threading

import pytest
from changed_runner import ChangedRunner
from conftest import WRAPPER, each_arch as arch  # noqa: F401

CALLS, NAP = 1500, 300  # us; in 20 us, no interrupt comes on a slow machine
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
            _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
            BEFORE_ALL
            _CPU_Virtual_Interrupts_open();
            for (unsigned i = 0; i < CALLS; i++) {
                    unsigned before = came;

                    BEFORE_EACH
                    ended += nap(NAP) != 0;
                    seen += came != before;
            }
            return (seen > 10 ? 0 : 1) + (ended ? 2 : 0);
    }
    """
INIT = "_BSP_Virtual_Clock_init();"
EVERY_200_US = "_BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read(), 200000);"
SOON = "_BSP_Virtual_Clock_oneshot(_BSP_Virtual_Clock_read() + i % 150 * 1000);"
STOP = "_BSP_Virtual_Clock_stop();"
# {clock: (before all calls, before each call)}
CLOCKS = {
    "none": ("", ""),
    "prepared": (INIT, ""),
    "runs": (INIT + EVERY_200_US, ""),
    "is set once": (INIT, SOON),
    "is set and stopped": (INIT, f"if (i % 2) {EVERY_200_US} else {STOP}"),
    "changes": (INIT, f"if (i % 2) {EVERY_200_US} else {SOON}"),
}


def raise_until(end, writer):
    """Write to the line's pipe until the guest has ended."""
    while not end.is_set():
        with contextlib.suppress(BlockingIOError):  # the pipe is full
            os.write(writer, b"x")


def status(tools, carried, clock="none", options=(), wrapper=WRAPPER):
    tools.write("declared.h", DECLARED)
    before_all, before_each = CLOCKS[clock]
    guest = tools.guest(GUEST.replace("BEFORE_ALL", before_all)
                        .replace("BEFORE_EACH", before_each),
                        f"-DCALLS={CALLS}", f"-DNAP={NAP}", "-I", tools.directory)
    provider = tools.provider(PROVIDER % carried)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    end = threading.Event()
    raiser = threading.Thread(target=raise_until, args=(end, writer))
    raiser.start()
    try:
        return subprocess.run(
            [*wrapper, "--sandbox=off", "--line", f"2=fd:{reader}", *options,
             "--provider", provider, guest], pass_fds=[reader], timeout=300).returncode
    finally:
        end.set()
        raiser.join()
        os.close(reader)
        os.close(writer)


@pytest.mark.parametrize("clock", CLOCKS)
def test_no_system_call_of_a_blocking_function_ends_early(tools, clock):
    assert status(tools, "JUMPSLOT_BLOCKING(nap)", clock) == 0


def test_the_same_holds_for_the_guests_own_clock(tools):
    assert status(tools, "JUMPSLOT_BLOCKING(nap)", "is set and stopped",
                  ["--clock", "guest"]) == 0


def test_those_of_other_functions_do(tools):
    """Proves that interrupts come in time to end a sleep."""
    assert status(tools, "") == 2


@pytest.mark.not_sanitized("changed runners are linked without them")
@pytest.mark.parametrize("clock", ["runs", "is set once"])
def test_so_do_those_of_blocking_functions_if_nobody_looks_at_the_clock(tools, clock):
    runner = ChangedRunner(tools.directory, tools.arch)
    runner.change("kick.c", lambda text: text.replace(" && !clock_is_armed()", ""))
    assert status(tools, "JUMPSLOT_BLOCKING(nap)", clock,
                  wrapper=[runner.link() / "host-wrapper"]) == 2


MASK_PROVIDER = """
    #define _GNU_SOURCE
    #include <jumpslot/provider.h>
    #include <signal.h>
    #include <stdint.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    #include "declared.h"
    EF(is_masked) JUMPSLOT_BLOCKING(is_masked)
    int is_masked(void)
    {
            uint64_t mask = 0;

            syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
            return mask >> (SIGURG - 1) & 1;
    }
    """
MASK_GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    #include "declared.h"
    #define FAR 1000000000000000
    #define SHORT 1000000

    static volatile int came;

    static void handler(int vector, void *frame)
    {
            (void)frame;
            came = 1;
            _CPU_Virtual_Irq_ack(vector);
    }
    static void wait_for_clock(void)
    {
            _CPU_Virtual_Interrupts_close();
            _BSP_Virtual_Clock_oneshot(_BSP_Virtual_Clock_read() + SHORT);
            while (!came)
                    _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
            _CPU_Virtual_Interrupts_open();
    }
    JUMPSLOT_ENTRY(info)
    {
            int seen = 0;

            (void)info;
            _CPU_Virtual_Set_handler(handler);
            _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
            _BSP_Virtual_Clock_init();
            _CPU_Virtual_Interrupts_open();
            seen |= is_masked() << 0;
            _BSP_Virtual_Clock_oneshot(FAR);
            seen |= is_masked() << 1;
            _BSP_Virtual_Clock_stop();
            seen |= is_masked() << 2;
            _BSP_Virtual_Clock_periodic(FAR, FAR);
            seen |= is_masked() << 3;
            _BSP_Virtual_Clock_stop();
            seen |= is_masked() << 4;
            wait_for_clock();
            seen |= is_masked() << 5;
            came = 0;
            _BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read() + SHORT, FAR);
            while (!came)
                    ;
            return seen | is_masked() << 6;
    }
    """


def test_a_blocking_function_masks_the_signal_only_while_the_clock_is_set(tools):
    tools.write("declared.h", """
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, is_masked)
        """)
    result = tools.wrapper("--sandbox=off", "--provider", tools.provider(MASK_PROVIDER),
                           tools.guest(MASK_GUEST, "-I", tools.directory))
    assert (result.stderr, result.returncode) == ("", 0b1001010)
