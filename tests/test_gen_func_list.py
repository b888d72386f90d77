"""gen-func-list: what it writes, and that no file makes it fail without a clear line."""

import inspect
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
from io import BytesIO

import pytest
from elftools.elf.elffile import ELFFile

from conftest import BUILD, MACHINE, ROOT, WARNINGS, run

sys.path.insert(0, str(ROOT / "gen"))
from jumpslot_elf import abi  # noqa: E402
from jumpslot_elf.guest import read_guest  # noqa: E402
from jumpslot_elf.problem import Problem  # noqa: E402
from jumpslot_elf.provider import read_provider  # noqa: E402

TOOL = ROOT / "gen/gen-func-list"
ARCHES = ["x86_64", "i386"]
COMPILERS = ["gcc", "clang"]
NO_FUNCTIONS = ("no external functions: not built with jumpslot/external_func.h, or all "
                "were dropped by --gc-sections")

START = """
#include <stddef.h>
#include <stdint.h>
#include <jumpslot/start_info.h>
#include <jumpslot/external_func.h>
"""
ENTRY = "JUMPSLOT_ENTRY(info) { (void)info; return 0; }\n"

GUEST = START + """
void plain(void);
EXTERNAL_FUNC(plain)
EXTERNAL_FUNC(int, add, int, int)
EXTERNAL_FUNC_VARIADIC(int, log_line, const char *)
EXTERNAL_FUNC_OPTIONAL(void, plot, const double *, size_t)
EXTERNAL_FUNC_FASTCALL(int, fast, int, int)
EXTERNAL_FUNC(int, unused, int)

JUMPSLOT_ENTRY(info)
{
	(void)info;
	plain();
	log_line("%d", fast(1, 2));
	if (external_available(plot))
		plot(NULL, 0);
	return add(1, 2);
}
"""

# Every letter of a type string, and every form of a type's text.
TYPES = START + """
#include <stdbool.h>
struct pair { int64_t a, b; };
struct point { double x, y; };
union number { float f; int32_t i; };
enum color { RED, GREEN };
typedef unsigned color_t;
typedef struct pair pair_t;
typedef float floats __attribute__((vector_size(16)));
EXTERNAL_FUNC(void, no_parameters)
EXTERNAL_FUNC(char, chars, signed char, unsigned char)
EXTERNAL_FUNC(short, shorts, unsigned short, short unsigned int)
EXTERNAL_FUNC(long, longs, unsigned long, long int)
EXTERNAL_FUNC(long long, longer, unsigned long long, int64_t, uint64_t)
EXTERNAL_FUNC(unsigned, small, int8_t, uint8_t, int16_t, uint16_t, int32_t, uint32_t)
EXTERNAL_FUNC(size_t, sizes, ptrdiff_t, intptr_t, uintptr_t, wchar_t)
EXTERNAL_FUNC(bool, bools, _Bool)
EXTERNAL_FUNC(float, reals, double, long double)
EXTERNAL_FUNC(void *, pointers, const char *, char *const *, const volatile void *)
EXTERNAL_FUNC(struct pair *, records, const struct pair *, union number *, pair_t *)
EXTERNAL_FUNC(struct pair, values, struct point, union number, pair_t)
EXTERNAL_FUNC(color_t, names, enum color, color_t, const enum color *)
EXTERNAL_FUNC(int, callbacks, void (*)(int, int), int (*)(void))
EXTERNAL_FUNC(int, arrays, int[3], char *[2], const char [4])
EXTERNAL_FUNC(floats, vectors, floats, const floats *)
EXTERNAL_FUNC_VARIADIC(int, formatted, const char *, int)
EXTERNAL_FUNC_OPTIONAL(int, perhaps, int)
EXTERNAL_FUNC_REGPARM3(int, registers, int, int)
EXTERNAL_FUNC_FASTCALL(int, fast, int, int)
EXTERNAL_FUNC_STDCALL(int, standard, int, int)
EXTERNAL_FUNC(untyped)
""" + ENTRY


def failure(tools, *arguments, status=1):
    """The lines of a run that must fail, write nothing to stdout, and not crash."""
    result = tools.gen_func_list(*arguments, check=False)
    assert result.returncode == status, result.stderr
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines and all(line.startswith("gen-func-list: ") for line in lines)
    return [line.removeprefix("gen-func-list: ") for line in lines]


def names(text):
    return re.findall(r"^EF\((.*?)\)", text, re.MULTILINE)


def comment_of(text, name):
    return re.search(rf"^EF\({name}\) */\* (.*) \*/$", text, re.MULTILINE)[1]


def strip(path, *flags):
    target = path.with_suffix(".stripped.elf")
    run("strip", *flags, path, "-o", target)
    return target


def section(path, name):
    """File offset, address and size of a section."""
    with open(path, "rb") as file:
        header = ELFFile(file).get_section_by_name(name).header
    return header["sh_offset"], header["sh_addr"], header["sh_size"]


def section_header(path, name):
    """File offset of a section's header, and the offset of sh_size in it."""
    with open(path, "rb") as file:
        elf = ELFFile(file)
        index = elf.get_section_index(name)
        size = 32 if elf.elfclass == 64 else 20
        return elf["e_shoff"] + index * elf["e_shentsize"], size


def patched(path, offset, data, name="patched.elf"):
    image = bytearray(path.read_bytes())
    image[offset:offset + len(data)] = data
    target = path.with_name(name)
    target.write_bytes(image)
    return target


# -- The list -------------------------------------------------------------------------

@pytest.mark.parametrize("cc", COMPILERS)
@pytest.mark.parametrize("arch", ARCHES)
def test_list_is_sorted_and_states_what_each_function_is(tools, arch, cc):
    text = tools.gen_func_list(tools.guest(GUEST, arch=arch, cc=cc)).stdout
    assert names(text) == ["add", "fast", "log_line", "plain", "plot"]
    assert comment_of(text, "add") == "int add(int, int)"
    assert comment_of(text, "log_line") == "int log_line(const char *, ...); variadic"
    assert comment_of(text, "plain") == "type unknown"
    assert comment_of(text, "plot") == "void plot(const double *, size_t); optional"
    convention = "; fastcall" if arch == "i386" else ""
    assert comment_of(text, "fast") == "int fast(int, int)" + convention


