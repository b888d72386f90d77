"""find-privileged: data in the midst of code is not taken for code, and hidden code is found.

Data that nothing declares is said to be not searched: silence would look like absence.
"""

import pytest

from conftest import each_arch as arch  # noqa: F401
from conftest import only_x86_64
from find_privileged_tool import assemble, find_privileged, found

# Bytes that would be in, out, hlt, cli, sti, iret and others. Then what is not searched.
HOT = ".byte 0xe4, 0xec, 0xf4, 0xfa, 0xfb, 0xcf, 0x6c, 0x6e, 0x0f, 0x30\n"
DATA = {
    "object between functions": ("""
        .type table, @object
        table: HOT
        .size table, . - table
        function f
        ADDRESS(table)
        ret
        end_of f
        """, []),
    "object without a size": ("""
        .type table, @object
        table: HOT
        HOT
        function f
        ret
        end_of f
        """, []),
    "object in a function": ("""
        function f
        jmp 1f
        .type table, @object
        table: HOT
        .size table, . - table
        1: ret
        end_of f
        """, []),
    "object behind a call that is not known to return": ("""
        function f
        call *%Wax
        .type table, @object
        table: HOT
        .size table, . - table
        end_of f
        """, []),
    "object that claims a function and more": ("""
        .type table, @object
        .size table, 1000
        table: HOT
        function f
        ret
        end_of f
        .byte 0xff, 0xff
        """, ["f"]),
    "label behind a return": ("""
        function f
        ret
        end_of f
        table: HOT
        """, ["table"]),
    "no label, between functions": ("""
        function f
        ret
        end_of f
        HOT
        function g
        ret
        end_of g
        """, ["f"]),
    "string that is pointed to": ("""
        f: ADDRESS(text)
        ret
        text: .asciz "lmno hello lmno"
        .balign 16
        function g
        call f
        ret
        end_of g
        """, ["text"]),
    "string without an end that is pointed to": ("""
        function g
        ADDRESS(text)
        ret
        text: .ascii "lmno"
        function f
        ret
        end_of f
        """, ["text"]),
    "string in a function that would make sense as code": ("""
        function f
        jmp 1f
        .asciz "lmno", "n"
        1: ret
        end_of f
        """, ["f"]),
    "object behind an instruction that does not go on": ("""
        function f
        int3
        .type table, @object
        table: HOT
        .size table, . - table
        end_of f
        """, []),
    "constants that are read and pointed to": ("""
        function f
        mov table, %eax
        ret
        end_of f
        table: HOT
        ret
        .data
        WORD table
        """, ["table"]),
    "small numbers that are pointed to, before code": ("""
        function f
        ADDRESS(table)
        ret
        end_of f
        table: .long 1, 2
        function g
        ret
        end_of g
        """, ["table"]),
    "jump out of a table into the midst of an instruction": ("""
        function f
        ADDRESS(table)
        ret
        end_of f
        table: .byte 0xfa, 0xeb, 0x01
        function g
        mov $0x1234, %eax
        ret
        end_of g
        """, ["table"]),
    "jump out of a table into its own midst": ("""
        function f
        ADDRESS(table)
        ret
        end_of f
        table: .byte 0xb8, 0xfa, 0x12, 0x34, 0x56, 0xeb, 0xfa
        """, ["table"]),
    "addresses that would make sense as code": ("""
        .org 0x90, 0x90
        function f
        ADDRESS(table)
        ret
        end_of f
        table: .long f, f
        function g
        ret
        end_of g
        """, ["table"]),
    "bytes that are pointed to and stop to make sense": ("""
        function f
        ADDRESS(table)
        ret
        end_of f
        table: HOT
        .byte 0xff, 0xff
        """, ["table"]),
    "table of addresses that is pointed to": ("""
        function f
        ADDRESS(table)
        ret
        end_of f
        table: WORD f, f, f, f
        """, ["table"]),
    "jump table with a label": ("""
        function f
        jmp *table(, %Wax, SCALE)
        1: ret
        2: ret
        end_of f
        table: WORD 1b, 2b, 1b, 2b
        """, ["table"]),
    "jump table in its function": ("""
        function f
        jmp *.Ltable(, %Wax, SCALE)
        .balign 8
        .Ltable: WORD 1f, 2f, 1f, 2f
        1: ret
        2: ret
        end_of f
        """, ["f"]),
    "string in its function, in no way referred to": ("""
        function f
        jmp 1f
        .asciz "lmno hello lmno"
        1: ret
        end_of f
        """, ["f"]),
    "string behind a call that does not return": ("""
        panic: hang: jmp hang
        function f
        call panic
        .asciz "lmno hello lmno"
        end_of f
        """, ["f"]),
    "bytes behind a call that does not return, through others": ("""
        panic: push %Wax
        jmp 1f
        1: call 2f
        HOT
        2: jmp 2b
        f: call panic
        HOT
        function g
        je f
        ret
        end_of g
        """, ["panic", "f"]),
    "label in the midst of which a number points that is none": ("""
        function f
        ret
        end_of f
        table: .byte 1, 2, 0xfa, 0xc3
        .data
        .byte 0
        WORD table + 2
        """, ["table"]),
    "string behind a call of a host function": ("""
        stub: jmp *slot
        f: call stub
        .asciz "lmno hello lmno"
        .balign 8
        function g
        jmp f
        end_of g
        .data
        slot: WORD 0
        """, ["f"]),
}


