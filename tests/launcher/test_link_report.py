"""The link report: everything that is wrong, at once, before the first instruction."""

import json
import os
import shutil
import subprocess

import pytest
from conftest import BUILD, each_arch as arch, only_x86_64, run

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(int, sensor_read, int)
    EXTERNAL_FUNC(double, sensor_scale, double, float)
    EXTERNAL_FUNC(long, sensor_store, const void *, unsigned long)
    EXTERNAL_FUNC(untyped_thing)
    EXTERNAL_FUNC_OPTIONAL(void, sensor_extra, int)
    EXTERNAL_FUNC_VARIADIC(int, sensor_log, const char *)
    int untyped_thing(int);
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_Console_write("started\\n", 8);
            if (external_available(sensor_extra))
                    sensor_extra(1);
            return sensor_read(1) + (int)sensor_scale(1, 2) + (int)sensor_store("", 0) +
                   untyped_thing(3) + sensor_log("x");
    }
    """

RIGHT = """
    #include <jumpslot/provider.h>
    EXTERNAL_FUNC(int, sensor_read, int)
    EXTERNAL_FUNC(double, sensor_scale, double, float)
    EXTERNAL_FUNC(long, sensor_store, const void *, unsigned long)
    EXTERNAL_FUNC_VARIADIC(int, sensor_log, const char *)
    int untyped_thing(int a);
    EF(sensor_read) EF(sensor_scale) EF(sensor_store) EF(untyped_thing) EF(sensor_log)
    int sensor_read(int a) { return a; }
    double sensor_scale(double a, float b) { return a * (double)b; }
    long sensor_store(const void *a, unsigned long b) { return a ? (long)b + 4 : 0; }
    int untyped_thing(int a) { return a; }
    int sensor_log(const char *a, ...) { return a[0] == 'x' ? 7 : 0; }
    """


@only_x86_64
def test_all_that_is_wrong_is_reported_at_once(tools):
    guest = tools.guest(GUEST, name="sensors")
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(long, sensor_store, const void *, int)
        EXTERNAL_FUNC(int, sensor_reed, int)
        EXTERNAL_FUNC(int, sensor_log, const char *)
        EF(sensor_store) EF(sensor_reed) EF(sensor_log)
        long sensor_store(const void *a, int b) { return a ? b : 0; }
        int sensor_reed(int a) { return a; }
        int sensor_log(const char *a) { return a[0]; }
        """)
    result = tools.wrapper("--provider", provider, guest)
    source = tools.directory / "source0.c"
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"host-wrapper: {guest}: of 7 imports, 3 missing and 2 mistyped",
        f"  missing: int sensor_read(int), declared at {source}:4; "
        f"similar: sensor_reed in {provider}",
        f"  missing: double sensor_scale(double, float), declared at {source}:5",
        f"  mismatch: long sensor_store(const void *, unsigned long), declared at "
        f"{source}:6; {provider} has int64_t sensor_store(void *, int32_t) "
        "(guest lpm, provider lpi)",
        f"  missing: untyped_thing, declared at {source}:7",
        f"  mismatch: int sensor_log(const char *, ...), declared at {source}:9; "
        f"{provider} has int32_t sensor_log(void *) (guest ip., provider ip)",
    ]
    assert result.returncode == 127


@only_x86_64
def test_a_stripped_guest_is_reported_from_its_types(tools):
    guest = tools.guest(GUEST, flags=["-s"])
    result = tools.wrapper(guest)
    assert "  missing: double sensor_scale(double, float)\n" in result.stderr
    assert "  missing: int64_t sensor_store(void *, uint64_t)\n" in result.stderr
    assert "  missing: int32_t sensor_log(void *, ...)\n" in result.stderr
    assert "  missing: untyped_thing\n" in result.stderr
    assert result.returncode == 127


def test_a_complete_guest_starts_and_runs_stripped_too(tools):
    provider = tools.provider(RIGHT)
    for flags in [], ["-s"]:
        result = tools.wrapper("--provider", provider, tools.guest(GUEST, flags=flags))
        assert (result.stdout, result.stderr) == ("started\n", "")
        assert result.returncode == 1 + 2 + 4 + 3 + 7