@pytest.mark.parametrize("arch", ARCHES)
def test_head_names_file_build_id_abi_and_word_size(tools, arch):
    guest = tools.guest(GUEST, arch=arch)
    build_id = re.search("Build ID: (.*)", run("readelf", "-n", guest).stdout)[1]
    bits = 64 if arch == "x86_64" else 32
    text = tools.gen_func_list(guest).stdout
    assert f" *   {guest.name}: build-id {build_id}, ABI 1, {bits} bits\n" in text


def test_head_says_none_where_there_is_no_build_id(tools):
    guest = tools.guest(GUEST, flags=["-Wl,--build-id=none"])
    assert "build-id none, ABI 1" in tools.gen_func_list(guest).stdout


@pytest.mark.parametrize("arch", ARCHES)
def test_stripped_guest_shows_type_strings(tools, arch):
    text = tools.gen_func_list(strip(tools.guest(GUEST, arch=arch))).stdout
    assert comment_of(text, "add") == "type iii"
    assert comment_of(text, "log_line") == "type ip.; variadic"
    assert comment_of(text, "plain") == "type unknown"


@pytest.mark.parametrize("cc", COMPILERS)
def test_compressed_debug_sections_are_read(tools, cc):
    guest = tools.guest(GUEST, "-gz=zlib", cc=cc,
                        flags=["-Wl,--compress-debug-sections=zlib"])
    assert ".debug_externals" in run("readelf", "-tW", guest).stdout
    offset, _ = section_header(guest, ".debug_externals")
    flags = struct.unpack_from("<Q", guest.read_bytes(), offset + 8)[0]
    assert flags & 0x800  # SHF_COMPRESSED
    assert comment_of(tools.gen_func_list(guest).stdout, "add") == "int add(int, int)"


@pytest.mark.parametrize("linker", ["bfd", "lld"])
@pytest.mark.parametrize("arch", ARCHES)
def test_static_pie_and_both_linkers(tools, arch, linker):
    # The stubs of i386 hold absolute addresses.
    guest = tools.guest(GUEST, arch=arch, pie=True, linker=linker, script=linker == "bfd",
                        flags=["-Wl,-z,notext"] if arch == "i386" else [])
    text = tools.gen_func_list(guest).stdout
    assert names(text) == ["add", "fast", "log_line", "plain", "plot"]
    assert comment_of(text, "add") == "int add(int, int)"


@pytest.mark.parametrize("cc", COMPILERS)
@pytest.mark.parametrize("arch", ARCHES)
def test_list_serves_providers_and_a_users_own_ef(tools, arch, cc):
    guest = tools.guest(GUEST, arch=arch)
    tools.gen_func_list(guest, "-o", tools.directory / "func_list.h")
    tools.provider("""
        #define EF(name) int name(void); int name(void) { return 0; }
        #include "func_list.h"
        #undef EF
        const char *const list[];
        #define EF(name) #name,
        const char *const list[] = {
        #include "func_list.h"
        };
        #undef EF
        #include <jumpslot/provider.h>
        #include "func_list.h"
        """, arch=arch, cc=cc)


def test_runs_from_anywhere_and_through_a_symbolic_link(tools):
    guest = tools.guest(GUEST)
    link = tools.directory / "link"
    link.symlink_to(TOOL)
    result = run(link, guest.name, cwd=tools.directory)
    assert names(result.stdout) == ["add", "fast", "log_line", "plain", "plot"]


def debug_record(guest, name, prototype):
    """The guest with a .debug_externals of one record."""
    target = guest.with_name("debug.elf")
    data = guest.with_name("debug.bin")
    data.write_bytes(b"\0".join([name, b"a.c:1", prototype, b""]))
    run("objcopy", "--remove-section", ".debug_externals", guest, target)
    run("objcopy", "--add-section", f".debug_externals={data}", target)
    return target


@pytest.mark.parametrize("cc", COMPILERS)
def test_prototype_cannot_end_its_comment(tools, cc):
    guest = debug_record(tools.guest(GUEST), b"add",
                         b"int add() */ #error /* *\\ **//**/ ??/")
    text = tools.gen_func_list(guest).stdout
    assert comment_of(text, "add").startswith("int add() * / #error / *")
    source = tools.write("list.c", "#define EF(name) extern int name;\n" + text)
    run(cc, "-fsyntax-only", "-trigraphs", *WARNINGS, source)


def test_prototype_with_control_characters_is_ignored(tools):
    guest = debug_record(tools.guest(GUEST), b"add", b"int \x1b[2Jadd()")
    assert comment_of(tools.gen_func_list(guest).stdout, "add") == "type iii"


def test_damaged_debug_section_is_no_error(tools):
    guest = tools.guest(GUEST, "-gz=zlib", flags=["-Wl,--compress-debug-sections=zlib"])
    offset, _, size = section(guest, ".debug_externals")
    damaged = patched(guest, offset, b"\xff" * size)
    assert comment_of(tools.gen_func_list(damaged).stdout, "add") == "type iii"
    damaged = patched(guest, offset + 24, b"\xff" * (size - 24))
    assert comment_of(tools.gen_func_list(damaged).stdout, "add") == "type iii"


def test_file_name_cannot_end_the_head(tools):
    guest = tools.guest(GUEST)
    odd = guest.with_name("a*\n\x1b#b.elf")
    shutil.copy(guest, odd)
    assert " *   a*??#b.elf: build-id" in tools.gen_func_list(odd).stdout


# -- Several guests -------------------------------------------------------------------

def test_guests_merge_without_duplicates(tools):
    one = tools.guest(GUEST, name="one")
    two = tools.guest(START + "EXTERNAL_FUNC(int, add, int, int)\n"
                      "EXTERNAL_FUNC(int, more, int)\n" + ENTRY, gc=False, name="two")
    text = tools.gen_func_list(one, two).stdout
    assert names(text) == ["add", "fast", "log_line", "more", "plain", "plot"]
    assert f" *   {one.name}: " in text and f" *   {two.name}: " in text


def typed(tools, line, name, arch="x86_64"):
    return tools.guest(START + line + "\n" + ENTRY, gc=False, name=name, arch=arch)


def test_all_type_conflicts_name_both_files_and_both_types(tools):
    one = typed(tools, "EXTERNAL_FUNC(int, add, int) EXTERNAL_FUNC(int, sub, int)", "one")
    two = typed(tools, "EXTERNAL_FUNC(int, add, long) EXTERNAL_FUNC(void, sub)", "two")
    assert failure(tools, one, two) == [
        f"{two}: add has type 'il', int add(long) here, "
        f"but 'ii', int add(int) in {one}",
        f"{two}: sub has type 'v', void sub(void) here, "
        f"but 'ii', int sub(int) in {one}"]


