"""docs/abi.md, "Versions": files of version 1 keep working, other versions are refused.

The guests and providers are assembly that is written from docs/abi.md alone, with its
numbers and none of the headers. They never change within version 1: a change of the code
that breaks them breaks every file that was built before.
"""

import re

import pytest
from conftest import HOST_MACHINE, MACHINE, ROOT, each_arch as arch, run  # noqa: F401

WORD = {"x86_64": ".quad", "i386": ".long"}
# At the entry: checks magic, version and size of the start information, calls frozen(3)
# and returns its result; 99 if the start information is not that of version 1.
CODE = {"x86_64": """
_start: cmpl    $0x746c736a, (%rdi)
        jne     1f
        cmpl    $1, 4(%rdi)
        jne     1f
        cmpl    $72, 8(%rdi)
        jb      1f
        sub     $8, %rsp
        mov     $3, %edi
        call    frozen
        add     $8, %rsp
        ret
1:      mov     $99, %eax
        ret

        .balign 16
frozen: endbr64
        jmp     *slot(%rip)
bind:   endbr64
        lea     entry(%rip), %r11
        call    __external_bind
        jmp     frozen
__external_bind:
        jmp     *resolver(%rip)
no_host: endbr64
        ud2
""", "i386": """
_start: cmpl    $0x746c736a, (%edx)
        jne     1f
        cmpl    $1, 4(%edx)
        jne     1f
        cmpl    $72, 8(%edx)
        jb      1f
        sub     $8, %esp
        push    $3
        call    frozen
        add     $12, %esp
        ret
1:      mov     $99, %eax
        ret

        .balign 16
frozen: endbr32
        jmp     *slot
bind:   endbr32
        push    $entry
        call    __external_bind
        jmp     frozen
__external_bind:
        jmp     *resolver
no_host: endbr32
        ud2
"""}
GUEST = """
        .section .note.jumpslot, "a", %note
        .balign 4
        .long   9, 8, 1
        .asciz  "jumpslot"
        .balign 4
        .long   {abi}
        .long   resolver - .
        .long   9, 8, 3
        .asciz  "jumpslot"
        .balign 4
        .long   {vcpu}
        .long   state - .
        .section .externals.str, "a"
name:   .asciz  "frozen"
type:   .asciz  "{type}"
        .section .externals.symtab, "a"
        .balign 4
entry:  .long   name - .
        .long   type - .
        .long   slot - .
        .long   {flags}
        .section .externals.jmptbl, "aw"
        .balign 8
slot:   {word}  bind
resolver: {word} no_host
        .bss
        .balign 4096
state:  .zero   4096
        .text
        .globl  _start
{code}
        .section .note.GNU-stack, "", %progbits
"""
FUNCTION = {"x86_64": "lea 14(%rdi), %eax", "i386": "mov 4(%esp), %eax\n add $14, %eax"}
PROVIDER = """
        .section .note.jumpslot.provider, "a", %note
        .balign 4
        .long   9, 8, 2
        .asciz  "jumpslot"
        .balign 4
        .long   {abi}
        .long   {size}
        .section .jumpslot.strings, "a"
name:   .asciz  "frozen"
type:   .asciz  "ii"
        .section .jumpslot.provided, "a"
        .balign 4
        .long   name - .
        .long   type - .
        .long   frozen - .
        .long   0
        .long   {carry}
        .long   0
        .zero   {size} - 24
        .text
        .globl  frozen
        .hidden frozen
frozen: {function}
        ret
        .section .note.GNU-stack, "", %progbits
"""
KNOWN = "knows version 1\n"


@pytest.fixture
def guest(tools, arch):  # noqa: F811
    """Makes a guest of version 1, but for the values that are given."""
    def make(abi=1, vcpu=1, flags=0, type="ii"):
        source = tools.write("guest.S", GUEST.format(
            abi=abi, vcpu=vcpu, flags=flags, type=type, word=WORD[arch],
            code=CODE[arch]))
        made = tools.directory / "guest.o"
        run("gcc", MACHINE[arch], "-c", source, "-o", made)
        return tools.link(made, arch=arch, gc=False)
    return make


