"""--trace-file writes events that Perfetto opens: calls, interrupts, waits and faults."""

import fcntl
import os
import subprocess

import pytest
from conftest import BUILD, WRAPPER, each_arch as arch, only_x86_64, run
from trace_guest import GUESTS, TraceGuest, read_events


@pytest.fixture
def traced(tools):
    return TraceGuest(tools)


def test_each_call_is_an_event_within_its_caller(traced):
    events = traced.events()
    names = [event["name"] for event in events]
    assert len(names) == 28 - 2 and {event["ph"] for event in events} == {"X"}
    assert names[0] == 'trace_gated(1, "A\\n\\"quoted\\"")'
    assert events[0]["args"] == {"caller": "call_all (trace_guest.c:23)", "result": "66"}
    inner, outer = events[7:9]
    assert (inner["name"], outer["name"]) == ("trace_other(20)",
                                              "trace_calls_back(called_back, 20)")
    assert outer["ts"] <= inner["ts"]
    assert inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"] + 0.001


def test_all_calls_of_one_stack_are_on_one_track(traced):
    assert len({event["tid"] for event in traced.events()}) == 1


def test_a_fault_is_the_last_event(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include "trace.h"
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                return trace_gated(1, (const char *)8);
        }
        """, "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    path = tools.directory / "trace.json"
    result = tools.wrapper("--trace-file", path, "--provider", provider, guest)
    assert result.returncode == 139
    begun, fault = read_events(path)[-2:]
    assert (begun["ph"], begun["name"]) == ("B", "trace_gated(1, 0x8)")
    assert (fault["ph"], fault["cat"], fault["name"]) == \
        ("i", "fault", "Segmentation fault")


def test_interrupts_and_waits_of_an_rtos_are_on_the_time_line_of_its_threads(
        tools, arch):
    path = tools.directory / "trace.json"
    result = tools.wrapper("--trace-file", path,
                           BUILD / f"guests/rtos-scenario-{arch}.elf")
    assert result.returncode == 0, result.stderr
    events = read_events(path)
    tracks = {event["tid"]: event["args"]["name"] for event in events
              if event["name"] == "thread_name"}
    kinds = {event.get("cat") for event in events}
    assert {"call", "interrupt", "wait"} <= kinds
    assert set(tracks.values()) >= {"first_stack", "second_stack", "third_stack",
                                    "director_stack", "idle_stack"}
    check_nesting(events)
    # Each handler ends, but for those that the end of the guest interrupts.
    delivered = [event for event in events if event["ph"] == "i"]
    ended = [event for event in events
             if event["ph"] == "X" and event["cat"] == "interrupt"]
    assert len(delivered) - len(tracks) <= len(ended) <= len(delivered)


def duration(event):
    """A beginning without an end lasts beyond the trace."""
    return event["dur"] if event["ph"] == "X" else float("inf")


def check_nesting(events):
    """Perfetto drops what overlaps on one track without being within the other."""
    for track in {event["tid"] for event in events}:
        open_until = []
        for event in sorted((event for event in events
                             if event["tid"] == track and event["ph"] in "XB"),
                            key=lambda event: (event["ts"], -duration(event))):
            end = event["ts"] + duration(event)
            while open_until and open_until[-1] <= event["ts"] + 0.0005:
                open_until.pop()
            assert not open_until or end <= open_until[-1] + 0.0005, event
            open_until.append(end)


LEAVES = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    typedef int callback(int);
    EXTERNAL_FUNC(int, calls, callback *, int)
    EXTERNAL_FUNC(int, other, int)
    static void *frame[5];
    static const int *volatile nowhere = (const int *)16;
    static int leave(int number)
    {
            if (other(number) > 1)
                    return *nowhere;
            __builtin_longjmp(frame, 1);
    }
    static int within(int number)
    {
            if (!__builtin_setjmp(frame))
                    calls(leave, number);
            return other(0);
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            other(calls(within, 1));
            return calls(within, 2);
    }
    """
LEAVES_PROVIDER = """
    #include <jumpslot/provider.h>
    typedef int callback(int);
    EXTERNAL_FUNC(int, calls, callback *, int)
    EXTERNAL_FUNC(int, other, int)
    EF(calls)
    EF(other)
    JUMPSLOT_DIRECT(calls)
    JUMPSLOT_DIRECT(other)
    int calls(callback *function, int number) { return function(number); }
    int other(int number) { return number; }
    """


def test_calls_that_do_not_return_are_nested_too(tools, arch):
    """One is left by longjmp() within a call that returns, the others end by a fault."""
    path = tools.directory / "trace.json"
    result = tools.wrapper("--trace-file", path, "--provider",
                           tools.provider(LEAVES_PROVIDER, arch=arch),
                           tools.guest(LEAVES, arch=arch))
    assert result.returncode == 139
    events = [event for event in read_events(path) if event["ph"] in "XB"]
    check_nesting(events)
    seen = [(event["ph"], event["name"], event["args"].get("result"))
            for event in sorted(events, key=lambda event: event["ts"])]
    assert seen == [
        ("X", "calls(within, 1)", "0"), ("X", "calls(leave, 1)", None),
        ("X", "other(1)", "1"), ("X", "other(0)", "0"), ("X", "other(0)", "0"),
        ("B", "calls(within, 2)", None), ("B", "calls(leave, 2)", None),
        ("X", "other(2)", "2")]