def test_the_first_provider_that_has_a_name_serves_it(tools):
    guest = tools.guest(GUEST)
    first = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, sensor_read, int)
        EF(sensor_read)
        int sensor_read(int a) { return a + 50; }
        """, name="first")
    second = tools.provider(RIGHT, name="second")
    result = tools.wrapper("--provider", first, "--provider", second, guest)
    assert result.returncode == 51 + 2 + 4 + 3 + 7
    result = tools.wrapper("--provider", second, "--provider", first, guest)
    assert result.returncode == 1 + 2 + 4 + 3 + 7


def test_a_provider_may_replace_a_built_in_service(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <jumpslot/virt_bsp.h>
        #include <unistd.h>
        EF(_BSP_Virtual_Console_write)
        int _BSP_Virtual_Console_write(const char *bytes, size_t count)
        {
                return bytes ? (int)write(1, "replaced\\n", 9) + (int)count : 0;
        }
        """)
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info) { (void)info; return _BSP_Virtual_Console_write("x", 1); }
        """)
    result = tools.wrapper("--provider", provider, guest)
    assert (result.stdout, result.returncode) == ("replaced\n", 10)


OPTIONAL_GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC_OPTIONAL(int, extra, int)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            return external_available(extra) ? extra(3) : 9;
    }
    """


def test_an_optional_function_is_present_or_absent(tools):
    guest = tools.guest(OPTIONAL_GUEST)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, extra, int)
        EF(extra)
        int extra(int a) { return a + 1; }
        """)
    for bind in "lazy", "now":
        assert tools.wrapper("--bind", bind, guest).returncode == 9
        result = tools.wrapper("--bind", bind, "--provider", provider, guest)
        assert result.returncode == 4


def test_a_mistyped_optional_function_is_reported_and_absent(tools):
    guest = tools.guest(OPTIONAL_GUEST)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, extra, double)
        EF(extra)
        int extra(double a) { return (int)a; }
        """)
    result = tools.wrapper("--provider", provider, guest)
    lines = result.stderr.splitlines()
    assert lines[0] == f"host-wrapper: {guest}: of 1 import, 0 missing and 0 mistyped"
    assert lines[1].startswith("  optional, mismatch: int extra(int), declared at ")
    assert result.returncode == 9


@only_x86_64
def test_a_guest_without_any_provider_is_told_how_to_name_one(tools):
    guest = tools.guest(GUEST)
    hint = "  hint: --provider FILE names a library of functions\n"
    assert tools.wrapper(guest).stderr.endswith(hint)
    other = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, unused, int)
        EF(unused)
        int unused(int a) { return a; }
        """)
    assert hint not in tools.wrapper("--provider", other, guest).stderr


def test_calling_what_nobody_provides_names_function_and_caller(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC_OPTIONAL(int, extra, int)
        int caller(int a);
        __attribute__((noinline)) int caller(int a) { return extra(a) + 1; }
        JUMPSLOT_ENTRY(info) { (void)info; return caller(2); }
        """)
    for bind in "lazy", "now":
        result = tools.wrapper("--bind", bind, guest)
        assert result.stderr.startswith(
            f"host-wrapper: {guest}: stopped by signal 4 (Illegal instruction): "
            "called extra, which no provider has, from 0x")
        line, *account = result.stderr.splitlines()
        assert " <caller+0x" in line
        assert all(more.startswith("  ") for more in account)
        assert result.returncode == 127


def test_calling_what_is_mistyped_says_so(tools):
    guest = tools.guest(GUEST)
    provider = tools.provider(RIGHT.replace("sensor_read, int)", "sensor_read, float)")
                              .replace("int sensor_read(int a) { return a; }",
                                       "int sensor_read(float a) { return (int)a; }"))
    result = tools.wrapper("--allow-missing", "--provider", provider, guest)
    assert result.stdout == "started\n"
    assert ": called sensor_read, which is provided with another type, from 0x" in (
        result.stderr)
    assert result.returncode == 127


@pytest.mark.parametrize("inline", [[], ["-DJUMPSLOT_INLINE_CALLS"]])
def test_allow_missing_starts_and_reports_the_call(tools, inline):
    guest = tools.guest(GUEST, *inline)
    result = tools.wrapper("--allow-missing", guest)
    assert result.stdout == "started\n"
    assert f"{guest}: of 7 imports, 5 missing and 0 mistyped\n" in result.stderr
    assert ", which no provider has, from 0x" in result.stderr
    assert result.returncode == 127


def test_types_that_one_side_does_not_know_are_not_compared(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(one)
        EXTERNAL_FUNC(int, two, int)
        int one(int);
        JUMPSLOT_ENTRY(info) { (void)info; return one(1) + two(2); }
        """)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        EXTERNAL_FUNC(int, one, int)
        int two(int a);
        EF(one) EF(two)
        int one(int a) { return a; }
        int two(int a) { return a; }
        """)
    result = tools.wrapper("--list", "--provider", provider, guest)
    assert result.stdout.count("  ok, type unchecked\n") == 2
    assert tools.wrapper("--provider", provider, guest).returncode == 3