def test_conventions_and_variadic_conflict(tools):
    one = typed(tools, "EXTERNAL_FUNC(int, f, int)", "one", "i386")
    two = typed(tools, "EXTERNAL_FUNC_FASTCALL(int, f, int)", "two", "i386")
    three = typed(tools, "EXTERNAL_FUNC_VARIADIC(int, f, int)", "three", "i386")
    assert failure(tools, one, two) == [
        f"{two}: f has type 'ii' fastcall, int f(int) here, "
        f"but 'ii', int f(int) in {one}"]
    assert failure(tools, one, three) == [
        f"{three}: f has type 'ii.', int f(int, ...) here, but 'ii', int f(int) in {one}"]


def test_untyped_import_agrees_with_any_type(tools):
    one = typed(tools, "EXTERNAL_FUNC(f)", "one")
    two = typed(tools, "EXTERNAL_FUNC(int, f, int)", "two")
    assert comment_of(tools.gen_func_list(one, two).stdout, "f") == "int f(int)"


def test_optional_in_one_and_required_in_another_is_required(tools):
    one = typed(tools, "EXTERNAL_FUNC_OPTIONAL(int, f, int)", "one")
    two = typed(tools, "EXTERNAL_FUNC(int, f, int)", "two")
    assert comment_of(tools.gen_func_list(one).stdout, "f") == "int f(int); optional"
    assert comment_of(tools.gen_func_list(one, two).stdout, "f") == "int f(int)"


def test_word_sizes_may_differ_in_types_and_conventions(tools):
    line = "EXTERNAL_FUNC(size_t, f, size_t)\nEXTERNAL_FUNC_STDCALL(int, g, int)"
    one, two = (strip(typed(tools, line, "guest", arch)) for arch in ARCHES)
    text = tools.gen_func_list(one, two).stdout
    assert comment_of(text, "f") == "type mm"
    assert comment_of(text, "g") == "type ii; stdcall"
    assert comment_of(tools.gen_func_list(two, one).stdout, "f") == "type uu"


# -- JSON -----------------------------------------------------------------------------

def test_json_holds_guests_and_functions(tools):
    guest = tools.guest(GUEST, name="one")
    other = typed(tools, "EXTERNAL_FUNC(int, add, int, int)", "two", "i386")
    report = json.loads(tools.gen_func_list("--json", guest, other).stdout)
    assert [each["file"] for each in report["guests"]] == [str(guest), str(other)]
    first = report["guests"][0]
    assert re.fullmatch("[0-9a-f]{40}", first.pop("build_id"))
    assert first == {"file": str(guest), "abi": 1, "layout": "jumpslot",
                     "machine": "x86_64", "bits": 64}
    functions = {each["name"]: each for each in report["functions"]}
    assert list(functions) == ["add", "fast", "log_line", "plain", "plot"]
    symbols = dict(re.findall(r"([0-9a-f]+) . jumpslot\.slot\.(\w+)",
                              run("nm", guest).stdout))
    slots = {name: f"0x{int(address, 16):x}" for address, name in symbols.items()}
    plot = functions["plot"]
    assert plot.pop("place").endswith(".c:11")
    assert plot == {"name": "plot", "type": "vpm", "optional": True, "variadic": False,
                    "prototype": "void plot(const double *, size_t)",
                    "convention": "cdecl", "slots": [slots["plot"], None]}
    assert functions["add"]["slots"][0] == slots["add"]
    assert functions["add"]["slots"][1].startswith("0x")
    assert functions["plain"]["type"] is None
    assert functions["plain"]["prototype"] is None
    assert functions["log_line"]["variadic"] is True


# -- Skeletons ------------------------------------------------------------------------

def build_skeleton(tools, guest, *flags, arch="x86_64", cc="gcc"):
    source = tools.directory / "skeleton.c"
    tools.gen_func_list(guest, "-o", tools.directory / "func_list.h")
    tools.gen_func_list(guest, "--skeleton", "-o", source)
    return tools.provider(source, *flags, arch=arch, cc=cc)


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("cc", COMPILERS)
@pytest.mark.parametrize("arch", ARCHES)
def test_skeleton_compiles_and_provides_all_names_and_types(tools, arch, cc, stripped):
    guest = tools.guest(TYPES, "-msse2", "-Wno-psabi", arch=arch, gc=False)
    guest = strip(guest) if stripped else guest
    library = build_skeleton(tools, guest, "-msse2", arch=arch, cc=cc)
    provided = read_provider(library).functions
    imports = {each.name: each for each in read_guest(guest).imports}
    assert len(imports) == 22
    assert {name: each.signature for name, each in provided.items()} == \
        {name: each.signature for name, each in imports.items()}


def test_skeleton_keeps_what_the_guest_wrote_where_it_can(tools):
    text = tools.gen_func_list(tools.guest(TYPES, gc=False), "--skeleton").stdout
    assert "\nunsigned small(int8_t arg0, uint8_t arg1, int16_t arg2, " in text
    assert "\nvoid *pointers(const char *arg0, char *const *arg1, " in text
    assert "\nstruct pair *records(const struct pair *arg0, union number *arg1, " \
        "void *arg2)\n{" in text
    assert "\nstruct pair;\n" in text and "\nunion number;\n" in text
    assert "\nint callbacks(void *arg0, void *arg1)\n{" in text
    assert "\nuint32_t names(uint32_t arg0, uint32_t arg1, void *arg2)\n{" in text
    assert "\nint formatted(const char *arg0, int arg1, ...)\n{" in text
    assert "\nEXTERNAL_FUNC_VARIADIC(int, formatted, const char *, int)\n" in text


def test_skeleton_says_where_types_are_to_be_found(tools):
    text = tools.gen_func_list(tools.guest(TYPES, gc=False), "--skeleton").stdout
    prototype = re.escape("int callbacks(void (*)(int, int), int (*)(void))")
    assert re.search(rf" \* TODO: {prototype}\n.*\n"
                     r" \* declares: #include it and use them \(see .*\.c:\d+\)\.\n \*/\n"
                     r"int callbacks\(", text)
    assert "/* TODO: the guest does not record its type. */\n" \
        "void untyped(void)\n" in text


def test_skeleton_leaves_out_what_is_provided(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools)
    text = tools.gen_func_list(guest, "--skeleton", "--provided-by", library).stdout
    assert "log_line(" in text and "add(" not in text