@only_x86_64
def test_a_file_that_cannot_be_written_is_an_error(traced):
    result = traced.run("--trace-file", traced.tools.directory / "none/trace.json")
    assert result.stderr.endswith("none/trace.json: No such file or directory\n")
    assert result.returncode == 125
    result = traced.run("--trace-file", "/dev/full")
    assert result.stderr == ("host-wrapper: /dev/full: No space left on device: the "
                             "trace is incomplete\n")
    assert result.returncode == 125


@only_x86_64
def test_the_guests_console_does_not_get_the_trace(traced):
    result = traced.run("--trace-file", "-")
    assert (result.stdout, result.stderr, result.returncode) == (
        "", "host-wrapper: --trace-file -: standard output is the guest's console; "
        "expected another file (./- is one of that name)\n", 125)


ABSENT = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    EXTERNAL_FUNC_OPTIONAL(int, trace_absent, int)
    static volatile int ticks;
    static void handler(int vector, void *frame)
    {
            (void)frame;
            _CPU_Virtual_Irq_ack(vector);
            ticks++;
    }
    JUMPSLOT_ENTRY(info)
    {
            if (!info)
                    return trace_absent(1);
            _CPU_Virtual_Set_handler(handler);
            _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
            _BSP_Virtual_Clock_init();
            _BSP_Virtual_Clock_oneshot(1000);
            while (!ticks)
                    _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
            return 0;
    }
    """


@only_x86_64
def test_interrupts_and_waits_are_there_if_no_provider_has_the_traced_function(tools):
    path = tools.directory / "trace.json"
    result = tools.wrapper("--trace-file", path, "--trace=trace_absent",
                           tools.guest(ABSENT))
    assert (result.stderr, result.returncode) == ("", 0)
    events = [event for event in read_events(path) if event["ph"] != "M"]
    assert {event["cat"] for event in events} == {"interrupt", "wait"}


LOOP = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_Console_write("x", 1);
            for (;;)
                    ;
    }
    """


@pytest.mark.not_sanitized("their processes cannot be traced")
@only_x86_64
def test_the_file_is_complete_before_the_limit_of_the_last_words_begins(tools):
    """A slow disk does not cut it."""
    path, log = tools.directory / "trace.json", tools.directory / "log"
    alarm = "setitimer"  # musl's
    result = run("strace", "-qq", "-y", "-o", log, "-e", f"trace=write,writev,{alarm}",
                 *WRAPPER, "--timeout", "0.3", "--trace-file", path, tools.guest(LOOP),
                 check=False, stdin=subprocess.DEVNULL)
    assert "its time is up" in result.stderr
    calls = log.read_text().splitlines()
    [begins] = [at for at, call in enumerate(calls) if call.startswith(f"{alarm}(")]
    written = [at for at, call in enumerate(calls) if f"<{path}>" in call]
    assert written and max(written) < begins


@only_x86_64
def test_a_pipe_that_nobody_reads_does_not_outlast_the_time_out(tools):
    path = tools.directory / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDWR)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    os.write(reader, bytes(4096))
    result = tools.wrapper("--timeout", "0.3", "--trace-file", path, tools.guest(LOOP))
    os.close(reader)
    assert result.stderr.startswith(f"host-wrapper: {path}: Connection timed out: the "
                                    "trace is incomplete\n")
    assert result.returncode == 125


@only_x86_64
def test_text_of_the_guest_cannot_break_the_file(tools):
    guest = tools.guest(r"""
        #include <jumpslot/entry.h>
        #include "trace.h"
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                trace_gated(1, "\"}]}\n\\\x1b[31m\xff\xe2\x80\xae");
                return 0;
        }
        """, "-I", GUESTS)
    provider = tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS)
    path = tools.directory / "trace.json"
    tools.wrapper("--trace-file", path, "--provider", provider, guest)
    assert read_events(path)[-1]["name"] == \
        r'trace_gated(1, "\"}]}\n\\\x1b[31m\xff\xe2\x80\xae")'


@only_x86_64
@pytest.mark.parametrize("kind", ["guest", "provider"])
def test_the_guest_and_its_providers_are_not_overwritten(traced, kind):
    path = getattr(traced, kind)
    content = path.read_bytes()
    link = path.with_name("trace.json")
    link.symlink_to(path)
    result = traced.run("--trace-file", link)
    what = {"guest": "the guest", "provider": "a provider"}[kind]
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {traced.guest}: {link}: is {what} (expected a file to "
        "overwrite)\n", 125)
    assert path.read_bytes() == content
