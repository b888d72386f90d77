"""--trace shows each call with its arguments and result, and changes none of them."""

import json
import os
import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest
from conftest import (BUILD, HOST, HOST_OPTIONS, WRAPPER, each_arch as arch, only_x86_64,
                      run)
from no_namespaces import without_namespaces
from terminal_session import children_of, descriptors_of, wait_until
from time_limits import end_in_time
from trace_guest import GUESTS, TraceGuest, without_times

# The calls of one round of the guest, as --trace shows them.
ROUND = """\
call_all (trace_guest.c:23): trace_gated(1, "A\\n\\"quoted\\"") = 66
call_all (trace_guest.c:24): trace_direct(5000000000, 7) = -5000000007
call_all (trace_guest.c:25): trace_nothing()
call_all (trace_guest.c:26): trace_float(0.5, 0.25, 2) = 2.75
call_all (trace_guest.c:27): trace_wide(-3) = -0.75
call_all (trace_guest.c:28): trace_struct({...}, 10) = {...}
call_all (trace_guest.c:30): \
trace_many(1, 2, 3, 4, 5, 6, 7, 8, 5000000000, 10) = 705032750
call_all (trace_guest.c:32): trace_calls_back(called_back, 20 <unfinished ...>
called_back (trace_guest.c:15): trace_other(20) = 20
<... trace_calls_back resumed> = 41
call_all (trace_guest.c:33): trace_variadic("idi", ...) = 6
call_all (trace_guest.c:34): trace_variadic_direct("iiiiiiiiiiiid", ...) = 91
call_all (trace_guest.c:36): trace_bool(table+0x4) = true
call_all (trace_guest.c:37): trace_bool(NULL) = false
"""


@pytest.fixture
def traced(tools):
    return TraceGuest(tools)


@pytest.mark.parametrize("bind", ["lazy", "now"])
def test_each_call_is_shown_with_its_caller_arguments_and_result(traced, bind):
    result = traced.run("--trace", "--bind", bind)
    assert (without_times(result.stderr), result.stdout, result.returncode) == \
        (ROUND + ROUND, "", 0)


def test_each_line_has_its_time_and_each_end_its_duration(traced):
    lines = traced.run("--trace").stderr.splitlines()
    times = [re.match(r" *(\d+\.\d{6}) ", line) for line in lines]
    assert all(times)
    assert sorted(float(time[1]) for time in times) == [float(time[1]) for time in times]
    ends = [line for line in lines if not line.endswith("<unfinished ...>")]
    assert all(re.search(r" <\d+\.\d{9}>$", line) for line in ends)


def test_only_functions_that_match_a_pattern_are_shown(traced):
    result = traced.run("--trace=trace_[go]*", "--trace=trace_wide")
    names = re.findall(r": (\w+)\(", result.stderr)
    assert names == ["trace_gated", "trace_wide", "trace_other"] * 2


@only_x86_64
@pytest.mark.parametrize("pattern,similar", [
    ("trace_gatde", "; similar: trace_gated"), ("*_gatde", "; similar: trace_gated"),
    ("Variadic_d*", "; similar: trace_variadic_direct"), ("printf", "")])
def test_a_pattern_without_a_match_is_refused(traced, pattern, similar):
    result = traced.run(f"--trace={pattern}")
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: --trace={pattern}: no import has such a name{similar}\n", 125)


@only_x86_64
def test_a_pattern_in_the_place_of_the_guest_is_explained(tools):
    for options, hint in ((["--trace"], " (expected --trace=trace_* for a pattern)"),
                          (["--trace", "--"], ""), (["--trace", "--stats"], "")):
        result = tools.wrapper(*options, "trace_*", "guest.elf")
        assert (result.stderr, result.returncode) == (
            f"host-wrapper: trace_*: No such file or directory{hint}\n", 126)
    result = tools.wrapper("--trace", "gest.elf")
    assert result.stderr == "host-wrapper: gest.elf: No such file or directory\n"


@only_x86_64
@pytest.mark.parametrize("option", ["--trace", "--trace-file=t", "--stats", "--unused"])
def test_a_trace_needs_the_supervisor(traced, option):
    result = traced.run(option, "--in-place")
    assert result.stderr == (f"host-wrapper: {option.split('=')[0]} cannot be combined "
                             "with --in-place\n")
    assert result.returncode == 125