def test_skeleton_of_odd_names_says_that_c_has_no_name_for_them(tools):
    guest = assembled(tools, [("a.b", "iii"), ("while", "v"), ("dots", "i."),
                              ("ok", "v")])
    text = tools.gen_func_list(guest, "--skeleton").stdout
    for name in "a.b", "while", "dots":
        assert f"/* TODO: {name} cannot be defined in C: write it in assembly. */" in text
    assert "void ok(void)\n" in text
    source = tools.write("odd.c", text.replace('#include "func_list.h"\n', ""))
    tools.provider(source)


def test_prototype_that_lies_does_not_reach_the_code(tools):
    guest = debug_record(tools.guest(GUEST), b"add", b"long add(int, evil(); int)")
    text = tools.gen_func_list(guest, "--skeleton").stdout
    assert "\nint32_t add(int arg0, int32_t arg1)\n" in text
    assert text.count("evil") == 1


# -- What providers have --------------------------------------------------------------

def provider_of_add(tools, line="EXTERNAL_FUNC(int, add, int, int)", arch="x86_64",
                    definition="int add(int a, int b) { return a + b; }", **options):
    return tools.provider(f"""
        #include <jumpslot/provider.h>
        {line}
        {definition}
        EF(add)
        EXTERNAL_FUNC(void, plot, const double *, size_t)
        """, arch=arch, **options)


@pytest.mark.parametrize("linker", ["bfd", "lld"])
@pytest.mark.parametrize("arch", ARCHES)
def test_provided_functions_are_left_out_but_declared_ones_are_not(tools, arch, linker):
    guest = tools.guest(GUEST, arch=arch)
    library = provider_of_add(tools, arch=arch, linker=linker)
    for file in library, strip(library):
        text = tools.gen_func_list(guest, "--provided-by", file).stdout
        assert names(text) == ["fast", "log_line", "plain", "plot"]


def test_runner_takes_the_built_in_services_off(tools):
    guest = tools.guest(ROOT / "guests/hello/hello.c")
    runner = BUILD / "bin/jumpslot-runner-x86_64"
    result = tools.gen_func_list(guest, "--provided-by", runner)
    assert names(result.stdout) == []
    assert f" *   {guest.name}: build-id" in result.stdout
    assert result.stderr == \
        "gen-func-list: all functions are provided: the list is empty\n"


def test_several_providers_add_up(tools):
    guest = typed(tools, "EXTERNAL_FUNC(int, add, int, int)\nEXTERNAL_FUNC(one)\n"
                  "EXTERNAL_FUNC(two)", "guest")
    add = provider_of_add(tools)
    one = tools.provider("#include <jumpslot/provider.h>\nEF(one)\nint one(void);\n"
                         "int one(void) { return 1; }\n", name="one")
    result = tools.gen_func_list(guest, "--provided-by", add, "--provided-by", one)
    assert names(result.stdout) == ["two"]


def test_type_mismatch_with_a_provider_names_both(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools, "EXTERNAL_FUNC(long, add, long, long)",
                              definition="long add(long a, long b) { return a + b; }")
    assert failure(tools, guest, "--provided-by", library) == [
        f"{guest}: add has type 'iii', int add(int, int) here, but 'lll' in {library}"]


def test_provider_without_types_provides_all_the_same(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools, "int add(int, int);")
    assert "add" not in names(tools.gen_func_list(guest, "--provided-by", library).stdout)


def test_provider_serves_guests_of_its_machine_only(tools):
    guests = [tools.guest(GUEST, arch=arch) for arch in ARCHES]
    libraries = [provider_of_add(tools, arch=arch) for arch in ARCHES]
    assert failure(tools, guests[1], "--provided-by", libraries[0]) == [
        f"{libraries[0]}: a provider for x86_64, but the guests are for i386"]
    one = tools.gen_func_list(*guests, "--provided-by", libraries[0]).stdout
    assert "add" in names(one)
    both = tools.gen_func_list(*guests, "--provided-by", libraries[0],
                               "--provided-by", libraries[1]).stdout
    assert "add" not in names(both)


def test_longer_records_of_a_later_provider_are_read(tools):
    guest = typed(tools, "EXTERNAL_FUNC(int, add, int, int)\nEXTERNAL_FUNC(one)", "guest")
    library = tools.provider(records_source(24))
    assert names(tools.gen_func_list(guest, "--provided-by", library).stdout) == []


def records_source(size, name="add", type_="iii", version=1, flags=0, extra=""):
    """A provider's sections, by hand."""
    pad = f".zero {size - 16}\\n" if size > 16 else ""
    return f"""
        int add(int, int);
        int add(int a, int b) {{ return a + b; }}
        __asm__(".hidden add\\n .section .jumpslot.strings,\\"a\\",@progbits\\n"
            "n: .asciz \\"{name}\\"\\n o: .asciz \\"one\\"\\n t: .asciz \\"{type_}\\"\\n"
            ".section .jumpslot.provided,\\"a\\",@progbits\\n"
            ".long n - ., t - ., add - ., {flags}\\n {pad}"
            ".long o - ., 0, add - ., 0\\n {pad} {extra}\\n"
            ".section .note.jumpslot.provider,\\"a\\",@note\\n"
            ".long 9, 8, 2\\n .asciz \\"jumpslot\\"\\n .balign 4\\n"
            ".long {version}, {size}\\n"
            ".text\\n");
        """


@pytest.mark.parametrize("options, reason", [
    (dict(version=2), "ABI version 2: this gen-func-list knows version 1"),
    (dict(size=12), "records of 12 bytes in a table of 32"),
    (dict(size=16, extra=".long 0"), "records of 16 bytes in a table of 36"),
    (dict(size=16, name="a b"),
     "record 0: its name is no symbol of letters, digits and _.$"),
    (dict(size=16, type_="iv"), "record 0 (add): its type is no type string"),
    (dict(size=16, name="one"), None),
    (dict(size=16, flags=4), "record 0 (add): flags 0x4 are not all known (0xf3; "
                             "conventions 0 to 0x30)"),
    (dict(size=16, extra=".long o - ., 0, add + 1 - ., 0"), "one is two functions"),
    (dict(size=16, extra=".long n - ., t + 1 - ., 0, 0"),
     "add is declared as 'iii' and as 'ii'"),
])
def test_malformed_provider_tables_are_refused(tools, options, reason):
    guest = tools.guest(GUEST)
    library = tools.provider(records_source(**{"size": 16, **options}))
    if reason:
        assert failure(tools, guest, "--provided-by", library) == [f"{library}: {reason}"]
    else:
        assert names(tools.gen_func_list(guest, "--provided-by", library).stdout)


