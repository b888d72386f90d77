"""find-privileged: finds each instruction of the list in its place, and no other one."""

import itertools
import json
import re
from pathlib import Path

import pytest

from conftest import ROOT, run
from conftest import each_arch as arch  # noqa: F401
from conftest import only_x86_64
from find_privileged_tool import (
    ENTRIES, assemble, check_clean, find_privileged, found, make,
)
from jumpslot_elf.privileged_list import PrivilegedList
from privileged_instructions import instructions as faulting_instructions

# Assembly, name and replacement of those that may run without a fault; the faulting ones
# are in privileged_instructions.py.
LEVEL = "use _CPU_Virtual_Interrupts_get_level() or _disable()"
LEVELS = "use _CPU_Virtual_Interrupts_enable(); it changes no interrupt flag"
SEGMENTS = "segments are the host's"
BASES = "FS and GS are the host's"
CALLING = "use an external function"
TIME = "use _BSP_Virtual_Clock_read()"
QUIET = [
    ("pushf", "pushf", LEVEL), ("pushfw", "pushf", LEVEL),
    ("popf", "popf", LEVELS), ("popfw", "popf", LEVELS),
    ("sgdt (%Wax)", "sgdt", SEGMENTS),
    ("sidt (%Wax)", "sidt", "use _CPU_Virtual_Set_handler()"),
    ("sldt %eax", "sldt", SEGMENTS), ("sldt (%Wax)", "sldt", SEGMENTS),
    ("str %eax", "str", SEGMENTS),
    ("smsw %eax", "smsw", "paging and modes are the host's"),
    ("lar %ax, %ax", "lar", SEGMENTS), ("lsl (%Wax), %eax", "lsl", SEGMENTS),
    ("verr %ax", "verr", SEGMENTS), ("verw (%Wax)", "verw", SEGMENTS),
    ("mov %ds, %eax", "mov from a segment register", SEGMENTS),
    ("mov %cs, (%Wax)", "mov from a segment register", SEGMENTS),
    ("push %fs", "push of a segment register", SEGMENTS),
    ("push %gs", "push of a segment register", SEGMENTS),
    ("pop %fs", "pop to a segment register", SEGMENTS),
    ("lfs (%Wax), %eax", "lfs", SEGMENTS), ("lgs (%Wax), %eax", "lgs", SEGMENTS),
    ("rdtsc", "rdtsc", TIME), ("rdtscp", "rdtscp", TIME),
    ("mov %fs:0x28, %Wax", "memory operand in FS or GS", BASES),
    ("movl $0, %gs:(%Wax)", "memory operand in FS or GS", BASES),
    ("lods %fs:(%Wsi), %eax", "memory operand in FS or GS", BASES),
    ("jmp *%gs:(%Wax)", "memory operand in FS or GS", BASES),
    ("ljmp *(%Wax)", "far jump", SEGMENTS), ("lcall *(%Wax)", "far call", SEGMENTS),
    ("lret $8", "far return", SEGMENTS),
    ("rep outsb", "outs", "use the device's replacement"),
    ("mov %dr6, %Wax", "mov from a debug register", "debug registers are the host's"),
    ("clac", "clac", "paging"), ("stac", "stac", "paging"),
    ("rsm", "rsm", "return from the interrupt handler"),
    ("vmcall", "vmcall", CALLING), ("vmmcall", "vmmcall", CALLING),
    ("vmlaunch", "vmlaunch", "virtual machines"), ("vmresume", "vmresume", "virtual"),
    ("vmxoff", "vmxoff", "virtual machines are the host's"),
    ("xsaves (%Wax)", "xsaves", "vector registers"),
    ("xrstors (%Wax)", "xrstors", "vector registers"),
    ("int $0x80", "int", "use _CPU_Virtual_Irq_raise() or an external function"),
    ("sysenter", "sysenter", CALLING), ("syscall", "syscall", CALLING),
]
QUIET_ONLY = {
    "x86_64": [
        ("rdfsbase %rax", "rdfsbase", SEGMENTS), ("rdgsbase %eax", "rdgsbase", SEGMENTS),
        ("wrfsbase %rax", "wrfsbase", SEGMENTS), ("wrgsbase %eax", "wrgsbase", SEGMENTS),
        ("movabs %fs:0x1122334455667788, %al", "memory operand in FS or GS", BASES),
        ("rex.w ljmp *(%rax)", "far jump", SEGMENTS), ("lretq", "far return", SEGMENTS),
        ("sysretl", "sysret", "return"), ("sysexitq", "sysexit", "return"),
    ],
    "i386": [
        (f"push %{register}", "push of a segment register", SEGMENTS)
        for register in ("cs", "ds", "es", "ss")
    ] + [
        ("pop %es", "pop to a segment register", SEGMENTS),
        ("mov %gs:0x14, %eax", "memory operand in FS or GS", BASES),
        ("xlat %fs:(%ebx)", "memory operand in FS or GS", BASES),
    ],
}
ORDINARY = """
        nop; int3; ud2
        mov %Wax, %Wbx; lea (%Wax), %Wcx; rep movsb; lock incl (%Wax); pause; cpuid
        xgetbv; ldmxcsr (%Wax); lfence; mfence; clflush (%Wax); prefetcht0 (%Wax); fninit
        cmpxchg8b (%Wax); call 1f
        1: jmp *%Wax; call *(%Wax); mov $0xfafbf4, %eax; push $0xfa; cld; std; cmc; ret $8
        mov %ds:(%Wax), %eax; xsave (%Wax); movaps %xmm0, %xmm1; fldcw (%Wax)
        in_name: ret
"""


