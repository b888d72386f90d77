"""Faults, stops, interrupts and host functions work together in every order."""

import re

import pytest
from conftest import each_arch as arch
from fault_guest import HOST, ISR, faulting, function_at, provider, report


OPEN = """
    if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(20)) return 98;
    _CPU_Virtual_Interrupts_open();
    """


def test_interrupts_wait_for_the_handler_and_come_with_the_retry(tools):
    result = faulting(tools, OPEN + """
        __asm__ volatile("cli");
        if (_CPU_Virtual_Interrupts_get_level())
                return 4;
        return interrupts == 1 && calls == 1 ? 3 : 5;
        """, """
        _CPU_Virtual_Irq_raise(20);
        if (interrupts || fault->level)
                _CPU_Virtual_exec_stop_error(97);
        fault->pc += 1;
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """, before=ISR)
    assert (result.stderr, result.returncode) == ("", 3)


def test_a_fault_in_an_interrupt_handler_is_handled_at_its_level(tools):
    result = faulting(tools, """
        if (_CPU_Virtual_Set_handler(faulty) || _CPU_Virtual_Irq_request(20)) return 98;
        _CPU_Virtual_Interrupts_open();
        _CPU_Virtual_Irq_raise(20);
        return interrupts == 1 && calls == 1 ? 3 : 4;
        """, """
        if (fault->level != 1)
                _CPU_Virtual_exec_stop_error(97);
        fault->pc += 1;
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """, before=ISR + """
        static void faulty(int vector, void *frame)
        {
                __asm__ volatile("cli");
                isr(vector, frame);
        }
        """)
    assert (result.stderr, result.returncode) == ("", 3)


def test_faults_and_clock_interrupts_do_not_disturb_each_other(tools):
    """20,000 faults with a clock of 100 microseconds; each continues where it was."""
    result = faulting(tools, """
        unsigned long sum = 0;
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(0) ||
            _BSP_Virtual_Clock_init() || _BSP_Virtual_Clock_periodic(0, 100000))
                return 98;
        where = &good;
        _CPU_Virtual_Interrupts_open();
        for (unsigned i = 0; i < 20000; i++)
                sum += load((void *)16);
        while (!interrupts)
                ;
        return sum == 60000 && calls == 20000 ? 5 : 6;
        """, "fault->si = (uintptr_t)where; fault->decision = JUMPSLOT_FAULT_RETRY;",
                      before=ISR + "static const unsigned long good = 3, *where;")
    assert (result.stderr, result.returncode) == ("", 5)


def test_a_handler_may_call_gated_host_functions(tools):
    result = faulting(tools, "divide(0); return 1;",
                      "fault->status = host(\"hello\"); "
                      "fault->decision = JUMPSLOT_FAULT_STOP;",
                      before=HOST, options=["--provider", provider(tools)])
    assert (result.stdout, result.stderr, result.returncode) == ("hello\n", "", 6)


def test_a_fault_in_a_host_function_is_not_the_guests(tools):
    result = faulting(tools, "return host_fault() + 1;",
                      "fault->decision = JUMPSLOT_FAULT_STOP;",
                      before=HOST, options=["--provider", provider(tools)])
    assert "(not the guest's code: a provider's or the runner's), accessing 0x10, in " \
           "host_fault, called from 0x" in result.stderr
    assert result.returncode == 139


OWN_WRITE = """
    #include <jumpslot/provider.h>
    EXTERNAL_FUNC(int, host_writes)
    EF(host_writes)
    EXTERNAL_FUNC(int, host_writes_direct)
    EF(host_writes_direct)
    JUMPSLOT_DIRECT(host_writes_direct)
    #ifdef __x86_64__
    #define WRITE "1: movb $0, 1b(%rip)"
    #else
    #define WRITE "call 2f\\n 2: pop %ecx\\n 1: movb $0, 1b - 2b(%ecx)"
    #endif
    int host_writes(void) { __asm__(WRITE); return 0; }
    __attribute__((__naked__)) int host_writes_direct(void) { __asm__(WRITE); }
    """
OWN_WRITES = """
    EXTERNAL_FUNC(int, host_writes)
    EXTERNAL_FUNC(int, host_writes_direct)
    """


@pytest.mark.parametrize("function", ["host_writes", "host_writes_direct"])
def test_a_write_of_host_code_to_its_own_instruction_is_not_a_jump(tools, function):
    """In a direct function, the guest's return address is on top of the stack."""
    result = faulting(tools, f"return {function}() + 1;",
                      "fault->decision = JUMPSLOT_FAULT_STOP;", before=OWN_WRITES,
                      options=["--provider", tools.provider(OWN_WRITE)])
    assert re.search(r"\(Segmentation fault\) at (0x[0-9a-f]+) \(not the guest's code: a "
                     r"provider's or the runner's[^)]*\), accessing \1[, \n]",
                     report(result)), result.stderr
    assert result.returncode == 139


def test_a_jump_that_the_handler_only_reports_is_a_jump(tools):
    result = faulting(tools, "((void (*volatile)(void))0x1238)(); return 1;", "")
    assert re.search(r": jumped to 0x1238, where nothing is mapped, from 0x[0-9a-f]+ "
                     r"<_start\+0x[0-9a-f]+>\n$", report(result)), result.stderr
    assert result.returncode == 139


def test_a_fault_in_a_callback_is_not_handled(tools):
    """The host function that called back could not be left in order."""
    result = faulting(tools, "return host_calls(callback) + 1;",
                      "fault->decision = JUMPSLOT_FAULT_STOP;",
                      before=HOST + "static void callback(void) { divide(0); }",
                      options=["--provider", provider(tools)])
    assert function_at(report(result)) == "callback"
    assert ", in host_calls, called from 0x" in result.stderr
    assert result.returncode == 136


def test_a_guest_stops_from_eight_nested_interrupt_handlers(tools):
    result = faulting(tools, """
        if (_CPU_Virtual_Set_handler(nest)) return 98;
        for (int vector = 16; vector < 32; vector++)
                if (_CPU_Virtual_Irq_request(vector)) return 97;
        _CPU_Virtual_Interrupts_open();
        _CPU_Virtual_Irq_raise(16);
        return 1;
        """, before="""
        static void nest(int vector, void *frame)
        {
                struct jumpslot_interrupt_frame *at = frame;
                if (at->nesting == 8)
                        _CPU_Virtual_exec_stop_error(
                                at->nesting == (unsigned)vector - 16 ? 88 : 2);
                _CPU_Virtual_Interrupts_open();
                _CPU_Virtual_Irq_raise(vector + 1);
        }
        """)
    assert (result.stderr, result.returncode) == ("", 88)


def test_a_guest_stops_from_a_callback_in_an_interrupt_handler(tools):
    result = faulting(tools, """
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(20)) return 98;
        _CPU_Virtual_Interrupts_open();
        _CPU_Virtual_Irq_raise(20);
        return 1;
        """, before=HOST + """
        static void stop(void) { _CPU_Virtual_exec_stop_error(66); }
        static void deeper(void) { host_calls(stop); }
        static void isr(int vector, void *frame)
        {
                (void)vector; (void)frame; host_calls(deeper);
        }
        """, options=["--provider", provider(tools)])
    assert (result.stderr, result.returncode) == ("", 66)


def test_a_guest_stops_from_its_fault_handler(tools):
    result = faulting(tools, "divide(0); return 1;", "_CPU_Virtual_exec_stop_error(12);")
    assert (result.stderr, result.returncode) == ("", 12)
