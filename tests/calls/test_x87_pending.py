"""An x87 exception that the guest has unmasked and not yet raised is the guest's.

The processor raises it at the next x87 instruction, which may be the gate's. It must be
reported at the guest, and its fault handler asked.
"""

import re
import signal

import pytest
from conftest import ROOT, each_arch as arch  # noqa: F401

DECLARED = """
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, typed, int)
    EXTERNAL_FUNC_VARIADIC(int, variadic, int)
    EXTERNAL_FUNC(int, call_back, int, int)
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include "declared.h"
    EF(typed) int typed(int a) { return a + 1; }
    EF(variadic) int variadic(int a, ...) { return a + 1; }
    EF(call_back) int call_back(int function, int a)
    {
            return jumpslot_guest_call((int (*)(int))(long)function, a);
    }
    """
GUEST = """
    #include "fault.h"
    #include "declared.h"

    extern const char entry[] __asm__("_start");

    static void leave_pending(void)
    {
            static volatile unsigned short control = 0x37f & ~0x4;

            __asm__ volatile("fldcw %%0; fld1; fldz; fdivrp" : : "m"(control));
    }
    __attribute__((__noinline__)) static int called_back(int a)
    {
            if (a)
                    leave_pending();
            return a == 2 ? typed(a) + 1 : a;
    }
    #define with_bx(function) ({                                          \\
            register long bx __asm__("bx") = 0x56789abc;                  \\
            leave_pending();                                              \\
            __asm__ volatile("" : "+r"(bx));                              \\
            int result_ = function(1);                                    \\
            __asm__ volatile("" : "+r"(bx));                              \\
            result_; })
    static void handler(struct jumpslot_fault *fault)
    {
            print_number("kind", fault->kind - JUMPSLOT_FAULT_FLOAT);
            print_number("from _start", *(unsigned long *)(unsigned long)fault->sp -
                         (unsigned long)entry < 0x1000);
            print_number("bx", fault->bx);
            fault->decision = %s;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            %s
            return 7;
    }
    """
SET = "if (_BSP_Virtual_faulthandler(handler)) return 99;\n"
# No tail call: the return address is in _start.
TYPED = "leave_pending(); return typed(1) + 1;"
VARIADIC = "leave_pending(); return variadic(1) + 1;"


def run(tools, body, decision="JUMPSLOT_FAULT_REPORT"):
    tools.write("declared.h", DECLARED)
    guest = tools.guest(GUEST % (decision, body), "-Wno-unused-function",
                        "-I", ROOT / "tests/faults/guests", "-I", tools.directory)
    provider = tools.provider(PROVIDER)
    return tools.wrapper("--provider", provider, guest)


def report(result):
    reason = result.stderr.splitlines()[0].partition(".elf: ")[2]
    return re.sub(r"0x[0-9a-f]+", "0x", reason)


AT_START = "stopped by signal 8 (Floating point exception) at 0x <_start+0x>"


@pytest.mark.parametrize("call", [TYPED, VARIADIC])
def test_it_is_reported_where_the_guest_calls(tools, call):
    result = run(tools, call)
    assert (report(result), result.stdout) == (AT_START, "")
    assert result.returncode == 128 + signal.SIGFPE


# In assembly: BX has a known value in the call.
@pytest.mark.parametrize("call", ["with_bx(typed)", "with_bx(variadic)"])
def test_the_guests_fault_handler_is_asked_with_its_registers(tools, call):
    result = run(tools, f"{SET} return {call};", "JUMPSLOT_FAULT_STOP")
    assert result.stdout == "kind 0\nfrom _start 1\nbx 56789abc\n"
    assert (result.stderr, result.returncode) == ("", 0)


@pytest.mark.parametrize("call", [TYPED, VARIADIC])
def test_a_retry_raises_it_again(tools, call):
    result = run(tools, SET + call, "JUMPSLOT_FAULT_RETRY")
    assert report(result) == \
        AT_START + ", after the guest's fault handler retried it 64 times"
    assert result.stdout.count("kind 0\nfrom _start 1\n") == 64


@pytest.mark.parametrize("number", [1, 2])
def test_in_a_callback_it_is_reported_at_the_guests_function(tools, number):
    """Left for the callback's return, and for a gated call within the callback."""
    result = run(tools, f"return call_back((int)(long)called_back, {number}) + 1;")
    assert report(result) == (
        "stopped by signal 8 (Floating point exception) at 0x <called_back+0x>, "
        "in call_back, called from 0x <_start+0x>, 1 callback deep")


@pytest.mark.parametrize("call", ["typed(6)", "variadic(6)",
                                  "7 + call_back((int)(long)called_back, 0)"])
def test_without_a_pending_exception_unmasked_calls_go_through(tools, call):
    body = f"""
        static volatile unsigned short control = 0x37f & ~0x4;
        __asm__ volatile("fldcw %0" : : "m"(control));
        return {call};
        """
    result = run(tools, body)
    assert (result.stderr, result.returncode) == ("", 7)