def cases(arch):
    word = {"x86_64": "%r", "i386": "%e"}[arch]
    loud = [(text.replace("\\n", "\n"), name, instead)
            for text, name, instead in faulting_instructions(arch) if ".byte" not in text]
    return loud + [(text.replace("%W", word), name, instead)
                   for text, name, instead in QUIET + QUIET_ONLY[arch]]


def guest_of_all(tools, arch, table):
    functions = [f"function f{number}\nnop\n{text}\nret\nend_of f{number}\n"
                 for number, (text, _, _) in enumerate(table)]
    return assemble(tools, arch, "".join(functions) + ".data\nfar: .space 32\n")


def test_each_instruction_is_found_once_with_line_and_replacement(tools, arch):
    table = cases(arch)
    guest = guest_of_all(tools, arch, table)
    lines = (tools.directory / "guest.s").read_text().splitlines()
    result, = json.loads(find_privileged("--json", guest).stdout)["guests"]
    assert result["not_searched"] == []
    by_function = {each["symbol"]: each for each in result["findings"]}
    assert len(by_function) == len(result["findings"]) == len(table)
    for number, (text, name, instead) in enumerate(table):
        each = by_function[f"f{number}"]
        assert each["name"] == name and instead in each["instead"], text
        assert each["file"] == str(tools.directory / "guest.s")
        assert lines[each["line"] - 1].strip() == text.splitlines()[-1].strip()
        assert each["offset"] > 0


def test_each_entry_of_the_list_has_a_case():
    names = {name for arch in ("x86_64", "i386") for _, name, _ in cases(arch)}
    assert {entry.name for entry in ENTRIES} == names


def test_ordinary_instructions_are_not_found(tools, arch):
    guest = assemble(tools, arch, "function f\n" + ORDINARY + "end_of f\n")
    assert found(guest) == ([], [])


def test_finding_is_a_line_in_a_compilers_form_and_a_summary_follows(tools, arch):
    guest = assemble(tools, arch, "function stop\nnop\ncli\n hlt\n ret\nend_of stop\n")
    result = find_privileged(guest)
    assert result.returncode == 1 and result.stderr == ""
    symbols = run("nm", guest).stdout
    at = int(re.search("([0-9a-f]+) T stop", symbols)[1], 16)
    first = (tools.directory / "guest.s").read_text().splitlines().index("cli") + 1
    assert result.stdout == (
        f"{tools.directory}/guest.s:{first}: 0x{at + 1:x} <stop+0x1>: cli: "
        "use _CPU_Virtual_Interrupts_close() or _disable() [privileged]\n"
        f"{tools.directory}/guest.s:{first + 1}: 0x{at + 2:x} <stop+0x2>: hlt: "
        "use _CPU_Virtual_Wait_for_event(), or _CPU_Virtual_exec_stop_error() at the end "
        "[privileged]\n"
        f"{guest}: 2 instructions to replace, 0 places not searched\n")


