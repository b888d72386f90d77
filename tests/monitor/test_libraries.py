"""Partition libraries: providers that run in the guest's ring, unchanged."""

import pytest
from conftest import BUILD, MACHINE, ROOT, each_arch as arch, run  # noqa: F401
from partition import in_partition

LINE = "print(('%s %d %q'):format(_VERSION, 7 // 2, 'a b'), 2^0.5, string.rep('x', 3))"
STATES = """
local states = {}
for i = 1, 50 do
  states[i] = coroutine.wrap(function() for n = 1, 20 do coroutine.yield(i * n) end end)
end
local sum = 0
for n = 1, 20 do for i = 1, 50 do sum = sum + states[i]() end end
print(sum, select("#", pcall(error, {})), collectgarbage("count") > 0)
"""


def library(name, arch):
    return BUILD / f"partitions/{name}-{arch}.lib"


def lua(arch, *arguments, options=(), **more):
    """Lua needs functions that no partition has only to open files."""
    return in_partition("--work-area", "8M", "--allow-missing", *options, "--provider",
                        library("newlib", arch), BUILD / f"guests/lua-{arch}.elf",
                        *arguments, **more)


def in_process(arch, *arguments):
    return run(BUILD / "bin/host-wrapper", "--work-area", "8M", "--provider",
               BUILD / f"providers/newlib-{arch}.so", BUILD / f"guests/lua-{arch}.elf",
               *arguments)


def test_the_unchanged_calculator_prints_the_same_as_in_a_process(arch):
    guest = BUILD / f"guests/calculator-{arch}.elf"
    process = run(BUILD / "bin/host-wrapper", "--provider",
                  BUILD / f"providers/calculator-{arch}.so", guest)
    partition = in_partition("--provider", library("calculator", arch), guest)
    assert (partition.stdout, partition.stderr, partition.returncode) == \
        (process.stdout, "", 0)


# Sources of tests/calls, and what their guests are told of how calls are carried.
CALLS = {"calls": [], "calls_x86_64": ["direct"], "calls_i386": ["direct"],
         "calls_conventions_i386": []}


@pytest.mark.parametrize("source,arch", [
    ("calls", "x86_64"), ("calls", "i386"), ("calls_x86_64", "x86_64"),
    ("calls_i386", "i386"), ("calls_conventions_i386", "i386")])
def test_every_kind_of_call_of_a_library_is_right(tools, source, arch):
    """Types, structures, variadic functions and conventions, as in a process."""
    folder = ROOT / "tests/calls/guests"
    flags = ["-O2", "-mavx", "-Wno-psabi", "-I", folder]
    made = tools.directory / f"{source}.lib"
    run(ROOT / "gen/jumpslot-cc", "--partition-library", f"--build={BUILD}",
        MACHINE[arch], *flags, folder / f"{source}_provider.c", "-o", made)
    guest = tools.guest(folder / f"{source}_guest.c", *flags, arch=arch)
    result = in_partition("--provider", made, guest, *CALLS[source])
    assert (result.stdout, result.stderr, result.returncode) == ("done\n", "", 0)


@pytest.mark.parametrize("code", [LINE, STATES], ids=["line", "states"])
def test_lua_on_newlib_prints_the_same_as_in_a_process(arch, code):
    result = lua(arch, "-e", code)
    assert (result.stdout, result.returncode) == (in_process(arch, "-e", code).stdout, 0)


def test_a_library_reads_the_console_by_lines_until_the_end(arch):
    result = lua(arch, "-e", "for line in io.lines() do print('<' .. line .. '>') end",
                 input="one\ntwo words\n\x04")
    assert (result.stdout, result.returncode) == ("<one>\n<two words>\n", 0)


def test_the_status_of_the_guest_comes_back_through_the_library(arch):
    assert lua(arch, "-e", "io.stderr:write('bye\\n') os.exit(7)").returncode == 7


def test_the_report_says_what_cannot_run_in_a_partition(arch):
    result = in_partition("--provider", library("newlib", arch),
                          BUILD / f"guests/lua-{arch}.elf")
    missing = [line.split("; ")[1] for line in result.stderr.splitlines()[1:]]
    needs = (f"{library('newlib', arch)} needs the system call %s, which a partition "
             "does not have")
    assert missing == 3 * [needs % "readlinkat"] + [needs % "getrandom"]
    assert result.returncode == 127 and result.stdout == ""


def test_the_table_lists_functions_of_a_library_as_direct(arch):
    rows = in_partition("--list", "--provider", library("newlib", arch),
                        BUILD / f"guests/lua-{arch}.elf").stdout.splitlines()
    row = {line.split()[0]: line.split()[-2:] for line in rows[2:]}
    assert row["newlib_write"] == ["direct", "ok"]
    assert row["newlib_open"] == ["-", "MISSING"]


