"""Each public header compiles alone; docs/abi.md states the layout that abi/ defines."""

import itertools
import re
from pathlib import Path

import pytest
from conftest import MACHINE, ROOT, WARNINGS, run

MACROS = ROOT / "guest-macros"
PUBLIC = sorted(str(header.relative_to(MACROS)) for header in MACROS.rglob("*.h"))
LAYOUT = [header for header in PUBLIC if header.startswith("jumpslot/abi/")]
ARCHES = ("x86_64", "i386")
COMPILERS = [("gcc", "c11"), ("clang", "c11"), ("g++", "c++17"), ("clang++", "c++17")]
STUBS = ("jumpslot/external_stub_x86_64.h", "jumpslot/external_stub_i386.h")
LINK_TIME = "jumpslot/external_link_time.h"  # in place of the stubs
CONTRACTS = ("import", "provider", "start", "vcpu", "fault")


def only(arch):
    """All headers except the stubs of the other architecture."""
    return [header for header in PUBLIC if header not in STUBS or arch in header]


@pytest.mark.parametrize("arch,compiler", itertools.product(ARCHES, COMPILERS))
def test_each_guest_header_compiles_alone_and_twice(tools, arch, compiler):
    cc, standard = compiler
    for header in only(arch):
        source = f"#include <{header}>\n" * 2 + "extern int nothing;\n"
        tools.compile(source, "-Wpedantic", arch=arch, cc=cc, standard=standard,
                      name="alone")


@pytest.mark.parametrize("arch,compiler", itertools.product(ARCHES, COMPILERS))
def test_all_guest_headers_go_together(tools, arch, compiler):
    cc, standard = compiler
    for order in PUBLIC, PUBLIC[::-1]:
        lines = [f"#include <{header}>\n" for header in order
                 if header not in (*STUBS, LINK_TIME)]
        tools.compile("".join(lines), "-Wpedantic", arch=arch, cc=cc, standard=standard,
                      name="together")


@pytest.mark.parametrize("arch,compiler", itertools.product(ARCHES, COMPILERS))
def test_the_provider_header_compiles_alone(tools, arch, compiler):
    cc, standard = compiler
    tools.compile("#include <jumpslot/provider.h>\n" * 2, "-Wpedantic", "-I",
                  ROOT / "host-wrapper/include", arch=arch, cc=cc, standard=standard,
                  name="provider")


def test_each_contract_has_a_header_and_external_abi_h_includes_them_all(tools):
    headers = {f"jumpslot/abi/{contract}.h" for contract in CONTRACTS}
    assert headers <= set(LAYOUT)
    source = tools.write("all.c", "#include <jumpslot/external_abi.h>\n")
    included = run("gcc", "-I", MACROS, "-M", source).stdout.split()
    assert {f"{MACROS}/{header}" for header in LAYOUT} <= {
        str(Path(name).resolve()) for name in included}


@pytest.mark.parametrize("arch,cc", itertools.product(ARCHES, ["gcc", "clang"]))
def test_assembly_can_use_the_layout(tools, arch, cc):
    source = tools.write("layout.S", """
        #include <jumpslot/external_abi.h>
        .long JUMPSLOT_ABI_VERSION, JUMPSLOT_NOTE_GUEST, JUMPSLOT_FLAGS_KNOWN
        .long JUMPSLOT_START_MAGIC - 0x746c736a, JUMPSLOT_MULTIBOOT_MAGIC
        .section JUMPSLOT_SECTION_SYMTAB, "a"
        .asciz JUMPSLOT_NOTE_OWNER
        """)
    run(cc, MACHINE[arch], "-I", MACROS, "-c", source, "-o",
        tools.directory / "layout.o")


@pytest.mark.parametrize("target", ["armv7a-linux-gnueabi", "aarch64-linux-gnu",
                                    "riscv64-linux-gnu"])