def test_text_has_a_line_for_each_interrupt_and_wait(tools):
    """The ticker waits for its clock, and raises a vector while interrupts are masked."""
    result = tools.wrapper("--trace=_BSP_Virtual_Console_write",
                           BUILD / f"guests/ticker-{tools.arch}.elf")
    assert result.stdout.splitlines() == ["tick"] * 5 + ["held back", "delivered"]
    lines = without_times(result.stderr).splitlines()
    kinds = [re.sub(r" at .* ---$", " at PLACE ---", line) for line in lines
             if line.startswith("---")]
    assert set(kinds) == {
        "--- waits ---", "--- has waited ---", "--- interrupt 0 (clock) at PLACE ---",
        "--- interrupt 0 (clock) returned ---", "--- interrupt 16 at PLACE ---",
        "--- interrupt 16 returned ---"}
    assert kinds.count("--- waits ---") == kinds.count("--- has waited ---")
    handled = [kind for kind in kinds if "interrupt" in kind]
    assert len(handled) >= 12 and handled[::2] == [
        kind.replace("returned", "at PLACE") for kind in handled[1::2]]
    assert lines[-1].endswith(': _BSP_Virtual_Console_write("delivered\\n", 10) = 10')
    assert kinds[-2:] == ["--- interrupt 16 at PLACE ---",
                          "--- interrupt 16 returned ---"]


SLOTS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    #define SLOT(name) extern __UINTPTR_TYPE__ slot_##name \\
            __asm__("jumpslot.slot." #name);
    EXTERNAL_FUNC(int, slot_watched, int)
    EXTERNAL_FUNC(int, slot_direct, int)
    EXTERNAL_FUNC(__UINTPTR_TYPE__, slot_direct_address)
    SLOT(slot_watched)
    SLOT(slot_direct)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            slot_watched(1);
            slot_direct(1);
            return slot_slot_direct == slot_direct_address();
    }
    """
SLOTS_PROVIDER = """
    #include <jumpslot/provider.h>
    #include <jumpslot/external_func.h>
    #include <stdint.h>
    EXTERNAL_FUNC(int, slot_watched, int)
    EXTERNAL_FUNC(int, slot_direct, int)
    EXTERNAL_FUNC(uintptr_t, slot_direct_address)
    EF(slot_watched)
    EF(slot_direct)
    EF(slot_direct_address)
    JUMPSLOT_DIRECT(slot_direct)
    int slot_watched(int number) { return number; }
    int slot_direct(int number) { return number; }
    uintptr_t slot_direct_address(void) { return (uintptr_t)slot_direct; }
    """


@pytest.mark.parametrize("option,same", [(None, 1), ("slot_watched", 1),
                                         ("slot_direct", 0)])
def test_the_slot_of_a_function_that_is_not_traced_holds_its_own_address(
        tools, option, same):
    options = [f"--trace={option}"] if option else []
    result = tools.wrapper(*options, "--provider", tools.provider(SLOTS_PROVIDER),
                           tools.guest(SLOTS))
    assert result.returncode == same


COUNTED = """
    #include <jumpslot/entry.h>
    #include "trace.h"
    JUMPSLOT_ENTRY(info)
    {{
            (void)info;
            trace_other(1);
            for (int i = 0; i < {calls}; i++)
                    trace_gated(i, "x"), trace_direct(i, 1), trace_variadic("i", i);
            return 0;
    }}
    """


def instructions(tools, calls, *options):
    """The cost of a guest with that many rounds of calls, by callgrind."""
    guest = tools.guest(COUNTED.format(calls=calls), "-I", GUESTS, name=f"count{calls}")
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    out = tools.directory / "callgrind.out"
    run("valgrind", "--tool=callgrind", "--trace-children=yes",
        f"--callgrind-out-file={out}", BUILD / "bin/host-wrapper", "--sandbox=off",
        "--in-place", *options, "--provider", provider, guest)
    return int(re.search(r"^(?:totals|summary): (\d+)", out.read_text(),
                         re.MULTILINE)[1])


@pytest.mark.not_sanitized("valgrind does not run them")
@only_x86_64
def test_a_call_costs_the_same_while_another_function_is_watched(tools):
    """The thunk of a policy is that of a trace, and works without the supervisor."""
    def rounds(*options):
        return (instructions(tools, 3000, *options)
                - instructions(tools, 1000, *options))
    without, other = rounds(), rounds("--on", "trace_other=delay:0ns")
    assert other == without
    assert rounds("--on", "trace_gated=delay:0ns") > without + 2000 * 50


ALIASES = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #define ALIAS(name) void name(void) __attribute__((__alias__("caller")));
    __attribute__((__noinline__)) void caller(void)
    {
            _BSP_Virtual_Console_write("x", 1);
            __asm__ volatile("");
    }
    ALIAS(a) ALIAS(b) ALIAS(c) ALIAS(d) ALIAS(e) ALIAS(f)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            caller();
            return 0;
    }
    """