def test_a_library_starts_again_with_its_guest(tools, arch):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        #include <newlib_calls.h>
        JUMPSLOT_ENTRY(info)
        {
                volatile unsigned *count = (void *)(uintptr_t)info->work_area_base;
                if (newlib_write(1, "up\\n", 3) != 3 || newlib_close(1) ||
                    newlib_write(1, "down\\n", 5) != -NEWLIB_EBADF)
                        return 1;
                if (++*count < 3)
                        _BSP_Virtual_reset(1);
                return (int)*count;
        }
        """, "-I", "guests/newlib")
    result = in_partition("--provider", library("newlib", arch), guest)
    assert (result.stdout, result.stderr, result.returncode) == (3 * "up\n", "", 3)


def refused(result, line):
    assert (result.stdout, result.stderr) == ("", f"host-wrapper: {line}\n")
    assert result.returncode == 125


def test_a_library_that_does_not_start_gives_its_reason(arch):
    guest = BUILD / f"guests/lua-{arch}.elf"
    result = in_partition("--allow-missing", "--provider",
                          f"{library('newlib', arch)},color=red", guest)
    assert result.stderr.endswith("a partition library does not start: color=red: "
                                  "unknown option (expected root=DIRECTORY)\n")
    assert result.returncode == 125


def test_each_host_takes_its_own_kind_of_provider(arch):
    guest = BUILD / f"guests/calculator-{arch}.elf"
    shared = BUILD / f"providers/calculator-{arch}.so"
    refused(in_partition("--provider", shared, guest),
            f"{shared}: not a partition library (expected a file that jumpslot-cc "
            "--partition-library made)")
    fixed = library("calculator", arch)
    refused(run(BUILD / "bin/host-wrapper", "--provider", fixed, guest, check=False),
            f"{fixed}: not a shared library")


def test_options_that_are_too_long_are_refused(arch):
    fixed = library("newlib", arch)
    result = in_partition("--allow-missing", "--provider", f"{fixed},{'x' * 504}",
                          BUILD / f"guests/lua-{arch}.elf")
    assert result.stderr.endswith(
        f"{fixed}: options of 504 bytes (expected at most 503)\n")
    assert result.returncode == 125


def test_a_library_where_the_guest_is_is_refused(tools, arch):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <calculator.h>
        JUMPSLOT_ENTRY(info) { (void)info; return (int)calculator_add(1, 2); }
        """, "-I", "guests/calculator", flags=["-Wl,-Ttext-segment=0x70000000"])
    result = in_partition("--provider", library("calculator", arch), guest)
    assert f"{library('calculator', arch)} at 0x" in result.stderr
    assert "overlaps" in result.stderr and result.stderr.count("\n") == 1
    assert result.returncode == 125


@pytest.mark.parametrize("change,problem", [
    (["--remove-section=.jumpslot.library"], "no section .jumpslot.library of 512 bytes "
     "(expected a partition library)"),
    (["--remove-section=.jumpslot.provided"], "no table of a provider: include "
     "<jumpslot/provider.h> and \"func_list.h\""),
], ids=["no map", "no table"])
def test_a_damaged_library_is_refused(tmp_path, arch, change, problem):
    damaged = tmp_path / "damaged.lib"
    run("objcopy", *change, library("calculator", arch), damaged)
    result = in_partition("--provider", damaged,
                          BUILD / f"guests/calculator-{arch}.elf")
    refused(result, f"{damaged}: {problem}")


def test_a_library_cut_short_is_refused(tmp_path, arch):
    whole = library("calculator", arch).read_bytes()
    short = tmp_path / "short.lib"
    for size in range(0, len(whole), len(whole) // 12):
        short.write_bytes(whole[:size])
        result = in_partition("--provider", short,
                              BUILD / f"guests/calculator-{arch}.elf")
        assert result.returncode in (125, 127) and result.stdout == ""


def test_an_import_that_no_partition_has_is_refused(tools, arch):
    tools.write("func_list.h", "EF(twice)\n")
    source = tools.write("twice.c", """
        #include <jumpslot/provider.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, twice, int)
        #include "func_list.h"
        int third(int);
        int twice(int x) { return third(x); }
        """)
    imports = tools.write("imports.c", """
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, third_of, int)
        int third(int);
        int third(int x) { return third_of(x); }
        JUMPSLOT_ENTRY(info) { (void)info; return 0; }
        """)
    fixed = tools.link(tools.compile(source, "-I", "host-wrapper/include", "-I",
                                     tools.directory),
                       tools.compile(imports), name="twice", gc=False,
                       flags=["-Wl,-Ttext-segment=0x70000000"])
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, twice, int)
        JUMPSLOT_ENTRY(info) { (void)info; return twice(4); }
        """, name="caller")
    refused(in_partition("--provider", fixed, guest),
            f"{fixed}: imports third_of, which a partition does not have (expected "
            "services of the monitor's runtime)")