def test_finding_without_debug_information_names_the_guest(tools, arch):
    guest = assemble(tools, arch, "function stop\ncli\nret\nend_of stop\n")
    run("strip", "--strip-debug", guest)
    line, _ = find_privileged(guest).stdout.splitlines()
    assert re.fullmatch(rf"{guest}: 0x[0-9a-f]+ <stop\+0x0>: cli: use .+ \[privileged\]",
                        line)


def test_function_around_a_finding_comes_before_a_label_in_it(tools, arch):
    guest = assemble(tools, arch, "function f\nnop\nagain: cli\nret\nend_of f\n")
    assert "<f+0x1>: cli: " in find_privileged(guest).stdout


def test_categories_say_what_kind_each_is(tools, arch):
    guest = assemble(tools, arch, "function f\ncli\nsmsw %eax\npopf\nsyscall\nret\n"
                                  "end_of f\n")
    result, = json.loads(find_privileged("--json", guest).stdout)["guests"]
    assert [each["category"] for each in result["findings"]] == [
        "privileged", "sensitive", "silent", "kernel"]


HARNESS = """
#include <stdio.h>
#include <string.h>
#include "host-wrapper/common/privileged.h"
int main(void)
{
        unsigned char line[2 + 8];
        while (fread(line, 1, sizeof(line), stdin) == sizeof(line)) {
                uint32_t number = privileged_find(line + 2, line[1], line[0] == 64);
                printf("%s|%s\\n", privileged_name(number), privileged_instead(number));
        }
}
"""


def byte_strings():
    """8 bytes each: all opcodes after all prefixes, with all operands that decide."""
    prefixes = [b"", b"\x66", b"\xf3", b"\x48", b"\xf3\x48", b"\x65\xf2"]
    groups = {b"\x0f\x00", b"\x0f\x01", b"\x0f\xae", b"\x0f\xc7", b"\x0f\xb2",
              b"\x0f\xb4", b"\x0f\xb5", b"\xff", b"\xc4", b"\xc5"}
    opcodes = [bytes([byte]) for byte in range(256)]
    opcodes += [b"\x0f" + byte for byte in opcodes]
    for prefix, opcode in itertools.product(prefixes, opcodes):
        for operand in range(256) if opcode in groups else (0x00, 0xc0):
            yield (prefix + opcode + bytes([operand])).ljust(8, b"\0")


@pytest.mark.parametrize("bits", [32, 64])
def test_runner_and_find_privileged_agree_on_every_opcode(tools, bits):
    program = tools.directory / "harness"
    run("gcc", "-I", ROOT, tools.write("harness.c", HARNESS),
        ROOT / "host-wrapper/common/privileged.c", "-o", program)
    codes = list(byte_strings())
    lines = tools.directory / "codes"
    lines.write_bytes(b"".join(bytes([bits, 8]) + code for code in codes))
    with open(lines, "rb") as file:
        said = run(program, stdin=file).stdout.splitlines()
    privileged = PrivilegedList(bits, ENTRIES)
    for code, line in zip(codes, said, strict=True):
        entry = privileged.find(code)
        is_named = entry and entry.category != "SILENT"
        expected = f"{entry.name}|{entry.instead}" if is_named else "?|?"
        assert line == expected, code.hex()


def test_simple_guests_are_clean_and_the_build_searched_them():
    check_clean("SIMPLE_x86_64")
    check_clean("SIMPLE_i386")


@only_x86_64
def test_build_fails_with_the_findings_and_looks_again(tools):
    dirty = assemble(tools, "x86_64", "function f\ncli\nret\nend_of f\n")
    stamp = Path(f"{dirty}.searched")
    for _ in range(2):
        result = make(stamp)
        assert result.returncode == 2 and "<f+0x0>: cli: use _CPU_" in result.stdout
        assert not stamp.exists()
    dirty.write_bytes(assemble(tools, "x86_64", "", name="clean").read_bytes())
    assert make(stamp).returncode == 0 and stamp.exists()
    assert make(stamp).stdout == ""
