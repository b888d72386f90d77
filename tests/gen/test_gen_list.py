"""gen-func-list: the list, several guests at once, and JSON."""

import json
import re
import shutil
import struct

import pytest

from conftest import WARNINGS, run
from gen_tool import (
    ARCHES, COMPILERS, ENTRY, GUEST, START, TOOL, comment_of, debug_record, failure,
    names, patched, section, section_header, strip, typed,
)


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


def test_a_list_without_its_macro_is_one_error_of_the_compiler(tools, tmp_path):
    (tmp_path / "func_list.h").write_text(
        tools.gen_func_list(tools.guest(GUEST)).stdout)
    (tmp_path / "provider.c").write_text('#include "func_list.h"\n')
    built = run("gcc", "-c", "provider.c", "-o", "x.o", cwd=tmp_path, check=False)
    assert built.stderr.count(": error: ") == 1
    assert '"include <jumpslot/provider.h> first, or define EF(name)"' in built.stderr
    assert built.returncode == 1


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
def test_static_pie_and_both_linkers(tools, linker):
    guest = tools.guest(GUEST, pie=True, linker=linker, script=linker == "bfd")
    text = tools.gen_func_list(guest).stdout
    assert names(text) == ["add", "fast", "log_line", "plain", "plot"]
    assert comment_of(text, "add") == "int add(int, int)"


def test_an_image_that_host_wrapper_would_not_load_is_refused(tools):
    """The stubs of i386 hold absolute addresses; the others break a rule of segments."""
    moved = tools.guest(GUEST, arch="i386", pie=True, flags=["-Wl,-z,notext"])
    assert failure(tools, moved) == [
        f"{moved}: a position-independent i386 image: link with -no-pie"]
    writable = tools.guest(GUEST, name="writable", flags=["-Wl,-N"])
    line, = failure(tools, writable)
    assert line.startswith(f"{writable}: segment 0 at 0x")
    low = tools.guest(GUEST, name="low", flags=["-Wl,-Ttext-segment=0"])
    line, = failure(tools, low)
    assert line == (f"{low}: segment 0 at 0x0: page zero stays unmapped, to catch null "
                    "pointers")


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
    for start, reason in [
            (0, "has compression 4294967295 (expected zlib)"),
            (24, "cannot be decompressed")]:
        damaged = patched(guest, offset + start, b"\xff" * (size - start))
        result = tools.gen_func_list(damaged)
        assert comment_of(result.stdout, "add") == "type iii"
        assert result.stderr == (
            f"gen-func-list: {damaged}: section .debug_externals {reason}; the list has "
            "no places and prototypes from there on\n")


def test_file_name_cannot_end_the_head(tools):
    guest = tools.guest(GUEST)
    odd = guest.with_name("a*\n\x1b#b.elf")
    shutil.copy(guest, odd)
    assert " *   a*??#b.elf: build-id" in tools.gen_func_list(odd).stdout


def test_guests_merge_without_duplicates(tools):
    one = tools.guest(GUEST, name="one")
    two = tools.guest(START + "EXTERNAL_FUNC(int, add, int, int)\n"
                      "EXTERNAL_FUNC(int, more, int)\n" + ENTRY, gc=False, name="two")
    text = tools.gen_func_list(one, two).stdout
    assert names(text) == ["add", "fast", "log_line", "more", "plain", "plot"]
    assert f" *   {one.name}: " in text and f" *   {two.name}: " in text


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
