"""Faults of the guest reach its own handler, with kind, address and all registers."""

import re
from collections import namedtuple

import pytest
from conftest import HOST, each_arch as arch, only_x86_64
from fault_guest import faulting, report

SP = {"x86_64": "rsp", "i386": "esp"}


# Code that faults, the kind of the fault, and the address in the report.
Kind = namedtuple("Kind", "body kind address")
KINDS = {
    "division": Kind("divide(0);", "DIVISION", 0),
    "float": Kind("""
        const unsigned mxcsr = 0x1f80 & ~0x200u;
        static volatile float zero, one = 1;
        __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
        __asm__ volatile("movss %0, %%xmm0\\n divss %1, %%xmm0" : : "m"(one), "m"(zero)
                         : "memory");
        """, "FLOAT", 0),
    "nothing mapped": Kind("load((void *)0x1238);", "ADDRESS", 0x1238),
    "read-only": Kind("__asm__ volatile(\"movl $1, (%0)\" : : \"r\"(_start) "
                      ": \"memory\");", "ADDRESS", None),
    "jump to nowhere": Kind("__asm__ volatile(\"jmp *%0\" : : \"r\"(0x2468L));",
                            "ADDRESS", 0x2468),
    "jump to data": Kind("__asm__ volatile(\"jmp *%0\" : : \"r\"(&calls));",
                         "ADDRESS", None),
    "illegal": Kind("__asm__ volatile(\"ud2\");", "ILLEGAL", 0),
    "privileged": Kind("__asm__ volatile(\"cli\");", "PRIVILEGED", 0),
    "trap": Kind("__asm__ volatile(\"int3\");", "TRAP", 0),
}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_reaches_the_handler_with_address_and_place(tools, name):
    kind = KINDS[name]
    result = faulting(tools, kind.body + "return 1;", f"""
        print_number("kind", fault->kind - JUMPSLOT_FAULT_{kind.kind});
        print_number("address", fault->address);
        print_number("level", fault->level * 16 + _CPU_Virtual_Interrupts_get_level());
        fault->decision = JUMPSLOT_FAULT_STOP;
        fault->status = 0x1200 + 42;
        """)
    kind_line, address, level = result.stdout.splitlines()
    assert kind_line == "kind 0"
    if kind.address is not None:
        assert address == f"address {kind.address:x}"
    else:
        assert address != "address 0"
    assert level == "level 11"
    assert (result.stderr, result.returncode) == ("", 42)


@only_x86_64
def test_jumps_to_noncanonical_addresses_reach_the_handler(tools):
    result = faulting(tools, "__asm__ volatile(\"push %0\\n ret\" : : "
                             "\"r\"(0xdead000000000000)); return 1;",
                      "fault->decision = JUMPSLOT_FAULT_STOP; fault->status = 8;")
    assert (result.stderr, result.returncode) == ("", 8)


REGISTERS = {
    "x86_64": "ax cx dx si di bp bx r8 r9 r10 r11 r12 r13 r14 r15".split(),
    "i386": "ax cx dx si di bp bx".split(),
}


def machine_name(arch, register):
    prefix = {"x86_64": "r", "i386": "e"}[arch]
    return register if register[0] == "r" else prefix + register


def set_and_fault(arch):
    """Give every register a value of its own, fault, and check the changed values."""
    names = [machine_name(arch, register) for register in REGISTERS[arch]]
    lines = [f"mov %{SP[arch]}, at_fault"]
    lines += [f"mov ${0x1010101 * (i + 1)}, %{name}" for i, name in enumerate(names)]
    lines += ["std", "stc", ".globl here", "here: ud2"]
    lines += [".globl there", "there: jnc wrong"]
    for i, name in enumerate(names):
        lines += [f"cmp ${0x1010101 * (i + 1) + 7}, %{name}", "jne wrong"]
    lines += [f"cmp %{SP[arch]}, at_fault", "jne wrong", "pushf", f"pop %{names[0]}",
              f"test $0x400, %{names[0]}", "jz wrong", "cld",
              "push $0", "push $0", "push $0", "push $0", "push $33",
              "pop %rdi" if arch == "x86_64" else "nop", "call right",
              "wrong: cld", "call failed"]
    return "\\n".join(lines)


def test_the_handler_sees_and_may_change_all_registers(tools, arch):
    names = REGISTERS[arch]
    checks = "".join(f"if (fault->{name} != 0x1010101ull * {i + 1})"
                     f" fault->status = {i + 1}; fault->{name} += 7;"
                     for i, name in enumerate(names))
    body = f'__asm__ volatile("{set_and_fault(arch)}"); return 1;'
    result = faulting(tools, body, checks + """
        if (fault->pc != (uintptr_t)here || fault->sp != at_fault)
                fault->status = 100;
        if (!(fault->flags & 0x400) || !(fault->flags & 1))
                fault->status = 101;
        fault->pc = (uintptr_t)there;
        fault->decision = fault->status ? JUMPSLOT_FAULT_STOP : JUMPSLOT_FAULT_RETRY;
        """, before="""
        extern const char here[], there[];
        uintptr_t at_fault;
        void right(int), failed(void);
        void right(int status) { _CPU_Virtual_exec_stop_error(status); }
        void failed(void) { _CPU_Virtual_exec_stop_error(111); }
        """)
    assert (result.stderr, result.returncode) == ("", 33)


