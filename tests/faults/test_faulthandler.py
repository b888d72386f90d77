"""The guest's own fault handler: what reaches it, what it may decide, and what it may not."""

import re
from collections import namedtuple

import pytest
from conftest import ROOT, each_arch as arch, only_x86_64
from fault_guest import GUEST, HANDLER, HOST, ISR, SET, build, faulting, provider, report
from privileged_instructions import WAIT, instructions

WORD = {"x86_64": "quad", "i386": "long"}
SP = {"x86_64": "rsp", "i386": "esp"}


def function_at(line):
    return re.search(r" at 0x[0-9a-f]+ <(\w+)\+0x", line)[1]


# What happens, which kind it is, and the address that is told.
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
    "read-only": Kind("__asm__ volatile(\"movl $1, (%0)\" : : \"r\"(_start) : \"memory\");",
                      "ADDRESS", None),
    "jump to nowhere": Kind("__asm__ volatile(\"jmp *%0\" : : \"r\"(0x2468L));",
                            "ADDRESS", 0x2468),
    "jump to data": Kind("__asm__ volatile(\"jmp *%0\" : : \"r\"(&calls));", "ADDRESS", None),
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
def test_jumps_to_addresses_that_are_none_reach_the_handler(tools):
    result = faulting(tools, "__asm__ volatile(\"push %0\\n ret\" : : "
                             "\"r\"(0xdead000000000000)); return 1;",
                      "fault->decision = JUMPSLOT_FAULT_STOP; fault->status = 8;")
    assert (result.stderr, result.returncode) == ("", 8)


REGISTERS = {
    "x86_64": "ax cx dx si di bp bx r8 r9 r10 r11 r12 r13 r14 r15".split(),
    "i386": "ax cx dx si di bp bx".split(),
}


def machine_name(arch, register):
    return register if register[0] == "r" else {"x86_64": "r", "i386": "e"}[arch] + register


def set_and_fault(arch):
    """Every register holds a value of its own; ud2; and then each one more, or an exit."""
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


def test_all_registers_are_shown_and_all_are_taken_back(tools, arch):
    names = REGISTERS[arch]
    checks = "".join(f"if (fault->{name} != 0x1010101ull * {i + 1}) fault->status = {i + 1};"
                     f" fault->{name} += 7;" for i, name in enumerate(names))
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


def test_vector_and_x87_registers_outlive_a_handler_that_uses_them(tools, arch):
    """FXSAVE before and behind the fault: all XMM and x87 registers, and both controls."""
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


def test_a_retry_after_mending_a_register_goes_on(tools):
    result = faulting(tools, "static const unsigned long good = 77; where = &good; "
                             "return (int)load((void *)16);", """
        if (fault->si != 16 || fault->address != 16)
                _CPU_Virtual_exec_stop_error(1);
        fault->si = (uintptr_t)where;
        fault->decision = JUMPSLOT_FAULT_RETRY;
        """, before="static const unsigned long *where;")
    assert (result.stderr, result.returncode) == ("", 77)


def test_a_fault_may_be_mended_as_often_as_the_guest_gets_on(tools):
    """Far more often than an instruction is retried in vain; the address is always one."""
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


def test_a_breakpoint_goes_on_behind_itself(tools):
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
                _CPU_Virtual_exec_stop_error((unsigned long)(&here - stack) < sizeof(stack) ?
                                             44 : 45);
        }
        """)
    assert (result.stderr, result.returncode) == ("", 44)


def test_a_handler_need_not_return(tools, arch):
    """It leaves its stack for good, a hundred times: the next fault is none of its own."""
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


def test_a_decision_that_is_none_is_no_decision(tools):
    result = faulting(tools, "divide(0); return 1;", "fault->decision = 77;")
    assert "stopped by signal 8 (Floating point exception) at 0x" in result.stderr
    assert result.returncode == 136


def test_a_handler_can_be_removed(tools):
    result = faulting(tools, "if (_BSP_Virtual_faulthandler(0)) return 98; divide(0); "
                             "return 1;", "fault->decision = JUMPSLOT_FAULT_STOP;")
    assert result.returncode == 136


def test_a_handler_that_is_no_code_is_refused(tools):
    result = faulting(tools, """
        void (*data)(struct jumpslot_fault *);
        data = (void (*)(struct jumpslot_fault *))(unsigned long)&calls;
        return -_BSP_Virtual_faulthandler(data);
        """)
    assert result.returncode == 22


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
    assert "fault handler returned with another stack than it was called on" in result.stderr
    assert result.returncode == 132


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


OPEN = """
    if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(20)) return 98;
    _CPU_Virtual_Interrupts_open();
    """


def test_interrupts_wait_for_the_handler_and_come_with_the_retry(tools):
    result = faulting(tools, OPEN + """
        __asm__ volatile("cli");
        return interrupts == 1 && calls == 1 && !_CPU_Virtual_Interrupts_get_level() ? 3 : 4;
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
    """20,000 faults under a clock of 100 microseconds; each goes on where it was."""
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
                      "fault->status = host(\"hello\"); fault->decision = JUMPSLOT_FAULT_STOP;",
                      before=HOST, options=["--provider", provider(tools)])
    assert (result.stdout, result.stderr, result.returncode) == ("hello\n", "", 6)


