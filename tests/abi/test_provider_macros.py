"""EXTERNAL_FUNC and EF lines make the table of a provider."""

import itertools

import pytest
from conftest import MACHINE, ROOT, WARNINGS, run
from guest_image import Image

ARCHES = ("x86_64", "i386")
LINKERS = ("bfd", "lld")
CELLS = list(itertools.product(["gcc", "clang"], ARCHES, LINKERS))

HEADER = """
    #include <stddef.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(long, add, long, long)
    EXTERNAL_FUNC_VARIADIC(int, print, const char *)
    EXTERNAL_FUNC_OPTIONAL(void, draw, double)
    EXTERNAL_FUNC_REGPARM3(int, fast, int, int)
    EXTERNAL_FUNC(int, elsewhere)
    EXTERNAL_FUNC(untyped)
"""
PROVIDER = """
    #include <jumpslot/provider.h>
    #include "wanted.h"
    #include "list.h"
    int untyped(void);
    long add(long a, long b) { return a + b; }
    int print(const char *format, ...) { return *format; }
    void draw(double length) { (void)length; }
    #ifdef __i386__    /* gcc needs it repeated */
    __attribute__((__regparm__(3)))
    #endif
    int fast(int a, int b) { return a - b; }
    int untyped(void) { return 3; }
"""
FUNCTIONS = ("add", "print", "draw", "fast", "untyped")
TYPES = {"x86_64": {"add": ("lll", 0), "print": ("ip.", 2), "draw": ("vd", 1),
                    "fast": ("iii", 0), "elsewhere": ("i", 0)},
         "i386": {"add": ("iii", 0), "print": ("ip.", 2), "draw": ("vd", 1),
                  "fast": ("iii", 0x10), "elsewhere": ("i", 0)}}


def write_list(tools, names):
    tools.write("wanted.h", HEADER)
    tools.write("list.h", "".join(f"EF({name})\n" for name in names))


def build(tools, cc, arch, linker, *flags, source=PROVIDER, check=True):
    return tools.provider(source, *flags, arch=arch, cc=cc, linker=linker, check=check)


def check_table(image, arch):
    records = image.provided()
    typed = {record.name: (record.type, record.flags)
             for record in records if record.type}
    assert typed == TYPES[arch]
    assert [record.name for record in records if record.function] == list(FUNCTIONS)
    for record in records:
        assert (record.carry, record.stack_bytes) == (0, 0)
        assert bool(record.type) != bool(record.function)
        if record.function and image.symbols:
            assert record.function == image.symbols[record.name]
    assert image.note(".note.jumpslot.provider")[:3] == (b"jumpslot\0", 2, (1, 24))


@pytest.mark.parametrize("cc,arch,linker", CELLS)
def test_the_guests_header_gives_records_and_no_stub(tools, cc, arch, linker):
    write_list(tools, FUNCTIONS)
    image = Image(build(tools, cc, arch, linker))
    check_table(image, arch)
    assert not [section.name for section in image.elf.iter_sections()
                if ".externals" in section.name and section.name != ".externals.types"]
    assert not image.segment_flags(image.section(".jumpslot.provided")["sh_addr"]) & 2


@pytest.mark.parametrize("cc,arch,linker", CELLS)
def test_the_table_survives_gc_sections_and_strip(tools, cc, arch, linker):
    write_list(tools, FUNCTIONS)
    made = build(tools, cc, arch, linker, "-Wl,--gc-sections", "-ffunction-sections",
                 "-fvisibility=hidden", "-O0")
    run("strip", made)
    check_table(Image(made), arch)


@pytest.mark.parametrize("cc,arch,linker", CELLS)
def test_cxx_gives_the_same_table(tools, cc, arch, linker):
    write_list(tools, FUNCTIONS)
    source = tools.write("provider.cc", PROVIDER.replace("int untyped(void);",
                                                         'extern "C" int untyped(void);'))
    cxx = {"gcc": "g++", "clang": "clang++"}[cc]
    made = tools.directory / "provider.so"
    run(cxx, MACHINE[arch], "-std=c++17", *WARNINGS, "-O2", "-fPIC", "-shared",
        "-fuse-ld=" + linker, "-I", ROOT / "guest-macros", "-I",
        ROOT / "host-wrapper/include", source, "-o", made)
    check_table(Image(made), arch)


@pytest.mark.parametrize("cc,arch,linker", CELLS)
@pytest.mark.parametrize("name", ["not_there", "system", "write"])
def test_a_name_without_a_function_is_a_link_error(tools, cc, arch, linker, name):
    """A function of that name in the libc does not change that."""
    write_list(tools, ["add", name])
    result = build(tools, cc, arch, linker, check=False)
    assert result.returncode == 1
    message = {"bfd": f"undefined reference to `{name}'",
               "lld": f"undefined hidden symbol: {name}"}
    assert message[linker] in result.stderr