VECTORS = """
    static unsigned char before[512] __attribute__((aligned(16))), after[512]
            __attribute__((aligned(16)));
    """


def test_a_handler_may_use_vector_and_x87_registers(tools, arch):
    """FXSAVE before and after the fault: all XMM and x87 registers, and both controls."""
    result = faulting(tools, """
        const unsigned mxcsr = 0x7f80;
        const unsigned short control = 0xf7f;
        __asm__ volatile("ldmxcsr %0\\n fldcw %1\\n fldpi\\n fldl2e\\n"
                         "pcmpeqd %%xmm3, %%xmm3\\n movd %%esp, %%xmm5\\n"
                         "fxsave %2\\n movl 0x10, %%eax\\n fxsave %3"
                         : : "m"(mxcsr), "m"(control), "m"(before), "m"(after)
                         : "eax", "memory");
        for (int i = 0; i < 416; i++)
                if (before[i] != after[i] && !(i >= 6 && i < 24))
                        return 1 + i;
        return 0;
        """, """
        unsigned now;
        unsigned short control;
        __asm__ volatile("stmxcsr %0\\n fnstcw %1" : "=m"(now), "=m"(control));
        if (now != 0x1f80 || control != 0x37f)
                _CPU_Virtual_exec_stop_error(200);
        __asm__ volatile("fninit\\n fld1\\n pcmpeqd %xmm5, %xmm5\\n pxor %xmm3, %xmm3");
        fault->pc += LENGTH;
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """.replace("LENGTH", "7" if arch == "x86_64" else "5"), before=VECTORS)
    assert (result.stderr, result.returncode) == ("", 0)


OVERFLOW = """
    unsigned overflow(unsigned depth);
    unsigned overflow(unsigned depth)
    {
            volatile unsigned here[64] = { depth };
            return depth ? overflow(depth + 1) + here[0] : 0;
    }
    """


def test_an_overflow_of_the_stack_is_handled_on_the_stack_for_faults(tools):
    """The handler calls the host, and has room for 48 KiB of its own."""
    result = faulting(tools, "overflow(1); return 1;", """
        volatile char room[49152];
        for (unsigned i = 0; i < sizeof(room); i++)
                room[i] = 1;
        print_number("kind", fault->kind - JUMPSLOT_FAULT_STACK);
        print_number("low", fault->address - fault->sp + 4096 > 8192);
        fault->decision = JUMPSLOT_FAULT_STOP;
        fault->status = room[5] + 20;
        """, before=OVERFLOW)
    assert result.stdout == "kind 0\nlow 0\n"
    assert (result.stderr, result.returncode) == ("", 21)


def test_without_a_handler_an_overflow_is_reported(tools):
    result = faulting(tools, "overflow(1); return 1;", before=OVERFLOW)
    assert report(result).endswith(": the guest's stack is full (--stack)\n")
    assert result.returncode == 139


def test_a_call_of_an_address_without_code_is_reported_with_its_caller(tools):
    result = faulting(tools, "((void (*volatile)(void))0x1238)(); return 1;")
    assert re.search(r": jumped to 0x1238, where nothing is mapped, from 0x[0-9a-f]+ "
                     r"<_start\+0x[0-9a-f]+>\n$", report(result)), result.stderr
    assert result.returncode == 139


WRITES_ITSELF = """
    __attribute__((__naked__, __noinline__)) void writes_itself(void);
    void writes_itself(void) { __asm__("1: movb $0, 1b\\n ret"); }
    """


def test_a_write_to_the_instruction_itself_is_not_a_jump(tools):
    """A return address is on top of the stack, as after a jump."""
    result = faulting(tools, "writes_itself(); return 1;", before=WRITES_ITSELF)
    place = r"<writes_itself\+0x[04]>"
    assert re.search(rf"\(Segmentation fault\) at (0x[0-9a-f]+) {place}, "
                     rf"accessing \1 {place}\n$", report(result)), result.stderr
    if HOST != "monitor":  # which reads no stack
        assert re.search(rf"the guest's stack:\n +0x[0-9a-f]+ {place}, ", result.stderr)
    assert result.returncode == 139


def test_a_fault_signal_that_a_process_sent_is_not_the_guests(tools, arch):
    kill = {"x86_64": """
        __asm__ volatile("syscall" : "=a"(self) : "0"(39L) : "rcx", "r11");
        __asm__ volatile("syscall" : : "a"(62L), "D"(self), "S"(11L)
                         : "rcx", "r11", "memory");
        """, "i386": """
        __asm__ volatile("int $0x80" : "=a"(self) : "0"(20L));
        __asm__ volatile("int $0x80" : : "a"(37L), "b"(self), "c"(11L) : "memory");
        """}[arch]
    result = faulting(tools, f"long self; {kill} return 1;",
                      "fault->decision = JUMPSLOT_FAULT_STOP;",
                      options=["--sandbox=off"])
    assert report(result).endswith(", sent by a process\n")
