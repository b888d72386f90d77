"""find-privileged: all code that symbols declare is searched, and nothing else is.

Bytes that no symbol declares are listed as not searched: silence would look like absence.
"""

import pytest

from conftest import each_arch as arch  # noqa: F401
from conftest import only_x86_64
from find_privileged_tool import assemble, find_privileged, found, search

# Bytes that decode as in, out, hlt, cli, sti, iret and others.
HOT = ".byte 0xe4, 0xec, 0xf4, 0xfa, 0xfb, 0xcf, 0x6c, 0x6e, 0x0f, 0x30\n"
# For each: the text, and the symbols of the places not searched.
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
    "object at the end of a function": ("""
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
    "global label in an object": ("""
        .type table, @object
        table: HOT
        .globl middle
        middle: HOT
        .size table, . - table
        """, []),
    "local label after a function": ("""
        function f
        ret
        end_of f
        table: HOT
        """, ["table"]),
    "two local labels, one that code points to": ("""
        function f
        ADDRESS(one)
        ret
        end_of f
        one: HOT
        two: HOT
        """, ["one", "two"]),
    "no label, between functions": ("""
        function f
        ret
        end_of f
        HOT
        function g
        ret
        end_of g
        """, ["f"]),
    "string between functions": ("""
        function f
        ADDRESS(text)
        ret
        end_of f
        text: .asciz "lmno hello lmno"
        function g
        ret
        end_of g
        """, ["text"]),
    "jump table after its function": ("""
        function f
        jmp *table(, %Wax, SCALE)
        1: ret
        2: ret
        end_of f
        table: WORD 1b, 2b, 1b, 2b
        """, ["table"]),
}


def hot(text):
    return text.replace("HOT", HOT.strip())


@pytest.mark.parametrize("name", DATA)
def test_data_in_text_is_not_searched_and_is_listed_unless_declared(tools, arch, name):
    text, not_searched = DATA[name]
    assert found(assemble(tools, arch, hot(text))) == ([], not_searched)


# cli, pop and push of ES on i386, in the bytes of a number.
NUMBER = "0xfa, 0x06, 0x07, 0xfb"
MIDST = {
    "a number that data points to": f"""
        function f
        .byte 0xb8, {NUMBER}
        ret
        end_of f
        .data
        WORD f + 1
        """,
    "a number that a jump points to": f"""
        function f
        .byte 0xb8, {NUMBER}
        je f + 1
        ret
        end_of f
        """,
    "a local label in a number": f"""
        function f
        .byte 0xb8
        inside: .byte {NUMBER}
        ret
        end_of f
        .data
        WORD inside
        """,
    "a global label in a number": f"""
        function f
        .byte 0xb8
        .globl inside
        inside: .byte {NUMBER}
        ret
        end_of f
        """,
    "a number in a function that is not the first": f"""
        function e
        nop
        ret
        end_of e
        function f
        call e
        .byte 0xb8, {NUMBER}
        ret
        end_of f
        """,
}


@pytest.mark.parametrize("name", MIDST)
def test_nothing_is_found_in_the_midst_of_an_instruction(tools, arch, name):
    assert found(assemble(tools, arch, MIDST[name])) == ([], [])


# Each has one cli.
CODE = {
    "function": """
        function f
        cli
        ret
        end_of f
        """,
    "function without a size": """
        function f
        nop
        local: cli
        ret
        function g
        ret
        end_of g
        """,
    "global label without a type": """
        .globl f
        f: nop
        local: cli
        ret
        """,
    "weak label without a type": """
        .weak f
        f: cli
        ret
        """,
    "local function": """
        .type f, @function
        f: cli
        ret
        .size f, . - f
        """,
    "code after a jump through a pointer": """
        function f
        jmp *%Wax
        cli
        ret
        end_of f
        """,
    "code after a call that does not return": """
        function panic
        jmp panic
        end_of panic
        function f
        call panic
        cli
        ret
        end_of f
        """,
    "code after an object in a function": """
        function f
        jmp *%Wax
        .type table, @object
        table: .long 1
        .size table, . - table
        cli
        ret
        end_of f
        """,
    "target of a jump table": """
        function f
        jmp *table(, %Wax, SCALE)
        1: ret
        2: cli
        ret
        end_of f
        .section .rodata
        table: WORD 1b, 2b
        """,
    "function with a size that is too large": """
        function f
        ret
        .size f, 0x7fffffff
        h: cli
        ret
        """,
    "two symbols for one function": """
        function f
        function g
        cli
        ret
        end_of f
        end_of g
        """,
    "function in a function": """
        function f
        nop
        function g
        cli
        ret
        end_of g
        ret
        end_of f
        """,
    "function that is declared an object as well": """
        .type g, @object
        g:
        function f
        nop
        cli
        ret
        end_of f
        .size g, . - g
        """,
    "function that starts after a prefix of another one": """
        function f
        .byte 0xf3
        function g
        movsb
        cli
        ret
        end_of g
        end_of f
        """,
}


@pytest.mark.parametrize("name", CODE)
def test_declared_code_is_searched_and_each_instruction_found_once(tools, arch, name):
    assert found(assemble(tools, arch, CODE[name])) == (["cli"], [])


def test_local_label_at_the_entry_is_code(tools, arch):
    guest = assemble(tools, arch, "begin: cli\nret\n")
    assert found(guest) == ([], ["begin"])
    address = f"0x{search(guest).left_over[0].address:x}"
    guest = assemble(tools, arch, "begin: cli\nret\n", flags=["-e", address])
    assert found(guest) == (["cli"], [])


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
def test_code_of_compilers_is_searched_throughout(tools, arch, cc, optimize):
    guest = tools.guest(SWITCH, optimize, arch=arch, cc=cc)
    names, not_searched = found(guest)
    assert sorted(names) == ["cli", "hlt"] and not_searched == []


@only_x86_64
def test_code_of_a_static_pie_is_searched_throughout(tools):
    guest = tools.guest(SWITCH, arch="x86_64", pie=True)
    names, not_searched = found(guest)
    assert sorted(names) == ["cli", "hlt"] and not_searched == []


def test_sections_of_data_in_an_executable_segment_are_not_code(tools, arch):
    guest = assemble(tools, arch, hot("function f\nret\nend_of f\n.section .rodata\n"
                                      ".globl table\ntable: HOT\n"),
                     flags=["-z", "noseparate-code"])
    assert found(guest) == ([], [])


@only_x86_64
def test_absolute_symbols_are_numbers_and_not_code(tools):
    guest = assemble(tools, "x86_64", "mov $0xfa, %al\nret\n.type _start, @function\n"
                                      ".type a, @function\na = 0x401002\n")
    assert found(guest)[0] == []


def test_line_for_bytes_not_searched_says_how_to_declare_them(tools, arch):
    guest = assemble(tools, arch, hot("function f\nret\nend_of f\ntable: HOT\nHOT\n"))
    line, summary = find_privileged(guest).stdout.splitlines()
    assert line.startswith(f"{guest}: 0x") and line.endswith(
        " <table+0x0>: not searched: 20 bytes that no symbol declares "
        "(expected .type NAME, @function or @object)")
    assert summary == f"{guest}: 0 instructions to replace, 1 place not searched"


def test_declaring_bytes_that_were_not_searched_settles_it(tools, arch):
    bare = hot("function f\nret\nend_of f\ntable: HOT\nret\n")
    assert found(assemble(tools, arch, bare))[1] == ["table"]
    as_data = bare + ".type table, @object\n.size table, . - table\n"
    assert found(assemble(tools, arch, as_data)) == ([], [])
    as_code = "function f\nret\nend_of f\nh: cli\nret\n"
    assert found(assemble(tools, arch, as_code)) == ([], ["h"])
    assert found(assemble(tools, arch, as_code + ".type h, @function\n")) == (["cli"], [])


def test_padding_between_functions_is_not_listed(tools, arch):
    padding = "".join(f".balign 64, 0x{fill:x}\nfunction f{fill}\nret\nend_of f{fill}\n"
                      for fill in (0x90, 0xcc, 0x00))
    guest = assemble(tools, arch, padding + ".balign 64\nfunction g\nret\nend_of g\n")
    assert found(guest) == ([], [])


# Instructions that capstone 4 does not know.
NEWER = {
    "x86_64": ["kmovq %rax, %k1", "kortestd %k1, %k2", "kmovd (%rax), %k3",
               "vmovdqu8 (%rdi), %ymm16{%k1}{z}", "serialize"],
    "i386": ["kmovd %eax, %k1", "kortestd %k1, %k2", "kmovq (%eax), %k3", "serialize"],
}


def test_instructions_that_capstone_does_not_know_are_decoded(tools, arch):
    text = "".join(f"{each}\nnop\ncli\n" for each in NEWER[arch])
    guest = assemble(tools, arch, f"function f\n{text}label: hlt\nret\nend_of f\n")
    assert found(guest) == (["cli"] * len(NEWER[arch]) + ["hlt"], [])


def test_unknown_instruction_is_listed_with_its_bytes(tools, arch):
    guest = assemble(tools, arch, "function f\nnop\n.byte 0x0f, 0x04\ncli\nret\n"
                                  "end_of f\n")
    line, summary = find_privileged(guest).stdout.splitlines()
    assert line.endswith(" <f+0x1>: not searched: 4 bytes from an instruction that "
                         "capstone and objdump do not know: 0f 04 fa c3")
    assert summary == f"{guest}: 0 instructions to replace, 1 place not searched"


def test_search_goes_on_at_the_next_label_after_an_unknown_instruction(tools, arch):
    guest = assemble(tools, arch, "function f\n.byte 0x0f, 0x04, 0xb8\nnext: cli\nret\n"
                                  "end_of f\nfunction g\nhlt\nret\nend_of g\n")
    assert found(guest) == (["cli", "hlt"], ["f"])