def test_provider_strings_are_checked_against_their_section(tools):
    guest = tools.guest(GUEST)
    library = provider_of_add(tools)
    offset, address, _ = section(library, ".jumpslot.provided")
    _, strings, size = section(library, ".jumpslot.strings")
    for field, what in (0, "name"), (4, "type"):
        bad = patched(library, offset + field, struct.pack("<i", 0x7000))
        assert failure(tools, guest, "--provided-by", bad) == [
            f"{bad}: record 0: its {what} at 0x{address + field + 0x7000:x} lies outside "
            f"section .jumpslot.strings (0x{size:x} bytes at 0x{strings:x})"]


def test_library_that_is_no_provider_is_refused(tools):
    guest = tools.guest(GUEST)
    library = tools.provider("int f(void);\nint f(void) { return 0; }\n")
    assert failure(tools, guest, "--provided-by", library) == [
        f"{library}: no table of a provider: include <jumpslot/provider.h> and "
        "\"func_list.h\""]


# -- The layout of L4RTEMS and L4Linux ------------------------------------------------

LEGACY = """
__asm__(".macro external name\\n"
	".section .data.l4externals.str,\\"a\\",@progbits\\n 9: .string \\"\\\\name\\"\\n"
	".section .data.l4externals.symtab,\\"a\\",@progbits\\n WORD 9b\\n"
	".section .data.l4externals.jmptbl,\\"aw\\",@progbits\\n WORD _start\\n"
	".endm\\n"
	"external zeta\\n external LOG_printf\\n external l4_utcb_wrap\\n external zeta\\n"
	".text\\n .globl _start\\n _start: ret\\n");
"""
LEGACY_SCRIPT = """
SECTIONS {
	.data.l4externals.str : { *(.data.l4externals.str) }
	.data.l4externals.symtab : { *(.data.l4externals.symtab) }
	.data.l4externals.jmptbl : { *(.data.l4externals.jmptbl) }
} INSERT BEFORE .data;
"""


def legacy_guest(tools, arch, text=LEGACY):
    script = tools.write("legacy.ld", LEGACY_SCRIPT)
    source = text.replace("WORD", ".quad" if arch == "x86_64" else ".long")
    return tools.guest(source, arch=arch, gc=False, script=False, name="legacy",
                       flags=["-T", script])


@pytest.mark.parametrize("arch", ARCHES)
def test_l4_layout_is_read(tools, arch):
    guest = legacy_guest(tools, arch)
    text = tools.gen_func_list(guest).stdout
    assert names(text) == ["LOG_printf", "l4_utcb_wrap", "zeta"]
    assert comment_of(text, "zeta") == "type unknown"
    assert re.search(r"legacy-.*: build-id [0-9a-f]{40}, ABI of l4externals, ", text)
    report = json.loads(tools.gen_func_list(guest, "--json").stdout)
    assert report["guests"][0]["layout"] == "l4externals"
    assert report["guests"][0]["abi"] is None
    word = 8 if arch == "x86_64" else 4
    slots = section(guest, ".data.l4externals.jmptbl")[1]
    assert [each["slots"] for each in report["functions"]] == [
        [f"0x{slots + index * word:x}"] for index in (1, 2, 0)]


@pytest.mark.parametrize("arch", ARCHES)
def test_l4_layout_with_errors_is_refused(tools, arch):
    guest = legacy_guest(tools, arch)
    word = 8 if arch == "x86_64" else 4
    offset, _, size = section(guest, ".data.l4externals.symtab")
    _, strings, length = section(guest, ".data.l4externals.str")
    bad = patched(guest, offset + word, bytes(word))
    assert failure(tools, bad) == [
        f"{bad}: import 1: its name at 0x0 lies outside section .data.l4externals.str "
        f"(0x{length:x} bytes at 0x{strings:x})"]
    header, sh_size = section_header(guest, ".data.l4externals.symtab")
    bad = patched(guest, header + sh_size, bytes([size - 1]))
    assert failure(tools, bad) == [
        f"{bad}: section .data.l4externals.symtab has {size - 1} bytes: not a multiple "
        f"of {word}"]
    bad = patched(guest, header + sh_size, bytes([size - word]))
    assert failure(tools, bad) == [
        f"{bad}: {size - word} bytes of names in .data.l4externals.symtab, but {size} "
        "bytes of slots in .data.l4externals.jmptbl"]


# -- Files that are no guests ---------------------------------------------------------

def test_files_that_cannot_be_read_are_all_reported(tools):
    empty = tools.write("empty", "")
    text = tools.write("text", "hello")
    missing = tools.directory / "missing"
    assert failure(tools, missing, tools.directory, empty, text, "/dev/null") == [
        f"{missing}: No such file or directory",
        f"{tools.directory}: Is a directory",
        f"{empty}: an empty file",
        f"{text}: not an ELF file",
        "/dev/null: not a regular file"]


def test_pipe_is_refused_and_not_waited_for(tools):
    pipe = tools.directory / "pipe"
    os.mkfifo(pipe)
    assert failure(tools, pipe) == [f"{pipe}: not a regular file"]


def test_error_line_holds_no_control_characters(tools):
    odd = tools.directory / "a\n\x1b[2J"
    assert failure(tools, odd) == [f"{tools.directory}/a??[2J: No such file or directory"]


@pytest.mark.parametrize("offset, data, reason", [
    (4, b"\3", "ELF class 3, neither 1 (32 bits) nor 2 (64 bits)"),
    (5, b"\2", "byte order 2, not 1 (little-endian)"),
    (4, b"\1", "made for machine EM_X86_64 with 32 bits, neither i386 nor x86-64"),
    (18, b"\xb7\0", "made for machine EM_AARCH64 with 64 bits, neither i386 nor x86-64"),
    (18, b"\xff\xee", "made for machine 61183 with 64 bits, neither i386 nor x86-64"),
    (16, b"\1", "ELF type ET_REL: not a linked image"),
    (40, bytes(8), "no section headers: gen-func-list finds the tables by them"),
    (58, b"\x10\0", "section headers of 16 bytes, not 64"),
])
def test_headers_of_other_files_are_refused(tools, offset, data, reason):
    bad = patched(tools.guest(GUEST), offset, data)
    line, = failure(tools, bad)
    assert line == f"{bad}: {reason}"


