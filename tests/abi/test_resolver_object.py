"""The resolver's object has no undefined symbol and touches no vector register.

tests/unit/test_resolver_steps.c counts its instructions: the number of imports does not
matter.
"""

import re

import pytest
from conftest import BUILD, each_arch as arch, run

FOREIGN = re.compile(r"%[xyz]mm\d|%mm\d|%st\b|%k[0-7]\b|%bnd\d|%tmm\d")
FOREIGN_INSTRUCTION = re.compile(
    r"^(f(?!s:)\w+|emms|v\w+|x(save|rstor)\w*|(ld|st)mxcsr|syscall|sysenter|int\b.*)$")


@pytest.fixture
def resolver(arch):
    return BUILD / f"resolver/resolver-{arch}.o"


def instructions(path):
    """(mnemonic and operands, relocations) of each instruction."""
    found = []
    for line in run("objdump", "-dr", "--no-show-raw-insn", path).stdout.splitlines():
        if match := re.match(r"^ +[0-9a-f]+:\t(.*)$", line):
            found.append((match[1].strip(), []))
        elif match := re.match(r"^\t+[0-9a-f]+: (R_\S+)\t(\S+)$", line):
            found[-1][1].append(match[2])
    return found


def foreign(code):
    """Instructions that touch a vector or float register, or enter the kernel."""
    return [text for text, _ in code
            if FOREIGN.search(text) or FOREIGN_INSTRUCTION.match(text.split(" ")[0])]


def test_the_object_has_no_undefined_symbol(resolver):
    assert run("nm", "-u", resolver).stdout == ""


def test_no_instruction_touches_a_vector_or_float_register(resolver):
    code = instructions(resolver)
    assert len(code) > 50
    assert foreign(code) == []


@pytest.mark.parametrize("statement", [
    'double d; d = *(volatile double *)p * 2; *(volatile double *)p = d;',
    'long double d; d = *(volatile long double *)p * 2; *(volatile long double *)p = d;',
    '__asm__ volatile("emms");',
    '__asm__ volatile("syscall" : : : "rcx", "r11");',
])
def test_a_foreign_instruction_is_found(tools, statement):
    """The test above can fail."""
    source = tools.write("foreign.c", "void f(void *p); void f(void *p) { (void)p; %s }"
                         % statement)
    path = tools.directory / "foreign.o"
    run("gcc", "-O2", "-c", source, "-o", path)
    assert foreign(instructions(path))


def test_no_call_leaves_the_object(resolver):
    """Calls and jumps have targets in the object, and none goes through a pointer."""
    own = {line.split()[-1] for line in run("nm", resolver).stdout.splitlines()}
    branches = [(text, relocations) for text, relocations in instructions(resolver)
                if re.match(r"(call|j\w+|loop\w*)\b", text)]
    assert any(text.startswith("call") for text, _ in branches)
    for text, relocations in branches:
        assert "*" not in text, text
        for target in relocations:
            name = re.split(r"[-+]", target)[0]
            assert name in own or name == ".text", text