def test_a_fault_in_a_host_function_is_not_the_guests(tools):
    result = faulting(tools, "return host_fault();", "fault->decision = JUMPSLOT_FAULT_STOP;",
                      before=HOST, options=["--provider", provider(tools)])
    assert "(not the guest's code: a provider's or the runner's), accessing 0x10, in " \
           "host_fault, called from 0x" in result.stderr
    assert result.returncode == 139


def test_a_fault_in_a_callback_is_not_handled(tools):
    """The host function below it could not be left in order."""
    result = faulting(tools, "return host_calls(callback);",
                      "fault->decision = JUMPSLOT_FAULT_STOP;",
                      before=HOST + "static void callback(void) { divide(0); }",
                      options=["--provider", provider(tools)])
    assert function_at(report(result)) == "callback"
    assert ", in host_calls, called from 0x" in result.stderr
    assert result.returncode == 136


def test_a_fault_signal_that_somebody_sent_is_not_the_guests(tools, arch):
    kill = {"x86_64": """
        __asm__ volatile("syscall" : "=a"(self) : "0"(39L) : "rcx", "r11");
        __asm__ volatile("syscall" : : "a"(62L), "D"(self), "S"(11L) : "rcx", "r11", "memory");
        """, "i386": """
        __asm__ volatile("int $0x80" : "=a"(self) : "0"(20L));
        __asm__ volatile("int $0x80" : : "a"(37L), "b"(self), "c"(11L) : "memory");
        """}[arch]
    result = faulting(tools, f"long self; {kill} return 1;",
                      "fault->decision = JUMPSLOT_FAULT_STOP;")
    assert report(result).endswith(", sent by a process\n")


def all_of_them(tools, arch):
    table = instructions(arch)
    cases = "".join(f'case {i}: __asm__ volatile("{text}"); break;\n'
                    for i, (text, _, _) in enumerate(table))
    return table, tools.guest(GUEST % ("""
        unsigned long far[4];
        static void handler(struct jumpslot_fault *fault)
        {
                print_number("kind", fault->kind - JUMPSLOT_FAULT_PRIVILEGED);
        }
        """, """
        char text[8] = "";
        int number = 0;
        jumpslot_argument(1, text, sizeof(text));
        for (char *at = text; *at; at++)
                number = number * 10 + *at - '0';
        _BSP_Virtual_faulthandler(handler);
        switch (number) { %s }
        return calls ? 1 : 2;
        """ % cases), "-I", ROOT / "tests/faults/guests")


def test_each_privileged_instruction_is_reported_by_name_with_what_to_use(tools, arch):
    table, guest = all_of_them(tools, arch)
    wrong = []
    for number, (text, name, instead) in enumerate(table):
        result = tools.wrapper(guest, number)
        if (f", privileged instruction {name}: " not in result.stderr or
                instead not in result.stderr or result.stderr.count("host-wrapper: ") != 1 or
                "<_start+0x" not in result.stderr or result.stdout != "kind 0\n" or
                result.returncode not in (139, 132)):
            wrong.append((text, name, result.stdout, result.stderr, result.returncode))
    assert not wrong


def test_faults_of_ordinary_instructions_are_not_called_privileged(tools, arch):
    """Some of them raise the same exception: misaligned vectors, addresses that are none."""
    result = faulting(tools, "__asm__ volatile(\"movaps 1(%%\" \"SP), %%xmm0\" : : : "
                             "\"memory\"); return 1;".replace("SP", SP[arch]))
    assert "stopped by signal 11 (Segmentation fault) at 0x" in result.stderr
    assert "privileged" not in result.stderr
    assert "privileged" not in faulting(tools, "__builtin_trap();").stderr


