"""The guest's fault handler decides: retry, continue elsewhere, stop, or report."""

import pytest
from conftest import each_arch as arch, only_x86_64
from fault_guest import faulting, function_at, report
from privileged_instructions import WAIT

SP = {"x86_64": "rsp", "i386": "esp"}


def test_a_retry_with_a_corrected_register_continues(tools):
    result = faulting(tools, "static const unsigned long good = 77; where = &good; "
                             "return (int)load((void *)16);", """
        if (fault->si != 16 || fault->address != 16)
                _CPU_Virtual_exec_stop_error(1);
        fault->si = (uintptr_t)where;
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """, before="static const unsigned long *where;")
    assert (result.stderr, result.returncode) == ("", 77)


def test_retries_are_unlimited_while_the_guest_makes_progress(tools):
    """A thousand faults, all with the same address; without progress 64 are the limit."""
    result = faulting(tools, """
        unsigned long sum = 0;
        where = &good;
        for (int i = 0; i < 1000; i++)
                sum += load((void *)16);
        return sum == 3000 && calls == 1000 ? 5 : 6;
        """, "fault->si = (uintptr_t)where; fault->decision = JUMPSLOT_FAULT_RETRY;",
                      before="static const unsigned long good = 3, *where;")
    assert (result.stderr, result.returncode) == ("", 5)


def test_an_instruction_may_be_skipped(tools):
    result = faulting(tools, """
        for (int i = 0; i < 200; i++)
                __asm__ volatile("cli");
        return (int)calls;
        """, "fault->pc += 1; fault->decision = JUMPSLOT_FAULT_RETRY;")
    assert (result.stderr, result.returncode) == ("", 200)


def test_a_retried_breakpoint_continues_after_itself(tools):
    result = faulting(tools, "__asm__ volatile(\"int3\"); return (int)calls + 10;",
                      "fault->decision = JUMPSLOT_FAULT_RETRY;")
    assert (result.stderr, result.returncode) == ("", 11)


def test_the_guest_may_continue_elsewhere_on_another_stack(tools, arch):
    result = faulting(tools, "load((void *)16); return 1;", """
        fault->pc = (uintptr_t)elsewhere;
        fault->sp = ((uintptr_t)(stack + sizeof(stack)) & ~15ul) - sizeof(void *);
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """, before="""
        static char stack[8192];
        static void elsewhere(void)
        {
                char here;
                unsigned long place = (unsigned long)(&here - stack);
                _CPU_Virtual_exec_stop_error(place < sizeof(stack) ? 44 : 45);
        }
        """)
    assert (result.stderr, result.returncode) == ("", 44)


def test_a_handler_need_not_return(tools, arch):
    """It jumps off its stack a hundred times; the next fault is not in the handler."""
    result = faulting(tools, """
        if (calls < 100)
                load((void *)16);
        return (int)calls;
        """, """
        __asm__ volatile("mov %0, %%STACK\\n jmp *%1" : :
                         "r"((uintptr_t)fault->sp), "r"(again));
        """.replace("STACK", SP[arch]), before="""
        static void again(void)
        {
                if (calls < 100)
                        load((void *)16);
                _CPU_Virtual_exec_stop_error((int)calls);
        }
        """)
    assert (result.stderr, result.returncode) == ("", 100)


def test_without_a_decision_the_fault_is_reported_as_it_was(tools):
    result = faulting(tools, "load((void *)16); return 1;",
                      "print(\"seen\\n\"); fault->si = fault->pc = 0;")
    assert result.stdout == "seen\n"
    assert function_at(report(result)) == "_start"
    assert report(result).endswith(", accessing 0x10\n")
    assert result.returncode == 139


def test_an_unknown_decision_counts_as_report(tools):
    result = faulting(tools, "divide(0); return 1;", "fault->decision = 77;")
    assert "stopped by signal 8 (Floating point exception) at 0x" in result.stderr
    assert result.returncode == 136