def test_wild_index_of_section_names_is_refused(tools):
    bad = patched(tools.guest(GUEST), 62, b"\xff\xff")
    line, = failure(tools, bad)
    assert re.fullmatch(rf"{bad}: section names in section 65535 of \d+", line)


def test_object_file_is_refused(tools):
    bad = tools.compile(GUEST)
    assert failure(tools, bad) == [f"{bad}: ELF type ET_REL: not a linked image"]


@pytest.mark.parametrize("source", [
    "void _start(void);\nvoid _start(void) {}\n",
    START + "EXTERNAL_FUNC(int, unused, int)\n" + ENTRY])
def test_guest_without_functions_is_an_error_and_writes_nothing(tools, source):
    guest = tools.guest(source)
    target = tools.directory / "func_list.h"
    assert failure(tools, guest, "-o", target) == [f"{guest}: {NO_FUNCTIONS}"]
    assert not target.exists()


# -- Malformed tables -----------------------------------------------------------------

def assembled(tools, entries, **fields):
    """A guest whose tables are written by hand: pairs of name and type, or lines."""
    lines = []
    for index, (name, type_) in enumerate(entries):
        flags = 2 if type_ and type_.endswith(".") else 0
        type_offset = f"t{index} - ." if type_ else 0
        lines += ['.section .externals.str,"a"', f'n{index}: .asciz "{name}"',
                  f't{index}: .asciz "{type_ or ""}"',
                  '.section .externals.symtab,"a"', ".balign 4",
                  f".long n{index} - ., {type_offset}, s{index} - ., {flags}",
                  '.section .externals.jmptbl,"aw"', ".balign 8",
                  f"s{index}: .quad _start"]
    lines += ['.section .externals.jmptbl,"aw"', ".balign 8", "resolver: .quad 0",
              ".text", ".globl _start", "_start: ret",
              '.section .note.jumpslot,"a",@note',
              ".long 9, 8, 1", '.asciz "jumpslot"', ".balign 4",
              f".long {fields.get('version', 1)}, resolver - ."]
    source = tools.write("tables.s", "\n".join(lines) + "\n")
    run("as", "--64", source, "-o", tools.directory / "tables.o")
    return tools.link(tools.directory / "tables.o", script=False, gc=False, name="tables")


def test_unknown_abi_version_is_refused(tools):
    guest = assembled(tools, [("f", "v")], version=7)
    assert failure(tools, guest) == [
        f"{guest}: ABI version 7: this gen-func-list knows version 1"]


@pytest.mark.parametrize("name", ["a b", "1a", "", "a-b", "\\033[2J", "\\303\\244",
                                  "x" * 1024])
def test_names_that_are_no_symbols_are_not_printed(tools, name):
    guest = assembled(tools, [("good", "v"), (name, "v")])
    line, = failure(tools, guest)
    assert line.startswith(f"{guest}: import 1: its name ")
    assert "no symbol of letters" in line or "does not end within 1023 bytes" in line


def test_names_with_dots_and_dollars_are_listed(tools):
    guest = assembled(tools, [("a.b", None), ("$c", None), ("_", None),
                              ("x" * 1023, None)])
    assert names(tools.gen_func_list(guest).stdout) == ["$c", "_", "a.b", "x" * 1023]


@pytest.mark.parametrize("type_", ["v", "iii", "vp.", "i.", "S24.8p", "pS1.1S24.8.",
                                   "V16V8", "bhilctumBpfdDqQ", "S0.1", "S999999.1"])
def test_good_type_strings_are_shown(tools, type_):
    guest = assembled(tools, [("f", type_)])
    shown = comment_of(tools.gen_func_list(guest).stdout, "f").removesuffix("; variadic")
    assert shown == f"type {type_}"


@pytest.mark.parametrize("type_", ["x", "iv", "vv", ".", "i..", "i.i", "S", "S8", "S8.",
                                   "V", "S08.8", "S8.3", "S8.0", "S1234567.1", "V0016",
                                   "i i"])
def test_bad_type_strings_are_refused(tools, type_):
    guest = assembled(tools, [("f", type_)])
    line, = failure(tools, guest)
    assert line.startswith(f"{guest}: import 0 (f): ")
    assert "its type is no type string" in line or "do not agree on variadic" in line


def test_duplicate_names_and_slots_are_refused(tools):
    guest = assembled(tools, [("f", "v"), ("g", "v"), ("f", "v")])
    assert failure(tools, guest) == [f"{guest}: imports 0 and 2 both have the name f"]
    guest = tools.guest(GUEST)
    offset, address, _ = section(guest, ".externals.symtab")
    fields = struct.unpack_from("<iii", guest.read_bytes(), offset)
    bad = patched(guest, offset + 16 + 8, struct.pack("<i", fields[2] - 16))
    assert failure(tools, bad) == [
        f"{bad}: imports 0 and 1 both have the slot 0x{address + 8 + fields[2]:x}"]


def test_each_field_of_an_entry_is_checked(tools):
    guest = tools.guest(GUEST)
    offset, address, _ = section(guest, ".externals.symtab")
    _, strings, length = section(guest, ".externals.str")
    _, slots, room = section(guest, ".externals.jmptbl")
    _, note, _ = section(guest, ".note.jumpslot")
    symbols = run("nm", guest).stdout
    resolver = int(re.search("([0-9a-f]+) . __external_resolver", symbols)[1], 16)
    first = read_guest(guest).imports[0].name

    far = 0x70000000
    outside = (f"lies outside section .externals.str (0x{length:x} bytes at "
               f"0x{strings:x})")
    no_word = (f"is no aligned word of section .externals.jmptbl (0x{room:x} bytes at "
               f"0x{slots:x})")
    for field, value, reason in [
            (0, far, f"import 0: its name at 0x{address + far:x} {outside}"),
            (4, far, f"import 0: its type at 0x{address + 4 + far:x} {outside}"),
            (8, 0, f"import 0 ({first}): its slot 0x{address + 8:x} {no_word}"),
            (8, slots + 1 - address - 8, f"import 0 ({first}): its slot 0x{slots + 1:x} "
                                         f"{no_word}"),
            (8, slots + room - address - 8,
             f"import 0 ({first}): its slot 0x{slots + room:x} {no_word}"),
            (8, resolver - address - 8,
             f"import 0 ({first}): its slot 0x{resolver:x} is the resolver pointer"),
            (12, 4, f"import 0 ({first}): flags 0x4 are not all known (0xf3; conventions "
                    "0 to 0x30)"),
            (12, 0x40, f"import 0 ({first}): flags 0x40 are not all known (0xf3; "
                       "conventions 0 to 0x30)"),
            (12, 0x20, f"import 0 ({first}): flags 0x20 state an i386 calling "
                       "convention")]:
        bad = patched(guest, offset + field, struct.pack("<i", value))
        assert failure(tools, bad) == [f"{bad}: {reason}"]