# FS and GS: changed without a fault. On x86-64 libc's is FS, on i386 GS.
CHANGES = {
    "x86_64": [
        ("FS", "xor %%eax, %%eax\\n wrfsbase %%rax"),
        ("FS", "mov $0x1234567890, %%rax\\n wrfsbase %%rax"),
        ("FS", "mov $0x2b, %%eax\\n mov %%eax, %%fs"),
        ("FS and GS", "xor %%eax, %%eax\\n wrfsbase %%rax\\n inc %%eax\\n wrgsbase %%rax"),
    ],
    "i386": [
        ("GS", "xor %%eax, %%eax\\n mov %%eax, %%gs"),
        ("GS", "mov $0x2b, %%eax\\n mov %%eax, %%gs"),
        ("FS and GS", "mov $0x2b, %%eax\\n mov %%eax, %%gs\\n mov %%eax, %%fs"),
    ],
}


@pytest.mark.parametrize("number", range(4))
def test_a_gated_call_after_changing_fs_or_gs_ends_with_a_report(tools, arch, number):
    changes = CHANGES[arch]
    name, text = changes[number % len(changes)]
    result = faulting(tools, f'__asm__ volatile("{text}" : : : "eax", "memory"); '
                             'return host("hello");',
                      "fault->decision = JUMPSLOT_FAULT_STOP;", before=HOST,
                      options=["--provider", provider(tools)])
    assert "stopped by signal 11 (Segmentation fault) at 0x" in result.stderr
    assert f": the guest changed {name}, which is the host's, in host, called from 0x" in \
        result.stderr
    assert result.returncode == 139


POINT_AT_MEMORY = {
    "x86_64": "wrfsbase %%rax",
    # modify_ldt(): entry 0 is data of 4 GiB at `memory`.
    "i386": """movl %%eax, entry + 4\\n push %%ebx\\n mov $1, %%ebx\\n mov $entry, %%ecx\\n
               mov $16, %%edx\\n mov $123, %%eax\\n int $0x80\\n pop %%ebx\\n
               mov $7, %%eax\\n mov %%eax, %%gs""".replace("\n", ""),
}


def test_a_gated_call_with_fs_or_gs_in_the_guests_memory_ends_with_a_report(tools, arch):
    """Where the host function itself would find memory, and go on."""
    result = faulting(tools, f'__asm__ volatile("{POINT_AT_MEMORY[arch]}" '
                             ': : "a"(memory + 65536) : "ecx", "edx", "memory"); '
                             "return host_nothing();",
                      "fault->decision = JUMPSLOT_FAULT_STOP;", before="""
        static char memory[131072];
        unsigned entry[4] = { 0, 0, 0xfffff, 0x51 };
        EXTERNAL_FUNC(int, host_nothing)
        """, options=["--provider", tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, host_nothing)
        EF(host_nothing)
        int host_nothing(void) { return 5; }
        """)])
    name = {"x86_64": "FS", "i386": "GS"}[arch]
    assert f": the guest changed {name}, which is the host's, in host_nothing, called from " \
        in result.stderr
    assert result.returncode in (132, 139)


def test_a_fault_of_the_guests_after_changing_fs_or_gs_is_reported(tools, arch):
    name, text = CHANGES[arch][0]
    result = faulting(tools, f'__asm__ volatile("{text}" : : : "eax", "memory"); '
                             'load((void *)16); return 1;',
                      "fault->decision = JUMPSLOT_FAULT_STOP;")
    assert function_at(report(result)) == "_start"
    assert report(result).endswith(
        f", accessing 0x10: the guest changed {name}, which is the host's\n")
    assert result.returncode == 139


def test_an_interrupt_after_changing_fs_or_gs_ends_with_a_report(tools, arch):
    name, text = CHANGES[arch][0]
    result = faulting(tools, """
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(0) ||
            _BSP_Virtual_Clock_init() || _BSP_Virtual_Clock_periodic(20000000, 1000000))
                return 98;
        _CPU_Virtual_Interrupts_open();
        __asm__ volatile("%s" : : : "eax", "memory");
        for (;;)
                __asm__ volatile("");
        """ % text, before=ISR)
    assert function_at(report(result)) == "_start"
    assert report(result).endswith(f": the guest changed {name}, which is the host's\n")
    assert result.returncode == 139


def test_data_segments_are_the_hosts_too(tools):
    result = tools.wrapper(tools.guest(GUEST % ("", """
        __asm__ volatile("xor %%eax, %%eax\\n mov %%eax, %%ds\\n mov %%eax, %%es\\n"
                         "mov 16, %%eax" : : : "eax", "memory");
        return 1;
        """), "-I", ROOT / "tests/faults/guests", arch="i386"))
    assert report(result).endswith(": the guest changed DS and ES, which is the host's\n")
    assert result.returncode == 139


# The end, from where it is hardest.
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
                        _CPU_Virtual_exec_stop_error(at->nesting == (unsigned)vector - 16 ?
                                                     88 : 2);
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
