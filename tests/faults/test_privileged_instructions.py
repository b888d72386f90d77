"""A privileged instruction is reported by name, with the function to use instead."""

from conftest import ROOT, each_arch as arch
from fault_guest import GUEST, faulting
from privileged_instructions import instructions

SP = {"x86_64": "rsp", "i386": "esp"}


def guest_with_all(tools, arch):
    """The table of instructions, and a guest that executes the one that it is told."""
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


def test_each_privileged_instruction_is_reported_with_a_replacement(tools, arch):
    table, guest = guest_with_all(tools, arch)
    wrong = []
    for number, (text, name, instead) in enumerate(table):
        result = tools.wrapper(guest, number)
        if (f", privileged instruction {name}: " not in result.stderr or
                instead not in result.stderr or
                result.stderr.count("host-wrapper: ") != 1 or
                "<_start+0x" not in result.stderr or result.stdout != "kind 0\n" or
                result.returncode not in (139, 132)):
            wrong.append((text, name, result.stdout, result.stderr, result.returncode))
    assert not wrong


def test_faults_of_ordinary_instructions_are_not_called_privileged(tools, arch):
    """Some of them raise the same exception, for example misaligned vectors."""
    result = faulting(tools, "__asm__ volatile(\"movaps 1(%%\" \"SP), %%xmm0\" : : : "
                             "\"memory\"); return 1;".replace("SP", SP[arch]))
    assert "stopped by signal 11 (Segmentation fault) at 0x" in result.stderr
    assert "privileged" not in result.stderr
    assert "privileged" not in faulting(tools, "__builtin_trap();").stderr