def test_string_without_an_end_is_refused(tools):
    guest = assembled(tools, [("f", None), ("g", None)])
    header, sh_size = section_header(guest, ".externals.str")
    _, address, size = section(guest, ".externals.str")
    bad = patched(guest, header + sh_size, bytes([size - 2]))
    assert failure(tools, bad) == [
        f"{bad}: import 1: its name at 0x{address + size - 3:x} does not end within 1023 "
        f"bytes and section .externals.str (0x{size - 2:x} bytes at 0x{address:x})"]


def test_sizes_of_tables_are_checked(tools):
    guest = tools.guest(GUEST)
    header, sh_size = section_header(guest, ".externals.symtab")
    bad = patched(guest, header + sh_size, b"\x41")
    assert failure(tools, bad) == [
        f"{bad}: section .externals.symtab has 65 bytes: not a multiple of 16"]
    size = len(guest.read_bytes())
    bad = patched(guest, header + sh_size, struct.pack("<Q", 1 << 40))
    line, = failure(tools, bad)
    assert line.startswith(f"{bad}: truncated: section .externals.symtab has "
                           "0x10000000000 bytes at ")
    assert line.endswith(f"the file ends at 0x{size:x}")
    large = bad.read_bytes() + bytes((abi.MAX_IMPORTS + 1) * 16)
    bad = patched(guest, header + sh_size, struct.pack("<Q", (abi.MAX_IMPORTS + 1) * 16))
    bad.write_bytes(bad.read_bytes() + large)
    assert failure(tools, bad) == [f"{bad}: 1048577 imports: at most 1048576"]


@pytest.mark.parametrize("missing", [".externals.str", ".externals.jmptbl",
                                     ".note.jumpslot"])
def test_each_missing_section_is_named(tools, missing):
    guest = tools.guest(GUEST)
    other = b"x" * len(missing)
    guest.write_bytes(guest.read_bytes().replace(missing.encode() + b"\0", other + b"\0"))
    assert failure(tools, guest) == [f"{guest}: no section {missing}"]


def test_malformed_notes_are_refused(tools):
    guest = tools.guest(GUEST)
    offset, address, size = section(guest, ".note.jumpslot")
    where = f"section .note.jumpslot (0x{size:x} bytes at 0x{address:x})"
    wild = b"\xff" * 4
    for at, data in (0, wild), (4, b"\4"), (4, wild), (8, b"\2"), (12, b"x"):
        bad = patched(guest, offset + at, data)
        assert failure(tools, bad) == [
            f"{bad}: malformed note: {where} holds no note of owner \"jumpslot\" and "
            "type 1"]
    bad = patched(guest, offset + 28, bytes(4))
    assert failure(tools, bad)[0].startswith(
        f"{bad}: malformed note: the resolver pointer at 0x{address + 28:x} is no "
        "aligned word of section .externals.jmptbl")


def test_two_sections_of_one_name_are_refused(tools):
    guest = tools.guest(GUEST)
    image = guest.read_bytes()
    assert image.count(b".debug_externals\0") == 1
    one, _ = section_header(guest, ".externals.symtab")
    two, _ = section_header(guest, ".comment")
    bad = patched(guest, two, image[one:one + 4])
    assert failure(tools, bad) == [f"{bad}: 2 sections are called .externals.symtab"]


# -- Hostile files --------------------------------------------------------------------

def outcome(path, image, read=read_guest):
    """What a file's bytes give; anything but a result or a Problem fails the test."""
    path.write_bytes(image)
    try:
        return read(path)
    except Problem as problem:
        assert "\n" not in problem.reason and problem.reason.isprintable()
        return None


@pytest.mark.parametrize("arch", ARCHES)
def test_truncated_file_is_an_error_and_never_a_shorter_list(tools, arch):
    guest = tools.guest(GUEST, arch=arch)
    image = guest.read_bytes()
    with open(guest, "rb") as file:
        elf = ELFFile(file)
        edges = [each[key] for each in elf.iter_sections() for key in ("sh_offset",)]
        edges += [each["sh_offset"] + each["sh_size"] for each in elf.iter_sections()]
        edges += [elf["e_shoff"] + i * elf["e_shentsize"] for i in range(elf["e_shnum"])]
    cuts = {*range(0, len(image), 97), *edges, *(edge + 1 for edge in edges), *range(70)}
    bad = tools.directory / "cut.elf"
    for cut in sorted(cut for cut in cuts if cut < len(image)):
        assert outcome(bad, image[:cut]) is None, cut
    for cut in 0, 3, 17, 52, 64, len(image) // 2, len(image) - 1:
        bad.write_bytes(image[:cut])
        line, = failure(tools, bad)
        assert line.startswith(f"{bad}: ") and line != f"{bad}: {NO_FUNCTIONS}"


def corruptions(image, start, size):
    for offset in range(start, start + size):
        byte = image[offset]
        for value in {0, 0xFF, 0x80, byte ^ 1, byte ^ 0x40} - {byte}:
            yield offset, image[:offset] + bytes([value]) + image[offset + 1:]


@pytest.mark.parametrize("arch", ARCHES)
def test_no_corrupt_byte_of_table_note_or_headers_gives_a_crash(tools, arch):
    guest = tools.guest(GUEST, arch=arch)
    image = guest.read_bytes()
    bad = tools.directory / "corrupt.elf"
    ranges = [section(guest, name)[::2] for name in (
        ".externals.symtab", ".externals.str", ".note.jumpslot", ".note.gnu.build-id")]
    header_size = 64 if arch == "x86_64" else 40
    ranges += [(section_header(guest, name)[0], header_size) for name in (
        ".externals.symtab", ".externals.str", ".externals.jmptbl", ".note.jumpslot",
        ".debug_externals", ".shstrtab")]
    for start, size in [(0, 64), *ranges]:
        for offset, corrupt in corruptions(image, start, size):
            result = outcome(bad, corrupt)
            assert result is None or result.imports, offset


