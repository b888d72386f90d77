"""--stats counts every call, and --unused knows the functions that were never called."""

import json
import re

import pytest
from conftest import each_arch as arch, only_x86_64
from trace_guest import GUESTS, TraceGuest

# Calls of one round of the guest; there are two.
CALLS = {"trace_gated": 1, "trace_direct": 1, "trace_nothing": 1, "trace_float": 1,
         "trace_wide": 1, "trace_struct": 1, "trace_many": 1, "trace_calls_back": 1,
         "trace_other": 1, "trace_variadic": 1, "trace_variadic_direct": 1,
         "trace_bool": 2}


@pytest.fixture
def traced(tools):
    return TraceGuest(tools)


def report(result):
    """The JSON object of --report=json."""
    return json.loads(result.stderr.splitlines()[-1])


@pytest.mark.parametrize("bind", ["lazy", "now"])
def test_every_call_is_counted_with_its_time(traced, bind):
    result = traced.run("--stats", "--bind", bind, "--report=json")
    stats = report(result)["stats"]
    assert {each["name"]: each["calls"] for each in stats["functions"]} == \
        {name: 2 * calls for name, calls in CALLS.items()}
    bound = "start" if bind == "now" else "call"
    for each in stats["functions"]:
        assert each["returned"] == each["calls"]
        assert each["max_ns"] <= each["total_ns"] <= stats["run_ns"]
        assert each["mean_ns"] == each["total_ns"] // each["calls"]
        assert each["share_percent"] == pytest.approx(
            100 * each["total_ns"] / stats["run_ns"], abs=0.001)
        assert each["bound"] == bound
    times = [each["total_ns"] for each in stats["functions"]]
    assert times == sorted(times, reverse=True)
    assert (stats["interrupts"], result.returncode) == ({}, 0)


def test_the_table_names_each_function_that_was_called(traced):
    lines = traced.run("--stats").stderr.splitlines()
    assert re.fullmatch(r".*guest-\w+\.elf: 26 calls of 12 functions in \d+\.\d{6} s",
                        lines[0])
    assert lines[1].split() == ["CALLS", "TOTAL", "us", "MEAN", "us", "MAX", "us",
                                "SHARE", "BOUND", "FUNCTION"]
    assert {line.split()[-1] for line in lines[2:]} == set(CALLS)


INTERRUPTED = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_cpu.h>
    static void handler(int vector, void *frame)
    {
            (void)frame;
            _CPU_Virtual_Irq_ack(vector);
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _CPU_Virtual_Set_handler(handler);
            _CPU_Virtual_Irq_request(16);
            _CPU_Virtual_Irq_request(20);
            _CPU_Virtual_Irq_raise(16);
            _CPU_Virtual_Irq_raise(20);
            _CPU_Virtual_Irq_raise(20);
            CPU_VIRTUAL_OPEN;
            return 0;
    }
    """


def test_interrupts_are_counted_by_vector(tools):
    source = INTERRUPTED.replace("CPU_VIRTUAL_OPEN", "_CPU_Virtual_Wait_for_event(0)")
    result = tools.wrapper("--stats", "--report=json", tools.guest(source))
    assert report(result)["stats"]["interrupts"] == {"16": 1, "20": 1}
    text = tools.wrapper("--stats", tools.guest(source)).stderr.splitlines()
    assert text[-2:] == ["  interrupt 16: 1", "  interrupt 20: 1"]


UNUSED = """
    #include <jumpslot/entry.h>
    #include "trace.h"
    JUMPSLOT_ENTRY(info)
    {
            trace_other(1);
            if (!info)
                    trace_nothing(), trace_wide(1);
            return 0;
    }
    """


@pytest.fixture
def unused(tools):
    guest = tools.guest(UNUSED, "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)

    def run(*options):
        return tools.wrapper(*options, "--provider", provider, guest)
    return run


def test_one_call_of_one_function_is_counted_in_the_singular(unused):
    lines = unused("--stats").stderr.splitlines()
    assert re.search(r": 1 call of 1 function in [0-9.]+ s$", lines[0]), lines


@pytest.mark.parametrize("options", [["--unused"],
                                     ["--unused", "--trace-file=/dev/null"]])
def test_functions_that_were_never_called_are_known_from_their_slots(unused, options):
    lines = unused(*options).stderr.splitlines()
    assert lines[0].endswith(": never called: 2 of 3 functions")
    assert lines[1:] == ["  never called: trace_nothing", "  never called: trace_wide"]


def test_the_slot_of_a_function_that_is_bound_before_the_start_tells_nothing(unused):
    lines = unused("--unused", "--bind", "now").stderr.splitlines()
    assert lines[0].endswith(": never called: 3 of 3 not known")
    assert sorted(lines[1:]) == [f"  bound before the start, so not known: {name}" for
                                 name in ("trace_nothing", "trace_other", "trace_wide")]


def test_counters_know_the_unused_functions_even_then(unused):
    result = unused("--unused", "--stats", "--bind", "now", "--report=json")
    assert report(result)["unused"] == ["trace_nothing", "trace_wide"]


OPTIONAL = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC_OPTIONAL(int, trace_other, int)
    EXTERNAL_FUNC_OPTIONAL(int, trace_absent, int)
    EXTERNAL_FUNC_OPTIONAL(void, trace_nothing)
    JUMPSLOT_ENTRY(info)
    {
            trace_other(1);
            if (!info)
                    trace_nothing(), trace_absent(1);
            return 0;
    }
    """


@only_x86_64
def test_optional_functions_are_bound_before_the_start_and_so_not_known(tools):
    """One that no provider has is not listed; --stats knows the others."""
    words = "--provider", tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS), \
        tools.guest(OPTIONAL)
    lines = tools.wrapper("--unused", *words).stderr.splitlines()
    assert lines[0].endswith(": never called: 2 of 2 not known")
    assert sorted(lines[1:]) == [f"  bound before the start, so not known: {name}"
                                 for name in ("trace_nothing", "trace_other")]
    result = tools.wrapper("--unused", "--stats", "--report=json", *words)
    assert report(result)["unused"] == ["trace_nothing"]
    assert {each["name"]: (each["calls"], each["bound"])
            for each in report(result)["stats"]["functions"]} == {
        "trace_other": (1, "start"), "trace_nothing": (0, "start")}


@only_x86_64
def test_a_guest_that_was_killed_leaves_that_unknown(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include "trace.h"
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                return trace_gated(0, (const char *)8);
        }
        """, "-I", GUESTS)
    killer = tools.provider("""
        #include <jumpslot/provider.h>
        #include <signal.h>
        #include <unistd.h>
        #include "trace.h"
        EF(trace_gated)
        int trace_gated(int number, const char *text)
        {
                (void)text;
                kill(getpid(), SIGKILL);
                return number;
        }
        """, "-I", GUESTS, name="killer")
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    killed = tools.wrapper("--unused", "--sandbox=off", "--provider", killer, guest)
    assert killed.stderr.splitlines()[-1] == \
        "  not known, as the guest was killed: trace_gated"
    faulted = tools.wrapper("--unused", "--provider", provider, guest)
    assert faulted.stderr.splitlines()[-1].endswith(": never called: 0 of 1 function")


@only_x86_64
def test_without_the_options_the_report_says_so(unused):
    result = report(unused("--report=json"))
    assert (result["stats"], result["unused"]) == (None, None)