def test_a_handler_can_be_removed(tools):
    result = faulting(tools, "if (_BSP_Virtual_faulthandler(0)) return 98; divide(0); "
                             "return 1;", "fault->decision = JUMPSLOT_FAULT_STOP;")
    assert result.returncode == 136


def test_a_handler_outside_of_code_is_refused(tools):
    result = faulting(tools, """
        void (*data)(struct jumpslot_fault *);
        data = (void (*)(struct jumpslot_fault *))(unsigned long)&calls;
        return -_BSP_Virtual_faulthandler(data);
        """)
    assert result.returncode == 22


@only_x86_64
@pytest.mark.parametrize("pc", ["0xdead000000000000", "0x800000000000",
                                "0xffff800000000000", "0x7fffffff5000"])
def test_a_retry_where_no_guest_can_be_is_a_fault_there(tools, pc):
    result = faulting(tools, "load((void *)16); return 1;", f"""
        if (calls == 2) {{
                print_number("pc", fault->pc);
                print_number("kind", fault->kind - JUMPSLOT_FAULT_ADDRESS);
                print_number("address", fault->address);
                _CPU_Virtual_exec_stop_error(7);
        }}
        fault->pc = {pc};
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """)
    address = pc[2:] if int(pc, 16) < 1 << 47 or pc.startswith("0xffff") else "0"
    assert result.stdout == f"pc {pc[2:]}\nkind 0\naddress {address}\n"
    assert (result.stderr, result.returncode) == ("", 7)


@only_x86_64
def test_a_retry_there_ends_after_64_times(tools):
    result = faulting(tools, "load((void *)16); return 1;", """
        print(".");
        fault->pc = 0xdead000000000000;
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """)
    assert report(result).endswith(
        "stopped by signal 11 (Segmentation fault): jumped to 0xdead000000000000, where "
        "nothing is mapped, after the guest's fault handler retried it 64 times\n")
    assert (result.stdout, result.returncode) == (65 * ".", 139)


def test_retrying_with_nothing_changed_ends_after_64_times(tools):
    result = faulting(tools, "load((void *)16); return 1;",
                      "print(\".\"); fault->decision = JUMPSLOT_FAULT_RETRY;")
    assert result.stdout == "." * 64
    assert function_at(report(result)) == "_start"
    assert report(result).endswith(
        ", accessing 0x10, after the guest's fault handler retried it 64 times\n")
    assert result.returncode == 139


def test_a_fault_in_the_handler_ends_the_guest_and_says_so(tools):
    result = faulting(tools, "divide(0); return 1;", "load((void *)32);")
    assert function_at(report(result)) == "handler"
    assert report(result).endswith(", accessing 0x20, in the guest's fault handler\n")
    assert result.returncode == 139


def test_a_privileged_instruction_in_the_handler_is_still_named(tools):
    result = faulting(tools, "divide(0); return 1;", "__asm__ volatile(\"hlt\");")
    assert report(result).endswith(
        f", privileged instruction hlt: {WAIT}, in the guest's "
        "fault handler\n")


def test_a_handler_whose_own_stack_overflows_ends_the_guest(tools):
    result = faulting(tools, "divide(0); return 1;", "overflow(1);", before="""
        unsigned overflow(unsigned depth);
        unsigned overflow(unsigned depth)
        {
                volatile unsigned here[64] = { depth };
                return depth ? overflow(depth + 1) + here[0] : 0;
        }
        """)
    assert report(result).endswith(", in the guest's fault handler\n")
    assert result.returncode == 139


def test_a_handler_that_returns_with_another_stack_is_reported(tools, arch):
    register = {"x86_64": "rbx", "i386": "ebx"}[arch]
    result = faulting(tools, "divide(0); return 1;",
                      f"__asm__ volatile(\"xor %%{register}, %%{register}\" : : : "
                      f"\"memory\"); fault->decision = JUMPSLOT_FAULT_RETRY;")
    assert ("fault handler returned with another stack than it was called on"
            in result.stderr)
    assert result.returncode == 132
