"""The guest starts without addresses of the host, except those that docs/abi.md gives."""

import re
import struct

import maps_provider
import pytest
from conftest import each_arch as arch
from guest_image import Image

# Copies registers and stack at the entry, before anything changes them.
DUMP = {
    "x86_64": """
        .globl _start
        .text
        _start:
            mov %rax, registers
            mov %rcx, registers + 8
            mov %rdx, registers + 16
            mov %rbx, registers + 24
            mov %rsp, registers + 32
            mov %rbp, registers + 40
            mov %rsi, registers + 48
            mov %rdi, registers + 56
            mov %r8, registers + 64
            mov %r9, registers + 72
            mov %r10, registers + 80
            mov %r11, registers + 88
            mov %r12, registers + 96
            mov %r13, registers + 104
            mov %r14, registers + 112
            mov %r15, registers + 120
            lea -2048(%rsp), %rsi
            mov $stack, %edi
            mov $2056, %ecx
            rep movsb
            mov $1, %eax
            cpuid
            bt $27, %ecx
            jnc 1f
            mov $0xff, %eax
            xor %edx, %edx
            xsave vectors
            jmp 2f
        1:  fxsave vectors
        2:  and $-16, %rsp
            call show
            hlt
        .bss
        .balign 64
        vectors: .zero 4096
        registers: .zero 128
        stack: .zero 2056
        .globl vectors, registers, stack
        """,
    "i386": """
        .globl _start
        .text
        _start:
            mov %eax, registers
            mov %ecx, registers + 4
            mov %edx, registers + 8
            mov %ebx, registers + 12
            mov %esp, registers + 16
            mov %ebp, registers + 20
            mov %esi, registers + 24
            mov %edi, registers + 28
            lea -2048(%esp), %esi
            mov $stack, %edi
            mov $2052, %ecx
            rep movsb
            mov $1, %eax
            cpuid
            bt $27, %ecx
            jnc 1f
            mov $0xff, %eax
            xor %edx, %edx
            xsave vectors
            jmp 2f
        1:  fxsave vectors
        2:  and $-16, %esp
            call show
            hlt
        .bss
        .balign 64
        vectors: .zero 4096
        registers: .zero 32
        stack: .zero 2052
        .globl vectors, registers, stack
        """,
}
GUEST = """
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    EXTERNAL_FUNC(void, print_maps)
    extern char vectors[4096], registers[16 * sizeof(long)], stack[2048 + sizeof(long)];
    void show(void);
    void show(void)
    {
            const size_t half = sizeof(long) == 4; /* i386 has eight registers */

            _BSP_Virtual_Console_write(registers, sizeof(registers) >> half);
            _BSP_Virtual_Console_write(stack, sizeof(stack));
            _BSP_Virtual_Console_write(vectors, sizeof(vectors));
            print_maps();
            _CPU_Virtual_exec_stop_error(0);
    }
    """
MAPS = maps_provider.SOURCE + """
    #include <string.h>
    void print_maps(void);
    EF(print_maps)
    void print_maps(void)
    {
            const char *text = read_maps();
            if (write(1, text, strlen(text)) < 0)
                    return;
    }
    """
BELOW = 2048  # bytes of the stack below the stack pointer


def mappings(text):
    """[(start, end, rest of the line)]"""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (.*)$", text, re.MULTILINE)
    return [(int(start, 16), int(end, 16), rest) for start, end, rest in found]


def run_dump(tools):
    guest = tools.link(tools.compile(GUEST, name="show"),
                       tools.compile(tools.write("dump.S", DUMP[tools.arch])))
    result = tools.wrapper("--provider", tools.provider(MAPS, needs=maps_provider.NEEDS),
                           guest, encoding="latin-1")
    assert (result.stderr, result.returncode) == ("", 0)
    word = {"x86_64": 8, "i386": 4}[tools.arch]
    sizes = [16 * 8 if word == 8 else 8 * 4, BELOW + word, 4096]
    parts, data = [], result.stdout.encode("latin-1")
    for size in sizes:
        parts.append(struct.unpack(f"<{size // word}{'Q' if word == 8 else 'I'}",
                                   data[:size]))
        data = data[size:]
    return guest, *parts, mappings(data.decode())


@pytest.mark.not_sanitized("their memory covers the number of Multiboot in a register")
def test_registers_and_stack_hold_no_addresses_of_the_host(tools, arch):
    guest, registers, stack, vectors, maps = run_dump(tools)
    sp = registers[4]
    own = [(segment["p_vaddr"] & ~4095, segment["p_vaddr"] + segment["p_memsz"])
           for segment in Image(guest).segments()]
    hosts = [(start, end) for start, end, _ in maps
             if not start <= sp < end and
             not any(low < end and start < high for low, high in own)]
    assert len(hosts) > 10

    def leaked(words):
        return [hex(word) for word in words
                if any(start <= word < end for start, end in hosts)]
    given = {"x86_64": [registers[7]], "i386": [registers[2], registers[3]]}[arch]
    assert leaked(registers) == [hex(word) for word in given]
    assert leaked(stack[:-1]) == []
    assert leaked(stack[-1:]) == [hex(stack[-1])], "the return address"
    assert leaked(vectors) == []


def test_vector_registers_are_zero(tools, arch):
    """Except the control words: x87 at 0, MXCSR and its mask at 24 in an XSAVE area."""
    vectors = run_dump(tools)[3]
    data = b"".join(each.to_bytes({"x86_64": 8, "i386": 4}[arch], "little")
                    for each in vectors)
    assert int.from_bytes(data[:2], "little") == 0x37F
    assert int.from_bytes(data[24:28], "little") == 0x1F80
    assert not any(data[2:24]) and not any(data[32:464]) and not any(data[576:])