def hot(text):
    return text.replace("HOT", HOT.strip())


@pytest.mark.parametrize("name", DATA)
def test_data_in_text_is_not_searched_and_that_is_said(tools, arch, name):
    text, not_searched = DATA[name]
    assert found(assemble(tools, arch, hot(text))) == ([], not_searched)


# Each hides one cli.
CODE = {
    "function without type and size that is called": """
        f: cli
        ret
        function g
        call f
        ret
        end_of g
        """,
    "function without size": """
        function f
        cli
        ret
        """,
    "label that is jumped to from the midst of a function": """
        function g
        je 1f
        ret
        end_of g
        1: cli
        ret
        """,
    "table of stubs, as for interrupts": """
        isr0: push $0
        push $32
        jmp common
        isr1: push $33
        jmp common
        common: cli
        ret
        .data
        WORD isr0, isr1
        """,
    "pointers into the midst of padding": """
        function f
        cli
        ret
        end_of f
        end: xchg %ax, %ax
        function g
        ret
        end_of g
        .data
        WORD end + 1
        """,
    "label that code found by a pointer leads on to": """
        f: push %Wax
        next: cli
        ret
        .data
        WORD f
        """,
    "block behind a jump through a pointer, in what is pointed to": """
        f: jmp *%Wax
        cli
        ret
        .data
        WORD f
        """,
    "behind a call that does not return, in what is pointed to": """
        panic: jmp panic
        f: call panic
        cli
        ret
        .data
        WORD f
        """,
    "table of stubs that is packed": """
        isr0: cli
        jmp common
        isr1: push $33
        common: ret
        .data
        .byte 1
        WORD isr0
        .byte 1
        WORD isr1
        """,
    "table of stubs in text": """
        isr0: cli
        ret
        .type table, @object
        table: WORD isr0
        .size table, . - table
        """,
    "pointer in an instruction": """
        function g
        ADDRESS(f)
        ret
        end_of g
        .balign 16
        f: cli
        ret
        """,
    "stub that begins with a nop": """
        function g
        ADDRESS(f)
        ret
        end_of g
        f: nop
        cli
        ret
        """,
    "code that only code found by a pointer calls": """
        f: call h
        ret
        h: ADDRESS(i)
        ret
        i: jmp j
        .balign 16
        j: ADDRESS(k)
        ret
        k: cli
        ret
        .data
        WORD f
        """,
    "jump table in a function of known size": """
        function f
        jmp *table(, %Wax, SCALE)
        1: ret
        2: cli
        ret
        3: ret
        end_of f
        .section .rodata
        table: WORD 1b, 2b, 3b
        """,
    "jump table in a function of unknown size": """
        f: jmp *table(, %Wax, SCALE)
        1: jmp 3f
        2: cli
        jmp 3f
        3: ret
        function g
        call f
        ret
        end_of g
        .section .rodata
        table: WORD 1b, 2b
        """,
    "jump table of differences": """
        function f
        jmp *%Wax
        1: ret
        2: cli
        ret
        end_of f
        .section .rodata
        .long 1b - ., 2b - .
        """,
    "block behind a jump table in the function itself": """
        function f
        jmp *.Ltable(, %Wax, SCALE)
        .type table, @object
        table:
        .Ltable: WORD 1f, 2f
        .size table, . - table
        1: ret
        2: cli
        ret
        end_of f
        """,
    "behind a call that returns": """
        helper: ret
        f: call helper
        cli
        ret
        function g
        je f
        ret
        end_of g
        """,
    "behind a call through a pointer": """
        f: call *%Wax
        cli
        ret
        function g
        call f
        ret
        end_of g
        """,
    "behind a call of what returns because its own call may": """
        helper: call *%Wax
        ret
        f: call helper
        cli
        ret
        function g
        call f
        ret
        end_of g
        """,
    "in a function, behind a call that does not return": """
        panic: jmp panic
        function f
        je 1f
        call panic
        cli
        ret
        1: ret
        end_of f
        """,
    "behind a conditional jump out of everything": """
        f: jne g
        cli
        ret
        function g
        call f
        ret
        end_of g
        """,
    "label with a size that is too large": """
        .globl f
        .type f, @function
        f: ret
        .size f, 0x7fffffff
        h: cli
        ret
        """,
    "code that says it is data, and is jumped to": """
        function f
        jmp 1f
        end_of f
        .type table, @object
        table: .long -1
        1: nop
        cli
        ret
        .size table, . - table
        """,
    "function that says it is data as well": """
        .type g, @object
        g:
        function f
        nop
        cli
        ret
        end_of f
        .size g, . - g
        """,
}


@pytest.mark.parametrize("name", CODE)
def test_hidden_code_is_found(tools, arch, name):
    names, not_searched = found(assemble(tools, arch, CODE[name]))
    assert names == ["cli"] and not_searched == []