def test_no_corrupt_byte_of_a_provider_gives_a_crash(tools):
    library = provider_of_add(tools)
    image = library.read_bytes()
    bad = tools.directory / "corrupt.so"
    for name in ".jumpslot.provided", ".jumpslot.strings", ".note.jumpslot.provider":
        for _, corrupt in corruptions(image, *section(library, name)[::2]):
            outcome(bad, corrupt, read_provider)


@pytest.mark.parametrize("layout", ["jumpslot", "compressed", "l4externals"])
def test_randomly_damaged_files_give_a_result_or_a_problem(tools, layout):
    guest = {"jumpslot": lambda: tools.guest(GUEST, arch="i386"),
             "compressed": lambda: tools.guest(
                 GUEST, flags=["-Wl,--compress-debug-sections=zlib"]),
             "l4externals": lambda: legacy_guest(tools, "x86_64")}[layout]()
    image, bad = guest.read_bytes(), tools.directory / "damaged.elf"
    chance = random.Random(1)
    for _ in range(1500):
        damaged = bytearray(image)
        for _ in range(chance.choice([1, 4, 64])):
            damaged[chance.randrange(len(image))] = chance.randrange(256)
        outcome(bad, damaged)


def test_a_hundred_thousand_imports_are_listed(tools):
    count = 100_000
    guest = assembled(tools, [(f"f{index}", "iip" if index % 2 else None)
                              for index in range(count)])
    text = tools.gen_func_list(guest).stdout
    assert names(text) == sorted(f"f{index}" for index in range(count))


# -- Output and command line ----------------------------------------------------------

def test_output_file_is_replaced_in_one_step(tools):
    guest = tools.guest(GUEST)
    target = tools.write("func_list.h", "old")
    link = tools.directory / "link.h"
    link.symlink_to(target)
    result = tools.gen_func_list(guest, "-o", link)
    assert result.stdout == "" and result.stderr == ""
    assert target.read_text() == tools.gen_func_list(guest).stdout
    assert link.is_symlink()
    assert not [each for each in tools.directory.iterdir() if "tmp" in each.name]


def test_output_file_is_untouched_after_an_error(tools):
    guest, target = tools.write("guest", "no"), tools.write("func_list.h", "old")
    failure(tools, guest, "-o", target)
    assert target.read_text() == "old"


def test_output_file_gets_the_usual_permissions(tools):
    target = tools.directory / "func_list.h"
    tools.gen_func_list(tools.guest(GUEST), "-o", target)
    plain = tools.write("plain", "")
    assert target.stat().st_mode == plain.stat().st_mode


def test_output_that_cannot_be_written_is_named(tools):
    guest = tools.guest(GUEST)
    target = tools.directory / "missing/func_list.h"
    assert failure(tools, guest, "-o", target) == [f"{target}: No such file or directory"]
    assert failure(tools, guest, "-o", tools.directory) == [
        f"{tools.directory}: Is a directory"]
    assert failure(tools, guest, "-o", "/dev/full") == [
        "/dev/full: No space left on device"]
    with open("/dev/full", "wb") as full:
        result = subprocess.run([TOOL, guest], stdout=full, stderr=subprocess.PIPE,
                                text=True, check=False)
    assert result.returncode == 1
    assert result.stderr == "gen-func-list: standard output: No space left on device\n"


def test_input_is_never_replaced(tools):
    guest = tools.guest(GUEST)
    image = guest.read_bytes()
    assert failure(tools, guest, "-o", guest) == [f"{guest}: is an input, too"]
    assert guest.read_bytes() == image


def test_device_is_written_to_and_not_replaced(tools):
    tools.gen_func_list(tools.guest(GUEST), "-o", "/dev/null")
    assert not os.path.isfile("/dev/null")


@pytest.mark.parametrize("arguments, reason", [
    ([], "the following arguments are required: GUEST.elf"),
    (["a.elf", "--json", "--skeleton"],
     "argument --skeleton: not allowed with argument --json"),
    (["a.elf", "--bad"], "unrecognized arguments: --bad"),
    (["a.elf", "-o"], "argument -o: expected one argument"),
])
def test_wrong_usage_is_one_line_and_status_2(tools, arguments, reason):
    assert failure(tools, *arguments, status=2) == [
        f"{reason} (see gen-func-list --help)"]


def test_help_and_version(tools):
    text = tools.gen_func_list("--help").stdout
    for option in "-o FILE", "--json", "--skeleton", "--provided-by FILE.so", "--version":
        assert option in text
    assert re.fullmatch(r"gen-func-list \d+\.\d+\.\d+, ABI 1\n",
                        tools.gen_func_list("--version").stdout)


# -- The contract ---------------------------------------------------------------------

def test_constants_are_those_of_external_abi(tools):
    own = {"SECTION_PROVIDER_STRINGS", "CONVENTIONS", "RECORD_FORMAT", "RECORD_SIZE",
           "GUEST_NOTE_FORMAT", "PROVIDER_NOTE_FORMAT"}
    values = {name: value for name, value in inspect.getmembers(abi)
              if name.isupper() and name not in own}
    lines = [f'printf("{name}={"%s" if isinstance(value, str) else "%d"}\\n", '
             f"JUMPSLOT_{name});" for name, value in values.items()]
    lines += [f'printf("{name}=%d\\n", (int)sizeof(struct {name}));' for name in (
        "jumpslot_import", "jumpslot_provided", "jumpslot_note_desc",
        "jumpslot_provider_note_desc")]
    source = tools.write("constants.c", "#include <stdio.h>\n"
                         "#include <jumpslot/external_abi.h>\nint main(void)\n{\n"
                         + "\n".join(lines) + "\nreturn 0;\n}\n")
    program = tools.directory / "constants"
    run("gcc", MACHINE["x86_64"], "-I", ROOT / "guest-macros", source, "-o", program)
    said = dict(line.split("=") for line in run(program).stdout.splitlines())
    assert said.pop("jumpslot_import") == str(struct.calcsize(abi.RECORD_FORMAT))
    assert said.pop("jumpslot_provided") == str(abi.RECORD_SIZE)
    assert said.pop("jumpslot_note_desc") == str(struct.calcsize(abi.GUEST_NOTE_FORMAT))
    assert said.pop("jumpslot_provider_note_desc") == \
        str(struct.calcsize(abi.PROVIDER_NOTE_FORMAT))
    assert said == {name: str(value) for name, value in values.items()}


def test_strings_section_of_providers_has_the_name_that_is_read(tools):
    library = provider_of_add(tools)
    elf = ELFFile(BytesIO(library.read_bytes()))
    assert elf.get_section_by_name(abi.SECTION_PROVIDER_STRINGS)
