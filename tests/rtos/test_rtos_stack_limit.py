"""guests/rtos tells the host where each thread's stack ends: a full one is reported."""

import re
import signal

from conftest import ROOT, each_arch as arch

RTOS = ROOT / "guests/rtos"
# The worker uses its stack up to the mark at its end, except for too little for a frame,
# and is interrupted by the clock. The first thread slept, and was switched to, before.
APPLICATION = """
    #include "clock.h"
    #include "kernel.h"
    #include "thread.h"

    static char first[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
    static char second[THREAD_MIN_STACK] __attribute__((__aligned__(16)));
    static struct thread worker;

    static void work(void *unused)
    {
            uintptr_t here = (uintptr_t)__builtin_frame_address(0);
            volatile char *used = __builtin_alloca(here - (uintptr_t)second - 600);

            (void)unused;
            used[0] = 1;
            for (;;)
                    ;
    }

    static void run(void *unused)
    {
            (void)unused;
            clock_sleep_until(5);
            thread_create(&worker, "worker", 10, work, 0, second, sizeof(second));
            for (uint32_t tick = 10; tick <= 30; tick += 10)
                    clock_sleep_until(tick);
            kernel_stop(0);
    }

    const struct application application = {
            .name = "full", .clock_rate = 100, .main = run, .priority = 1,
            .stack = first, .stack_size = sizeof(first),
    };
    """


def image(tools):
    flags = ["-fno-tree-loop-distribute-patterns",
             *("-I" + str(RTOS / folder) for folder in ("kernel", "cpu", "cpu/virtual"))]
    sources = [*RTOS.glob("kernel/*.c"), *RTOS.glob("cpu/virtual/*.c"),
               tools.write("full.c", APPLICATION)]
    return tools.link(*(tools.compile(path, *flags, name=path.parent.name + path.stem)
                        for path in sources),
                      RTOS / f"cpu/context_{tools.arch}.S", "-lgcc", name="full")


def test_a_threads_stack_without_room_for_an_interrupt_is_reported(tools):
    result = tools.wrapper("--timeout", 600, image(tools))
    assert re.search(r"task stack full: \d+ bytes needed, \d+ left .*, at "
                     r"0x[0-9a-f]+ <work\+0x[0-9a-f]+>\n", result.stderr), result.stderr
    assert result.returncode == 128 + signal.SIGSEGV