# The same beside data that nothing declares.
BOTH = {
    "label in a function that nothing points to": """
        function f
        jmp *%Wax
        .byte 0xff, 0xff
        1: other: cli
        ret
        end_of f
        """,
    "block that a table of the function itself points to": """
        function f
        jmp *.Ltable(, %Wax, SCALE)
        .balign 8
        .Ltable: WORD 1f, 1f
        1: cli
        ret
        end_of f
        """,
    "block before data that is read": """
        function f
        mov .Ltable, %eax
        jmp *%Wax
        cli
        ret
        .Ltable: .byte 0xff, 0xff
        end_of f
        """,
    "behind a call of what may or does return, before data": """
        helper: je 1f
        jmp *%Wax
        1: ret
        f: call helper
        cli
        ret
        .byte 0xff, 0xff
        function g
        call f
        ret
        end_of g
        """,
}


@pytest.mark.parametrize("name", BOTH)
def test_hidden_code_beside_data_is_found(tools, arch, name):
    assert found(assemble(tools, arch, BOTH[name])) == (["cli"], ["f"])


SWITCH = """
void _start(void);
__attribute__((noinline)) int choose(int);
int choose(int n)
{
        switch (n) {
        case 0: return 4;
        case 1: __asm__ volatile("nop; nop"); return 17;
        case 2: __asm__ volatile("cli"); return 3;
        case 3: __asm__ volatile("nop"); return 99;
        case 4: __asm__ volatile("pause"); return 1;
        case 5: __asm__ volatile("nop; nop; nop"); return 8;
        }
        return 0;
}
void (*volatile pointer)(int);
static void hidden(int n) { __asm__ volatile("hlt" : : "r"(n)); }
void _start(void) { pointer = hidden; choose(pointer == hidden); }
"""


@pytest.mark.parametrize("cc", ["gcc", "clang"])
@pytest.mark.parametrize("optimize", ["-O0", "-O2", "-Os"])
def test_code_of_compilers_is_found_throughout(tools, arch, cc, optimize):
    guest = tools.guest(SWITCH, optimize, arch=arch, cc=cc)
    names, not_searched = found(guest)
    assert sorted(names) == ["cli", "hlt"] and not_searched == []


@only_x86_64
def test_code_of_a_static_pie_is_found_throughout(tools):
    guest = tools.guest(SWITCH, arch="x86_64", pie=True)
    names, not_searched = found(guest)
    assert sorted(names) == ["cli", "hlt"] and not_searched == []


@only_x86_64
def test_pointers_that_a_loader_relocates_are_followed(tools):
    guest = assemble(tools, "x86_64", "f: cli\nret\n.data\n.quad f\n", pie=True)
    assert found(guest) == (["cli"], [])


@pytest.mark.parametrize("arch", ["i386"])
def test_far_jump_to_the_next_segment_is_followed(tools):
    guest = assemble(tools, "i386", "function f\nljmp $8, $1f\n.byte 0xff\n1: cli\nret\n")
    names, _ = found(guest)
    assert names == ["far jump", "cli"]


def test_sections_of_data_in_an_executable_segment_are_not_code(tools, arch):
    guest = assemble(tools, arch, hot("function f\nret\nend_of f\n.section .rodata\nHOT\n"),
                     flags=["-z", "noseparate-code"])
    assert found(guest) == ([], [])


@only_x86_64
def test_absolute_symbols_are_numbers_and_no_code(tools):
    guest = assemble(tools, "x86_64", "mov $0xfa, %al\nret\n.type _start, @function\n"
                                      ".type a, @function\na = 0x401002\n")
    assert found(guest)[0] == []


def test_what_was_not_searched_is_a_line_that_says_how_to_declare_it(tools, arch):
    guest = assemble(tools, arch, hot("function f\nret\nend_of f\ntable: HOT\nHOT\n"))
    line, summary = find_privileged(guest).stdout.splitlines()
    assert line.startswith(f"{guest}: 0x") and line.endswith(
        " <table+0x0>: not searched: 20 bytes, code or data; .type NAME, @function or "
        "@object says which")
    assert summary == f"{guest}: 0 instructions to replace, 1 place not searched"


def test_declaring_what_was_not_searched_settles_it(tools, arch):
    bare = hot("function f\nret\nend_of f\ntable: HOT\nret\n")
    assert found(assemble(tools, arch, bare))[1] == ["table"]
    as_data = bare + ".type table, @object\n.size table, . - table\n"
    assert found(assemble(tools, arch, as_data)) == ([], [])
    as_code = "function f\nret\nend_of f\nh: cli\nret\n"
    assert found(assemble(tools, arch, as_code)) == ([], ["h"])
    assert found(assemble(tools, arch, as_code + ".type h, @function\n")) == (["cli"], [])


def test_instruction_that_the_disassembler_does_not_know_is_not_passed_over(tools, arch):
    guest = assemble(tools, arch, "function f\nnop\n.byte 0x0f, 0x04\ncli\nret\nend_of f\n")
    names, not_searched = found(guest)
    assert names == [] and not_searched == ["f"]