@only_x86_64
def test_a_caller_with_several_names_has_the_first_of_the_symbol_table(tools):
    """As in reports."""
    guest = tools.guest(ALIASES, "-g0")
    symbols = [line.split() for line in run("readelf", "-sW", guest).stdout.splitlines()]
    place, = [words[1] for words in symbols if words[-1:] == ["caller"]]
    names = [words[7] for words in symbols if words[1:2] == [place]]
    assert len(names) == 7
    assert f" {names[0]}: _BSP" in tools.wrapper("--trace", guest).stderr


def test_a_guest_without_symbols_and_lines_shows_addresses(traced):
    run("strip", traced.guest)
    lines = without_times(traced.run("--trace=trace_bool").stderr).splitlines()
    assert all(re.fullmatch(r"0x[0-9a-f]+: trace_bool\((NULL|0x[0-9a-f]+)\) = "
                            "(true|false)", line) for line in lines) and len(lines) == 4


def test_a_caller_that_is_not_in_the_guest_has_no_address(tools, arch):
    """The handler's last call is a tail call: its caller's caller is the host."""
    result = tools.wrapper("--trace=_CPU_Virtual_Irq_ack",
                           BUILD / f"guests/ticker-{arch}.elf")
    lines = without_times(result.stderr).splitlines()
    calls = [line for line in lines if "Irq_ack" in line]
    assert calls
    for line in calls:
        assert re.fullmatch(r"\(outside the image\): _CPU_Virtual_Irq_ack\(\d+\) = 0",
                            line)


CALLS_FOREVER = """
    #include <jumpslot/entry.h>
    #include "trace.h"
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            for (;;)
                    trace_other(1);
    }
    """


def runner_of(process):
    """The process number of host-wrapper's runner, or None."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    for pid in children.read_text().split():
        try:
            name = os.readlink(f"/proc/{pid}/exe")
        except OSError:
            continue
        if "jumpslot-runner" in name:
            return int(pid)
    return None


@only_x86_64
def test_a_time_out_ends_a_guest_whose_trace_nobody_reads(tools):
    """Pipe and ring are full, and the supervisor waits for neither while it watches."""
    guest = tools.guest(CALLS_FOREVER, "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    with subprocess.Popen([*WRAPPER, "--trace", "--timeout", "1",
                           "--provider", provider, guest],
                          stderr=subprocess.PIPE, text=True) as process:
        while not (runner := runner_of(process)):
            assert process.poll() is None
        while runner_of(process) == runner:
            assert process.poll() is None
        last = process.stderr.readlines()[-1]
    assert "its time is up" in last or last.startswith("  ")
    assert process.returncode == 137


# Functions that do not return if they are called with 2 or "i".
ENDLESS = """
    #include <jumpslot/provider.h>
    #include "trace.h"
    EF(trace_direct)
    EF(trace_variadic_direct)
    JUMPSLOT_DIRECT(trace_variadic_direct)
    {carry}
    JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NO_SYSCALLS)
    /* Its frame has the remains of earlier calls. */
    static int stay(long long stays)
    {{
            volatile char remains[256];

            while (stays)
                    __asm__ volatile("" : : "r"(remains));
            return 0;
    }}
    long long trace_direct(long long number, unsigned char byte)
    {{
            return number + stay(byte == 2);
    }}
    int trace_variadic_direct(const char *text, ...)
    {{
            return stay(*text == 'i');
    }}
    """
STAYS = """
    #include <jumpslot/entry.h>
    #include "trace.h"
    static __attribute__((noinline)) int first(void)
    {{
            return trace_variadic_direct("") + (int)trace_direct(1, 1);
    }}
    static __attribute__((noinline, noclone)) int stays(void)
    {{
            return (int){call} + 1;
    }}
    JUMPSLOT_ENTRY(info)
    {{
            int before = info ? first() : 0;
            return stays() + before;
    }}
    """


class Staying:
    """The end of a guest that is in a call of a host function when its time is up."""

    def __init__(self, tools, arch, call, *options, carry=""):
        guest = tools.guest(STAYS.format(call=call), "-I", GUESTS, arch=arch)
        provider = tools.provider(ENDLESS.format(carry=carry), "-I", GUESTS, arch=arch)
        result = end_in_time(
            lambda seconds: tools.wrapper(*options, "--timeout", seconds, "--provider",
                                          provider, guest),
            lambda result: re.search(r" <stays\+0x|, or the guest's stack",
                                     result.stderr))
        assert result.returncode == 137
        end, self.place = re.search(r"^(host-wrapper: .*)\n  it was(.*)$", result.stderr,
                                    re.MULTILINE).groups()
        assert end.endswith(": its time is up (--timeout)")
        self.lines = result.stderr.splitlines()
        self.frames = re.findall(r"^      0x[0-9a-f]+ <(\w+)\+", result.stderr,
                                 re.MULTILINE)


STAYING = "(not the guest's code: a provider's or the runner's), in "
DIRECT = "JUMPSLOT_DIRECT(trace_direct)"
DELAY = "trace_direct=delay:1000s@2"
DELAYED = f", which the policy delays (--on {DELAY})"


@pytest.mark.parametrize("call,options,carry,after", [
    ("trace_direct(1, 2)", ["--trace"], "", ""),
    ("trace_direct(1, 2)", ["--trace"], DIRECT, ""),
    ("trace_direct(1, 2)", ["--stats"], DIRECT, ""),
    ("trace_direct(1, 2)", ["--on", "trace_direct=fail:0@9"], DIRECT, ""),
    ("trace_direct(1, 3)", ["--on", DELAY], "", DELAYED),
    ("trace_direct(1, 3)", ["--on", DELAY, "--trace"], DIRECT, DELAYED),
    ('trace_variadic_direct("i")', ["--trace"], "", ""),
], ids=["gated", "direct", "counted", "policy", "delay", "delay of a direct", "variadic"])
def test_a_time_out_within_a_watched_call_names_function_and_caller(
        tools, arch, call, options, carry, after):
    """In the function, on the host's stack or the guest's, or in the policy's delay."""
    ended = Staying(tools, arch, call, *options, carry=carry)
    function = call.partition("(")[0]
    assert STAYING in ended.place
    assert re.search(rf"\), in {function}, called from 0x[0-9a-f]+ <stays\+0x[0-9a-f]+>"
                     rf"{re.escape(after)}$", ended.place), ended.place
    assert ended.frames[0] == "stays"
    if "--trace" in options:
        assert re.search(rf" stays \(\w+\.c:10\): {function}\(.* <unfinished \.\.\.>$",
                         "\n".join(ended.lines), re.MULTILINE)