@pytest.fixture
def provider(tools, arch):  # noqa: F811
    """Makes a provider of version 1, but for the values that are given."""
    def make(abi=1, size=24, carry=0):
        source = tools.write("provider.S", PROVIDER.format(
            abi=abi, size=size, carry=carry, function=FUNCTION[arch]))
        target = tools.directory / "provider.so"
        run("gcc", *HOST_MACHINE[arch], "-shared", "-nostdlib", source, "-o", target)
        return target
    return make


def test_files_of_version_1_work(tools, guest, provider):
    result = tools.wrapper("--sandbox=off", "--provider", provider(), guest())
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 17)
    assert "\nEF(frozen) " in tools.gen_func_list(guest()).stdout


@pytest.mark.parametrize("version", [0, 2, 0xffffffff])
def test_a_guest_of_another_version_is_refused(tools, guest, provider, version):
    path = guest(abi=version)
    result = tools.wrapper("--provider", provider(), path)
    assert result.stderr == (f"host-wrapper: {path}: ABI version {version}: this "
                             f"host-wrapper {KNOWN}")
    assert result.returncode == 126
    result = tools.gen_func_list(path, check=False)
    assert result.stderr == (f"gen-func-list: {path}: ABI version {version}: this "
                             f"gen-func-list {KNOWN}")
    assert (result.stdout, result.returncode) == ("", 1)


@pytest.mark.parametrize("version", [0, 2])
def test_a_provider_of_another_version_is_refused(tools, guest, provider, version):
    path = provider(abi=version)
    result = tools.wrapper("--provider", path, guest())
    assert f"ABI version {version}: this host-wrapper {KNOWN}" in result.stderr
    assert str(path) in result.stderr
    assert result.returncode == 125
    result = tools.gen_func_list("--provided-by", path, guest(), check=False)
    assert f"{path}: ABI version {version}: this gen-func-list {KNOWN}" in result.stderr
    assert (result.stdout, result.returncode) == ("", 1)


def test_a_virtual_cpu_of_another_version_is_refused(tools, guest, provider):
    path = guest(vcpu=2)
    result = tools.wrapper("--provider", provider(), path)
    assert result.stderr == (f"host-wrapper: {path}: virtual CPU version 2: this "
                             f"host-wrapper {KNOWN}")
    assert result.returncode == 126


def test_fields_appended_to_provider_records_are_stepped_over(tools, guest, provider):
    path = provider(size=40)
    result = tools.wrapper("--sandbox=off", "--provider", path, guest())
    assert (result.stderr, result.returncode) == ("", 17)
    assert tools.gen_func_list("--provided-by", path, guest()).returncode == 0


@pytest.mark.parametrize("value", [{"flags": 0x100}, {"flags": 0x40}, {"type": "iX"}])
def test_a_flag_or_letter_that_is_not_known_is_refused(tools, guest, provider, value):
    path = guest(**value)
    result = tools.wrapper("--provider", provider(), path)
    assert result.stderr.startswith(f"host-wrapper: {path}: ")
    assert result.returncode == 126
    result = tools.gen_func_list(path, check=False)
    assert result.stderr.startswith(f"gen-func-list: {path}: ")
    assert result.returncode == 1


@pytest.mark.parametrize("carry", [0x4, 0x20])
def test_a_way_to_carry_calls_that_is_not_known_is_refused(tools, guest, provider, carry):
    result = tools.wrapper("--provider", provider(carry=carry), guest())
    assert f"record 0 (frozen): carry {carry:#x} is not known" in result.stderr
    assert result.returncode == 125


@pytest.mark.parametrize("tool", ["host-wrapper", "gen-func-list"])
def test_each_tool_shows_its_version_and_the_abi_version(tools, tool):
    version = (ROOT / "VERSION").read_text().strip()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    call = tools.wrapper if tool == "host-wrapper" else tools.gen_func_list
    result = call("--version")
    assert result.stdout == f"{tool} {version}, ABI 1\n"