@only_x86_64
def test_list_prints_the_table_and_does_not_start(tools):
    guest = tools.guest(GUEST)
    result = tools.wrapper("--list", "--provider", tools.provider(RIGHT), guest)
    lines = result.stdout.splitlines()
    assert lines[0] == f"{guest}: x86_64, ABI 1, 7 imports; slots in read-only pages"
    assert lines[1].split() == ["IMPORT", "TYPE", "PROVIDER", "CARRIED", "STATUS"]
    rows = {line.split()[0]: line.split()[1:] for line in lines[2:]}
    assert len(rows) == 7
    assert rows["sensor_scale"] == ["ddf", str(tools.directory / "provider-x86_64.so"),
                                    "gated", "ok"]
    assert rows["sensor_extra"] == ["vi", "-", "-", "absent,", "optional"]
    assert rows["_BSP_Virtual_Console_write"] == ["ipm", "built-in", "direct", "ok"]
    assert result.returncode == 0
    assert tools.wrapper("--list", guest).returncode == 127


CARRIED = {
    # name: column, and what JSON says
    "plain": ("gated", ("gated", "host", 0)),
    "large": ("gated, LARGE bytes", ("gated", "host", "LARGE")),
    "quick": ("direct", ("direct", "guest", None)),
    "waits": ("blocking", ("blocking", "host", 0)),
    "waits_large": ("blocking, LARGE bytes", ("blocking", "host", "LARGE")),
    "unknown": ("guest's stack", ("gated", "guest", None)),
    "waits_unknown": ("blocking, guest's stack", ("blocking", "guest", None)),
    "said": ("gated, 64 bytes", ("gated", "host", 64)),
    "mistyped": ("-", (None, None, None)),
    "absent": ("-", (None, None, None)),
}
CARRIED_GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    struct large { long a[5]; };
    EXTERNAL_FUNC(int, plain)
    EXTERNAL_FUNC(int, large, struct large)
    EXTERNAL_FUNC(int, quick, int)
    EXTERNAL_FUNC(int, waits)
    EXTERNAL_FUNC(int, waits_large, struct large)
    EXTERNAL_FUNC(unknown)
    EXTERNAL_FUNC_VARIADIC(int, waits_unknown, int)
    EXTERNAL_FUNC_VARIADIC(int, said, int)
    EXTERNAL_FUNC(int, mistyped, int)
    EXTERNAL_FUNC(int, absent, int)
    JUMPSLOT_ENTRY(info) { (void)info; return 0; }
    """
CARRIED_PROVIDER = """
    #include <jumpslot/provider.h>
    __asm__(".text\\nall: ret\\n");
    #define PROVIDE(name) __asm__(".set " #name ", all"); EF(name)
    PROVIDE(plain) PROVIDE(large) PROVIDE(quick) PROVIDE(waits) PROVIDE(waits_large)
    PROVIDE(unknown) PROVIDE(waits_unknown) PROVIDE(said) PROVIDE(mistyped)
    JUMPSLOT_DIRECT(quick)
    JUMPSLOT_BLOCKING(waits) JUMPSLOT_BLOCKING(waits_large)
    JUMPSLOT_BLOCKING(waits_unknown)
    JUMPSLOT_STACK_BYTES(said, 64)
    EXTERNAL_FUNC(int, mistyped, float)
    """


def test_the_report_says_how_each_call_is_carried(tools, arch):
    large = {"x86_64": 40, "i386": 20}[arch]
    guest = tools.guest(CARRIED_GUEST, gc=False)
    provider = tools.provider(CARRIED_PROVIDER)
    table = tools.wrapper("--list", "--provider", provider.name, guest,
                          cwd=tools.directory).stdout
    _, heading, *rows = table.splitlines()
    column = slice(heading.index("CARRIED"), heading.index("STATUS"))
    columns = {row.split()[0]: row[column].strip() for row in rows}
    assert columns == {name: column.replace("LARGE", str(large))
                       for name, (column, _) in CARRIED.items()}
    report = json.loads(tools.wrapper("--json", "--provider", provider, guest).stdout)
    assert {each["name"]: (each["carried"], each["stack"], each["stack_bytes"])
            for each in report["imports"]} == {
                name: tuple(large if each == "LARGE" else each for each in said)
                for name, (_, said) in CARRIED.items()}


def test_what_a_provider_says_twice_must_agree(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        JUMPSLOT_DIRECT(sensor_read)
        JUMPSLOT_BLOCKING(sensor_read)
        EF(sensor_read)
        int sensor_read(int a);
        int sensor_read(int a) { return a; }
        """)
    result = tools.wrapper("--list", "--provider", provider, tools.guest(GUEST))
    assert result.stderr == (f"host-wrapper: {provider}: sensor_read is declared direct "
                             "and blocking\n")
    assert (result.stdout, result.returncode) == ("", 125)