@pytest.mark.parametrize("call,traced", [
    ("trace_direct(1, 2)", "trace_variadic_direct"),
    ('trace_variadic_direct("i")', "trace_direct")])
def test_a_time_out_names_no_watched_call_that_has_returned(tools, arch, call, traced):
    """Its remains are on the stack, below and within the frames in use."""
    ended = Staying(tools, arch, call, f"--trace={traced}", carry=DIRECT)
    assert ended.place.endswith(" (not the guest's code: a provider's or the runner's, "
                                "or the guest's stack is damaged)")


def test_a_time_out_in_the_guest_names_no_host_function(tools, arch):
    """In a callback of a direct function, the guest is what runs."""
    ended = Staying(tools, arch, "({ for (;;) ; 0; })", "--trace", carry=DIRECT)
    assert re.fullmatch(r" at 0x[0-9a-f]+ <stays\+0x[0-9a-f]+>", ended.place)


@only_x86_64
def test_a_delayed_call_is_in_the_report_as_json(tools):
    guest = tools.guest(STAYS.format(call="trace_direct(1, 3)"), "-I", GUESTS)
    provider = tools.provider(ENDLESS.format(carry=""), "-I", GUESTS)
    def account_of(result):
        return json.loads(result.stderr)["runner_account"]

    account = account_of(end_in_time(
        lambda seconds: tools.wrapper("--report=json", "--on", DELAY, "--timeout",
                                      seconds, "--provider", provider, guest),
        lambda result: account_of(result) and account_of(result)["host_function"]))
    assert account["host_function"] == "trace_direct"
    assert account["text"].endswith(DELAYED)