@pytest.mark.parametrize("cc,arch,linker", CELLS)
def test_a_static_function_can_be_provided(tools, cc, arch, linker):
    """It needs the attribute `used`: the compiler does not see the table."""
    write_list(tools, ["hidden_one"])
    body = "static __attribute__((used)) int hidden_one(void) { return 1; }\n"
    image = Image(build(tools, cc, arch, linker, source=PROVIDER + body))
    record = next(record for record in image.provided() if record.function)
    assert record.function == image.symbols["hidden_one"]


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_an_unmarked_static_function_is_a_compile_error(tools, cc):
    write_list(tools, ["hidden_one"])
    body = "static int hidden_one(void) { return 1; }\n"
    result = build(tools, cc, "x86_64", "bfd", source=PROVIDER + body, check=False)
    assert result.returncode == 1
    assert "hidden_one" in result.stderr and "unused-function" in result.stderr


@pytest.mark.parametrize("cc", ["gcc", "clang"])
def test_a_provided_function_of_another_type_is_a_compile_error(tools, cc):
    write_list(tools, FUNCTIONS)
    source = PROVIDER.replace("long add(long a, long b)", "int add(int a, int b)")
    result = build(tools, cc, "x86_64", "bfd", source=source, check=False)
    assert result.returncode == 1
    assert "conflicting types for" in result.stderr and "add" in result.stderr


@pytest.mark.parametrize("cc,arch", itertools.product(["gcc", "clang"], ARCHES))
def test_a_guests_header_before_the_providers_is_a_compile_error(tools, cc, arch):
    source = tools.write("late.c", """
        #include <jumpslot/virt_cpu.h>
        #include <jumpslot/provider.h>
        EF(lamp)
        JUMPSLOT_BLOCKING(lamp)
        JUMPSLOT_SYSCALLS(lamp, JUMPSLOT_NEEDS_STDOUT)
        int lamp(int on);
        int lamp(int on) { return jumpslot_guest_range(&on, 4, JUMPSLOT_READ); }
        """)
    result = run(cc, MACHINE[arch], "-I", ROOT / "guest-macros", "-I",
                 ROOT / "host-wrapper/include", "-c", source, "-o",
                 tools.directory / "late.o", check=False)
    assert result.returncode == 1
    message = "include <jumpslot/provider.h> before headers with EXTERNAL_FUNC lines"
    assert message in result.stderr
    assert result.stderr.count("error:") == 1


# Lines on how functions are carried, before, among and after their other lines.
CARRIED = PROVIDER.replace('#include "wanted.h"', """
    JUMPSLOT_DIRECT(add)
    JUMPSLOT_STACK_BYTES(print, 4 * sizeof(long))
    #include "wanted.h"
    JUMPSLOT_BLOCKING(print)
""") + """
    JUMPSLOT_STACK_BYTES(draw, 0)
    JUMPSLOT_STACK_BYTES(untyped, 65536)
"""


def carried(image):
    assert not any(record.type or record.function for record in image.provided()
                   if record.carry)
    return [(record.name, record.carry, record.stack_bytes)
            for record in image.provided() if record.carry]


@pytest.mark.parametrize("cc,arch,linker", CELLS)
@pytest.mark.parametrize("optimize", ["-O0", "-O2"])
def test_carry_lines_make_records_of_their_own(
        tools, cc, arch, linker, optimize):
    write_list(tools, FUNCTIONS)
    image = Image(build(tools, cc, arch, linker, optimize, "-Wpedantic", source=CARRIED))
    assert sorted(carried(image)) == [
        ("add", 2, 0), ("draw", 0x10, 0), ("print", 3, 0),
        ("print", 0x10, 4 * image.word), ("untyped", 0x10, 65536)]


@pytest.mark.parametrize("cc,arch,linker", CELLS)
def test_carry_lines_work_in_cxx(tools, cc, arch, linker):
    source = tools.write("provider.cc", """
        #include <jumpslot/provider.h>
        EF(one) EF(two)
        JUMPSLOT_DIRECT(one)
        JUMPSLOT_BLOCKING(two)
        JUMPSLOT_STACK_BYTES(two, sizeof(void *) * 3)
        extern "C" int one(void) { return 1; }
        extern "C" int two(void) { return 2; }
        """)
    made = tools.directory / "provider.so"
    run({"gcc": "g++", "clang": "clang++"}[cc], MACHINE[arch], "-std=c++17", *WARNINGS,
        "-Wpedantic", "-fPIC", "-shared", "-nostdlib", "-fuse-ld=" + linker, "-I",
        ROOT / "guest-macros", "-I", ROOT / "host-wrapper/include", source, "-o", made)
    image = Image(made)
    assert carried(image) == [("one", 2, 0), ("two", 3, 0), ("two", 0x10, 3 * image.word)]


@pytest.mark.parametrize("cc,arch", itertools.product(["gcc", "clang"], ARCHES))
@pytest.mark.parametrize("size", ["6", "-8", "65544"])
def test_stack_bytes_out_of_range_are_a_compile_error(
        tools, cc, arch, size):
    result = build(tools, cc, arch, "bfd", check=False, source=f"""
        #include <jumpslot/provider.h>
        JUMPSLOT_STACK_BYTES(one, {size})
        """)
    assert result.returncode == 1
    assert (f"JUMPSLOT_STACK_BYTES(one, {size}): not a multiple of the word size from 0 "
            "to 65536") in result.stderr
