"""An x87 exception that is pending when the guest calls a service stays the guest's.

The service calls the interrupt handler at once, and changes the x87 control word for it.
That must neither raise the exception in the runner nor drop it.
"""

import re
import signal

import pytest
from conftest import ROOT, each_arch as arch  # noqa: F401

GUEST = """
    #include "fault.h"

    enum { UNMASKED = 0x37f & ~0x4, INEXACT = 0x20, EXCEPTIONS = 0xff };
    static volatile unsigned handled, leaves_pending;
    static volatile unsigned status_in_handler, control_in_handler;

    static unsigned status(void)
    {
            unsigned short value;

            __asm__ volatile("fnstsw %%0" : "=m"(value));
            return value;
    }
    static unsigned control(void)
    {
            unsigned short value;

            __asm__ volatile("fnstcw %%0" : "=m"(value));
            return value;
    }
    static void unmask(void)
    {
            static const unsigned short value = UNMASKED;

            __asm__ volatile("fldcw %%0" : : "m"(value));
    }
    static void leave_pending(void)
    {
            unmask();
            __asm__ volatile("fld1; fldz; fdivrp");
    }
    static void handler(int vector, void *frame)
    {
            (void)frame;
            handled++;
            control_in_handler = control();
            status_in_handler = status() & EXCEPTIONS;
            if (leaves_pending)
                    leave_pending();
            _CPU_Virtual_Irq_ack(vector);
    }
    __attribute__((__noinline__)) static void raise_exception(void)
    {
            __asm__ volatile("fwait");
    }
    static void interrupt(void)
    {
            _CPU_Virtual_Irq_raise(JUMPSLOT_VECTOR_SOFT);
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            if (_CPU_Virtual_Set_handler(handler) ||
                _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_SOFT))
                    return 99;
            _CPU_Virtual_Interrupts_enable(0);
            %s
            return 7;
    }
    """


def run(tools, body):
    guest = tools.guest(GUEST % body, "-Wno-unused-function",
                        "-I", ROOT / "tests/faults/guests")
    return tools.wrapper(guest)


PRINT = """
    print_number("handled", handled);
    print_number("control", control_in_handler);
    print_number("status", status_in_handler);
    """


@pytest.mark.parametrize("in_handler", [0, 1])
def test_it_is_raised_in_the_guest_after_the_handler(tools, in_handler):
    """Even if the handler leaves an exception of its own pending, which is dropped."""
    result = run(tools, f"""
        leaves_pending = {in_handler};
        leave_pending();
        interrupt();
        {PRINT}
        raise_exception();
        """)
    assert result.stdout == "handled 1\ncontrol 37f\nstatus 0\n"
    reason = re.sub(r"0x[0-9a-f]+", "0x", result.stderr.splitlines()[0])
    assert reason.endswith("stopped by signal 8 (Floating point exception) at 0x "
                           "<raise_exception+0x>")
    assert result.returncode == 128 + signal.SIGFPE


@pytest.mark.parametrize("unmask", ["", "unmask();"])
def test_one_that_the_handler_leaves_is_dropped(tools, unmask):
    """By the return, and before the next handler on the same level."""
    result = run(tools, f"""
        {unmask}
        leaves_pending = 1;
        unsigned before = control();
        _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_SOFT + 1);
        _CPU_Virtual_Interrupts_disable();
        _CPU_Virtual_Irq_raise(JUMPSLOT_VECTOR_SOFT + 1);
        _CPU_Virtual_Irq_raise(JUMPSLOT_VECTOR_SOFT);
        _CPU_Virtual_Interrupts_enable(0);
        {PRINT}
        raise_exception();
        print_number("same", before == control());
        """)
    assert result.stdout == "handled 2\ncontrol 37f\nstatus 0\nsame 1\n"
    assert (result.stderr, result.returncode) == ("", 7)


def test_flags_of_masked_exceptions_survive_beside_unmasked_ones(tools):
    result = run(tools, """
        __asm__ volatile("fld1; fldpi; fdivrp; fstp %st(0)");
        unmask();
        interrupt();
        print_number("handled", handled);
        print_number("inexact", status() & INEXACT);
        raise_exception();
        print_number("control", control());
        """)
    assert result.stdout == "handled 1\ninexact 20\ncontrol 37b\n"
    assert (result.stderr, result.returncode) == ("", 7)