def test_no_record_is_lost_when_the_ring_is_full(tools):
    calls = 100000
    guest = tools.guest(COUNTED.format(calls=calls), "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    result = tools.wrapper("--trace=trace_gated", "--provider", provider, guest)
    numbers = re.findall(r"trace_gated\((\d+), ", result.stderr)
    assert numbers == list(map(str, range(calls)))


LEAVES_A_CALLBACK = """
    #include <jumpslot/entry.h>
    #include "trace.h"
    static void *frame[5];
    static int leave(int number) { (void)number; __builtin_longjmp(frame, 1); }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            if (!__builtin_setjmp(frame))
                    trace_calls_back(leave, 1);
            trace_other(1);
            return 0;
    }
    """


def test_a_callback_that_is_left_by_longjmp_is_found_as_without_a_trace(tools):
    guest = tools.guest(LEAVES_A_CALLBACK, "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    found = []
    for options in [], ["--trace"]:
        result = tools.wrapper(*options, "--provider", provider, guest)
        found.append((re.findall(r"after it had left a callback of (\w+)",
                                 result.stderr), result.returncode))
    assert found[0] == found[1] == (["trace_calls_back"], 132)


FAULTS = """
    #include <jumpslot/entry.h>
    #include "trace.h"
    static int broken(int number) { return trace_gated(1, (char *)8) + number; }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            return trace_calls_back(broken, 1);
    }
    """


def test_a_fault_in_a_traced_function_is_reported_with_the_guests_caller(tools):
    guest = tools.guest(FAULTS, "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    result = tools.wrapper("--trace", "--provider", provider, guest)
    assert re.search(r"in trace_gated, called from 0x[0-9a-f]+ <broken\+0x[0-9a-f]+>, "
                     "1 callback deep", result.stderr), result.stderr
    assert result.returncode == 139


RESETS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include "trace.h"
    JUMPSLOT_ENTRY(info)
    {
            void *area;
            size_t size;
            (void)info;
            _BSP_Virtual_getworkspacearea(&area, &size);
            if (!*(int *)area) {
                    trace_other((*(int *)area)++);
                    _BSP_Virtual_reset(1);
            }
            trace_other(*(int *)area);
            if (++*(int *)area < 3)
                    _BSP_Virtual_reset(1);
            return 0;
    }
    """


def check_resets(tools, wrapper=None, **link):
    guest = tools.guest(RESETS, "-I", GUESTS, **link)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    result = (wrapper or tools.wrapper)("--trace=trace_other", "--stats", "--provider",
                                        provider, guest)
    assert re.findall(r" _start \(.*\): trace_other\((\d)\)", result.stderr) == \
        ["0", "1", "2"]
    assert re.search(r"^ +3 .* trace_other$", result.stderr, re.MULTILINE)


def test_a_trace_goes_on_after_a_reset(tools):
    check_resets(tools)


@only_x86_64
def test_a_trace_names_places_that_a_reset_has_moved(tools):
    check_resets(tools, pie=True)


@only_x86_64
def test_a_trace_has_lines_after_a_reset_also_without_namespaces(tools):
    check_resets(tools, partial(without_namespaces, *WRAPPER))


@only_x86_64
def test_the_finder_of_lines_has_only_the_guests_file_and_a_socket(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _BSP_Virtual_Console_write("ready\\n", 6);
                for (;;)
                        __asm__ volatile("pause");
        }
        """)
    with subprocess.Popen([*WRAPPER, "--trace", "--control",
                           tools.directory / "control", guest], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        [finder] = [child for child in children_of(process.pid) if
                    os.readlink(f"/proc/{child}/exe").endswith("jumpslot-backtrace")]
        # It closes those of the runner when it starts.
        wait_until(lambda: sorted(descriptors_of(finder)) == ["0", "1", "2", "3"])
        assert descriptors_of(finder)["3"] == str(guest)
        process.terminate()


LATE = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            uint64_t start = _BSP_Virtual_Clock_read();
            (void)info;
            _BSP_Virtual_Console_write("begins\\n", 7);
            while (_BSP_Virtual_Clock_read() - start < 4000000000u)
                    ;
            _BSP_Virtual_Console_write("late\\n", 5);
            return 0;
    }
    """


@only_x86_64
def test_source_lines_that_are_not_found_delay_no_time_out(tools):
    """With a program that never answers in the place of jumpslot-backtrace."""
    folder = tools.directory / "bin"
    folder.mkdir()
    shutil.copy(BUILD / "bin/host-wrapper", folder)
    for runner in (BUILD / "bin").glob("jumpslot-runner-x86_64*"):
        (folder / runner.name).symlink_to(runner)
    silent = folder / "jumpslot-backtrace"
    silent.write_text("#!/bin/sh\nexec /bin/sleep 1000\n")
    silent.chmod(0o755)
    guest = tools.guest(LATE)
    result = end_in_time(
        lambda seconds: run(folder / "host-wrapper", *HOST_OPTIONS[HOST], "--timeout",
                            seconds, "--trace=_BSP_Virtual_Console_write", guest,
                            check=False),
        lambda result: result.stdout)
    assert (result.stdout, result.returncode) == ("begins\n", 137)
    assert "_start: _BSP_Virtual_Console_write(" in result.stderr