@only_x86_64
def test_the_report_says_that_slots_without_the_script_are_writable(tools):
    guest = tools.guest(GUEST, script=False)
    result = tools.wrapper("--list", "--provider", tools.provider(RIGHT), guest)
    assert result.stdout.splitlines()[0].endswith(
        "; slots WRITABLE: they share pages with other data "
        "(link with -T linkscripts/externals.ld)")


@only_x86_64
def test_json_holds_the_whole_report(tools):
    guest = tools.guest(GUEST)
    provider = tools.provider(RIGHT)
    result = tools.wrapper("--json", "--provider", provider, guest)
    report = json.loads(result.stdout)
    imports = {each["name"]: each for each in report.pop("imports")}
    assert report == {"guest": str(guest), "machine": "x86_64", "abi": 1,
                      "readonly_slots": True, "compares_mxcsr": False, "missing": 0,
                      "mismatched": 0, "standbys": []}
    store = imports["sensor_store"]
    slot = int(store.pop("slot"), 16)
    assert slot > 0x1000 and slot % 8 == 0
    assert store == {
        "name": "sensor_store", "type": "lpm",
        "prototype": "long sensor_store(const void *, unsigned long)",
        "place": f"{tools.directory}/source0.c:6", "optional": False, "variadic": False,
        "convention": "cdecl", "status": "provided", "provider": str(provider),
        "provider_type": "lpm", "carried": "gated", "stack": "host", "stack_bytes": 0,
        "compares_mxcsr": False, "similar": None}
    assert imports["sensor_extra"]["optional"] and imports["sensor_log"]["variadic"]
    assert json.loads(tools.wrapper("--json", guest).stdout)["missing"] == 5
    assert tools.wrapper("--json", guest).returncode == 127


@only_x86_64
def test_json_is_json_whatever_the_guest_is_called(tools):
    guest = tools.guest(GUEST)
    odd = os.fsencode(tools.directory) + b'/b\xffd"\\\n.elf'
    os.link(guest, odd)
    result = subprocess.run([BUILD / "bin/host-wrapper", "--json", odd],
                            capture_output=True)
    assert json.loads(result.stdout)["guest"].endswith('/b\ufffdd"\\\n.elf')


def test_a_guest_needs_the_runner_of_its_machine(tools, arch):
    """host-wrapper finds it beside itself: here is a copy that is alone."""
    provider = BUILD / f"providers/calculator-{arch}.so"
    alone = tools.directory / "host-wrapper"
    shutil.copy(BUILD / "bin/host-wrapper", alone)
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, quick, int)
        JUMPSLOT_ENTRY(info) { (void)info; return quick(1); }
        """)

    def reason(runner):
        return (f"host-wrapper: {guest}: no runner for {arch} guests: {tools.directory}/"
                f"{runner}: No such file or directory\n")
    result = run(alone, "--provider", provider, guest, check=False)
    assert (result.stdout, result.stderr, result.returncode) == (
        "", reason(f"jumpslot-runner-{arch}"), 125)
    # Without a provider, it is the static one.
    reason = reason(f"jumpslot-runner-{arch}-static")
    result = run(alone, guest, check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("", reason, 125)
    # A list is printed without it, and said to be incomplete by status and message.
    result = run(alone, "--list", guest, check=False)
    assert result.stdout.splitlines()[2].split() == ["quick", "ii", "-", "-", "MISSING"]
    assert (result.stderr, result.returncode) == (reason, 125)


def test_the_report_says_which_functions_were_bound(tools):
    guest = tools.guest(GUEST)
    result = tools.wrapper("--report", "--provider", tools.provider(RIGHT), guest)
    lines = result.stderr.splitlines()
    assert lines[0].endswith("7 imports; slots in read-only pages")
    assert f"{guest}: bound 6 of 7" in lines
    assert "  bound sensor_log" in lines and "  never sensor_extra" in lines


@only_x86_64
def test_a_full_standard_output_is_an_error(tools):
    guest = tools.guest(GUEST)
    with open("/dev/full", "w") as full:
        result = subprocess.run([BUILD / "bin/host-wrapper", "--list", guest],
                                stdout=full, stderr=subprocess.PIPE, text=True)
    assert result.stderr.endswith("standard output: No space left on device\n")
    assert result.returncode == 125
