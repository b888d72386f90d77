"""A guest changes MXCSR without an instruction for it: in an interrupt's frame.

The gate does not read MXCSR of a guest whose code cannot load it. The return from an
interrupt loads it from the guest's stack, so the return looks at what it loads.
"""

import json
import re

import pytest
from changed_runner import ChangedRunner
from conftest import BUILD, each_arch as arch, run  # noqa: F401

DECLARED = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(unsigned, host_mxcsr)
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include "declared.h"
    EF(host_mxcsr)
    unsigned host_mxcsr(void)
    {
            unsigned value;

            __asm__ volatile("stmxcsr %0" : "=m"(value));
            return value & 0xffc0;
    }
    """
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    #include "declared.h"

    enum { USUAL = 0x1f80, UP = 0x5f80, AREA_AT = 48, MXCSR_AT = 24 };
    static volatile int handled;

    static unsigned own_mxcsr(void)
    {
            unsigned value;

            __asm__ volatile("stmxcsr %0" : "=m"(value));
            return value & 0xffc0;
    }
    static void handler(int vector, void *frame)
    {
            uint64_t area = *(uint64_t *)((char *)frame + AREA_AT);
            int by_signal = ((struct jumpslot_interrupt_frame *)frame)->flags != 0;

            if (by_signal)
                    *(volatile unsigned *)(uintptr_t)(area + MXCSR_AT) = UP;
            handled = by_signal;
            _CPU_Virtual_Irq_ack(vector);
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            if (host_mxcsr() != USUAL)
                    return 1;
            _CPU_Virtual_Set_handler(handler);
            _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
            _BSP_Virtual_Clock_init();
            _BSP_Virtual_Clock_periodic(0, 1000000);
            _CPU_Virtual_Interrupts_open();
            while (!handled)
                    ;
            _BSP_Virtual_Clock_stop();
            if (own_mxcsr() != UP)
                    return 2;
            if (host_mxcsr() != USUAL)
                    return 3;
            return own_mxcsr() == UP ? 0 : 4;
    }
    """


@pytest.fixture
def guest(tools):
    tools.write("declared.h", DECLARED)
    return ["--provider", tools.provider(PROVIDER),
            tools.guest(GUEST, "-msse2", "-I", tools.directory)]


def test_the_host_keeps_its_own_when_the_guest_writes_to_a_frame(tools, guest):
    report = json.loads(tools.wrapper("--json", *guest).stdout)
    assert not report["compares_mxcsr"]
    result = tools.wrapper(*guest)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


@pytest.mark.not_sanitized("changed runners are linked without them")
def test_a_return_that_does_not_look_at_the_frame_is_seen(tmp_path, guest, arch):
    runner = ChangedRunner(tmp_path, arch)
    runner.change("{arch}/interrupt.S",
                  lambda text: re.sub(r"\tmovl\t\$0, GATE_KNOWN.*\n", "", text))
    assert run(runner.link() / "host-wrapper", *guest, check=False).returncode == 3