def test_files_that_name_no_processor_compile_for_others(tools, target):
    """The layout, a provider's tables and the resolver; `@` is a comment on ARM."""
    def compile_for(name, text, *flags):
        source = tools.write(name, text)
        run("clang", f"--target={target}", "-O2", "-ffreestanding", *WARNINGS, "-I", ROOT,
            "-I", MACROS, "-I", ROOT / "host-wrapper/include", *flags, "-c", source, "-o",
            tools.directory / "other.o")

    compile_for("layout.c", "#include <jumpslot/external_abi.h>\n"
                            "#include <jumpslot/entry.h>\n"
                            "JUMPSLOT_ENTRY(info) { return (int)info->size; }\n")
    compile_for("provider.c", """
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, add, int, long long)
        EXTERNAL_FUNC_VARIADIC(int, print, const char *)
        EF(add) JUMPSLOT_DIRECT(add)
        EF(print) JUMPSLOT_STACK_BYTES(print, 64)
        int add(int a, long long b) { return a + (int)b; }
        int print(const char *format, ...) { return *format; }
        """)
    compile_for("resolver.c", '#include "resolver/resolver.c"\n')


def test_an_architecture_without_stubs_is_a_clear_error(tools):
    result = tools.compile("#include <jumpslot/external_func.h>\n", "-mx32", name="x32",
                           check=False)
    assert result.returncode == 1
    assert "jumpslot: guests are i386 or x86-64" in result.stderr


def layout():
    return "".join((MACROS / name).read_text() for name in LAYOUT)


def include_layout():
    return ["#include <stddef.h>\n", "#include <jumpslot/external_abi.h>\n"]


def documented_tables():
    """[(struct, [(offset, size, field)])] of docs/abi.md, in order."""
    text = (ROOT / "docs/abi.md").read_text()
    for title, body in re.findall(r"^`struct (\w+)`[^\n]*\n\n((?:\|.*\n)+)", text, re.M):
        yield title, [(int(offset), int(size), field) for offset, size, field in
                      re.findall(r"^\| *(\d+) *\| *(\d+) *\| *`(\w+)` *\|", body, re.M)]


@pytest.mark.parametrize("arch", ARCHES)
def test_the_documented_offsets_are_those_of_the_header(tools, arch):
    header = layout()
    structs = dict(documented_tables())
    assert set(structs) == set(re.findall(r"^struct (\w+) \{", header, re.M))
    lines = include_layout()
    for name, fields in structs.items():
        body = re.search(rf"^struct {name} {{(.*?)^}}", header, re.M | re.S)[1]
        assert [field for _, _, field in fields] == re.findall(
            r"^\t(?:struct )?\w+ (\w+)(?:\[\w+\])?;", body, re.M)
        for offset, size, field in fields:
            lines.append(
                f"_Static_assert(offsetof(struct {name}, {field}) == {offset} &&"
                f" sizeof(((struct {name} *)0)->{field}) == {size},"
                f" \"{name}.{field}\");\n")
        last = fields[-1]
        lines.append(f"_Static_assert(sizeof(struct {name}) == {last[0] + last[1]},"
                     f" \"{name}\");\n")
    tools.compile("".join(lines), arch=arch, name="offsets")


def test_the_documented_constants_are_those_of_the_header(tools):
    text = (ROOT / "docs/abi.md").read_text()
    header = layout()
    documented = dict(re.findall(r"^\| `(JUMPSLOT_\w+)` *\| `([^`]+)` *\|", text, re.M))
    # Constants with a value of their own; those in parentheses are made of others.
    defined = re.findall(r"^#define (JUMPSLOT_\w+)[ \t]+[\"0-9]", header, re.M)
    assert sorted(documented) == sorted(defined)
    lines = include_layout()
    for name, value in documented.items():
        same = f"{name} == {value}"
        if '"' in value:
            same = f"!__builtin_strcmp({name}, {value})"
        lines.append(f"_Static_assert({same}, \"{name}\");\n")
    tools.compile("".join(lines), cc="clang", name="constants")
