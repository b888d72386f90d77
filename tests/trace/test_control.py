"""`host-wrapper ctl` shows and changes a running guest, from the next call on."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, ROOT, each_arch as arch, only_x86_64, run  # noqa: F401
from control_client import LATE
from controlled_guest import LOOP, runner_of, start, stop_runner  # noqa: F401
from terminal_session import state_of, wait_until

# Sleeps until a vector comes, before its first call. A guest can only sleep at level 1.
SLEEPING = LOOP.replace("_CPU_Virtual_Interrupts_open",
                        "_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);"
                        "_CPU_Virtual_Interrupts_open")


# Starts again at each vector.
RESETTING = SLEEPING.replace("_CPU_Virtual_Interrupts_open();",
                             "_BSP_Virtual_reset(1);")


# Starts again at once, and takes long to end: the kernel frees its memory.
RESTLESS = LOOP.replace("JUMPSLOT_ENTRY(info)", """
    static volatile char memory[128 << 20];
    JUMPSLOT_ENTRY(info)""").replace("(void)info;", """
            (void)info;
            for (unsigned i = 0; i < sizeof(memory); i += 4096)
                    memory[i] = 1;""").replace(
    "_CPU_Virtual_Interrupts_open();", "_BSP_Virtual_reset(1);")


def test_trace_on_and_off_lose_no_call(start):
    guest = start()
    for _ in range(20):
        guest.ctl("trace", "on", "trace_*")
        guest.ctl("trace", "off", "trace_*")
    guest.ctl("raise", "20")
    errors, status = guest.end()
    assert status == 10
    calls = [int(number) for number in re.findall(r"trace_other\((\d+)\)", errors)]
    assert calls and calls == sorted(set(calls))
    assert "trace_direct(" in errors


def put_first(process):
    """
    Lets the process's first thread run at once when it is woken, in place of its others.
    Without the right to do that, its threads run as they come.
    """
    threads = [int(each.name) for each in Path(f"/proc/{process}/task").iterdir()]
    for each in threads:
        os.sched_setaffinity(each, {min(os.sched_getaffinity(0))})
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(process, os.SCHED_FIFO, os.sched_param(1))


def test_a_command_that_ends_the_guest_succeeds(start):
    """The guest ends before its other thread can say that it has carried it out."""
    guest = start(source=SLEEPING)
    runner = runner_of(guest.process.pid)
    wait_until(lambda: state_of(runner) == "S")
    put_first(runner)
    guest.ctl("raise", "20")
    assert guest.end() == ("", 10)


@only_x86_64
def test_a_command_that_resets_the_guest_succeeds(start):
    guest = start(source=RESETTING)

    def is_answered():
        runner = runner_of(guest.process.pid)
        wait_until(lambda: state_of(runner) == "S")
        put_first(runner)
        result = guest.ctl("raise", "5", check=False)
        assert guest.process.stdout.readline() == "ready\n"
        return (result.stderr, result.returncode) == ("", 0)
    assert any(is_answered() for _ in range(5))  # a slow machine may be late


@only_x86_64
def test_a_guest_that_starts_again_is_stopped(start):
    """Also by a command that comes while its runner ends."""
    guest = start(source=RESTLESS)
    for delay in range(20):
        time.sleep(delay / 1000)
        guest.ctl("stop")
        assert "stopped by signal 15" in guest.process.communicate(timeout=HANGS)[1]
        guest.begin()


def counted(guest):
    """The number of calls of trace_other(), which each has as its argument."""
    found = re.search(r"^ +(\d+) .* trace_other$", guest.ctl("stats").stdout,
                      re.MULTILINE)
    return int(found[1]) if found else 0  # before the first call there is no line


def wait_for_calls(guest, count):
    """Returns how many there are then."""
    now = counted(guest)
    goal = now + count
    while now < goal:
        assert guest.process.poll() is None
        time.sleep(0.01)
        now = counted(guest)
    return now


@only_x86_64
def test_calls_are_shown_between_on_and_off_alone(start, tmp_path):
    """By the numbers of the calls: lines may be printed later than they were made."""
    path = tmp_path / "errors"
    with path.open("w") as errors:
        guest = start("--stats", errors=errors)
        spans = []
        for _ in range(2):
            before = wait_for_calls(guest, 50)
            guest.ctl("trace", "on", "trace_other")
            wait_for_calls(guest, 50)
            guest.ctl("trace", "off", "trace_other")
            spans.append(range(before, counted(guest) + 1))
        wait_for_calls(guest, 50)
        guest.ctl("raise", "20")
        assert guest.process.wait() == 10
    calls = [int(number)
             for number in re.findall(r"trace_other\((\d+)\)", path.read_text())]
    assert calls == sorted(set(calls))
    for span in spans:
        assert len(span) >= 50 and any(number in span for number in calls), span
    assert all(any(number in span for span in spans) for number in calls)


def test_an_interrupt_line_is_raised(start):
    guest = start()
    guest.ctl("raise", "5")
    guest.ctl("raise", "20")
    assert guest.end() == ("", 11)


def test_a_function_that_is_revoked_is_a_fault_at_the_next_call(start):
    guest = start()
    guest.ctl("revoke", "trace_direct")
    errors, status = guest.end()
    assert ("stopped by signal 4 (Illegal instruction): called trace_direct, which was "
            "revoked (host-wrapper ctl), from 0x") in errors
    assert status == 127


@only_x86_64
def test_commands_show_functions_counters_and_the_virtual_cpu(start):
    guest = start("--stats")
    assert re.search(r"^trace_other\t\S+\.so$", guest.ctl("list").stdout, re.MULTILINE)
    wait_for_calls(guest, 1)
    assert "virtual CPU: level 0" in guest.ctl("vcpu").stdout
    guest.ctl("stop")
    assert guest.end()[1] == 143


@only_x86_64
def test_the_list_shows_what_is_traced_and_what_is_revoked(start):
    """The guest sleeps, so it does not call what is revoked."""
    guest = start("--trace=trace_direct", source=SLEEPING)

    def states():
        rows = [line.split("\t") for line in guest.ctl("list").stdout.splitlines()]
        return {row[0]: row[2] for row in rows if len(row) > 2}
    assert states() == {"trace_direct": "traced"}
    guest.ctl("trace", "off", "trace_direct")
    guest.ctl("trace", "on", "trace_o*")
    assert states() == {"trace_other": "traced"}
    guest.ctl("revoke", "trace_*")
    assert states() == {"trace_other": "revoked,traced", "trace_direct": "revoked"}
    guest.ctl("restore", "*")
    guest.ctl("trace", "off", "trace_other")
    assert states() == {}


@only_x86_64
def test_a_command_that_is_wrong_is_refused(start):
    guest = start()
    for words, problem in ((["dance"], "invalid command; expected list, stats, vcpu, "
                            "stop, trace on|off PATTERN, revoke PATTERN, restore "
                            "PATTERN, use PATTERN PROVIDER or raise VECTOR"),
                           (["revoke", "none"], "no import has such a name"),
                           (["trace", "on", "trace_othre"],
                            "no import has such a name; similar: trace_other"),
                           (["raise", "64"], "invalid vector; expected 0..63"),
                           (["stats"], "calls are not counted (start with --stats)")):
        result = guest.ctl(*words, check=False)
        assert (result.stderr, result.returncode) == \
            (f"host-wrapper: ctl: {problem}\n", 125)
    guest.ctl("raise", "20")
    assert guest.end() == ("", 10)


@only_x86_64
def test_a_command_with_a_byte_0_is_refused_and_not_cut(start):
    guest = start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(str(guest.path))
        client.sendall(b"stop\0\n")
        assert client.makefile().read() == "error invalid command; it has a byte 0\n"
    guest.ctl("raise", "20")
    assert guest.end() == ("", 10)


def test_the_help_of_ctl_has_each_command():
    page = (ROOT / "docs/control.md").read_text()
    commands = re.findall(r"^\| `([a-z]+)", page, re.MULTILINE)
    result = run(BUILD / "bin/host-wrapper", "ctl", "--help")
    printed = re.findall(r"^  ([a-z]+)", result.stdout, re.MULTILINE)
    assert printed == commands and len(commands) == 10
    assert result.stdout.startswith("usage: host-wrapper ctl PATH COMMAND\n")
    for words in (["-h"], ["nowhere", "help"], ["nowhere", "--help"]):
        assert run(BUILD / "bin/host-wrapper", "ctl", *words).stdout == result.stdout
    alone = run(BUILD / "bin/host-wrapper", "ctl", check=False)
    assert (alone.stderr, alone.returncode) == (
        "host-wrapper: ctl: expected PATH COMMAND; see host-wrapper ctl --help\n", 125)


@only_x86_64
def test_a_client_that_says_nothing_does_not_stop_the_guest(start):
    guest = start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.connect(str(guest.path))
        guest.ctl("raise", "20")
        assert guest.end() == ("", 10)


def start_in_time(start):
    """A guest whose time will be up soon, but not before it has started."""
    for seconds in "1.5", "6", "30":
        guest = start("--timeout", seconds, is_late=True)
        if guest.is_ready:
            break
    assert guest.is_ready
    return guest


def drip(guest, client):
    """Sends a byte of a command every now and then, until the guest has ended or the
    client is dropped. Returns whether that is before the command is complete."""
    for _ in range(60):
        try:
            client.send(b"x")
            guest.process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        except BrokenPipeError:
            pass
        return True
    return False


@only_x86_64
@pytest.mark.parametrize("way", ["time-out", "signal", "drop"])
def test_a_slow_client_delays_neither_time_out_nor_signals_nor_clients(start, way):
    guest = start_in_time(start) if way == "time-out" else start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as slow:
        slow.connect(str(guest.path))
        slow.send(b"x")
        if way == "signal":
            guest.process.send_signal(signal.SIGTERM)
        assert drip(guest, slow)
        if way == "drop":
            guest.ctl("raise", "20")
    assert guest.end()[1] == {"time-out": 137, "signal": 143, "drop": 10}[way]


@only_x86_64
def test_a_guest_that_does_not_answer_outlives_no_time_out(start):
    guest = start_in_time(start)
    stop_runner(guest.process.pid)
    result = guest.ctl("trace", "on", "*", check=False)
    assert result.stderr in ("host-wrapper: ctl: the guest has ended\n", LATE)
    assert result.returncode == 125
    assert guest.end()[1] == 137


@only_x86_64
def test_a_command_waits_once_for_a_guest_that_does_not_answer(start):
    guest = start()
    stop_runner(guest.process.pid)
    result = guest.ctl("trace", "on", "*", check=False)
    assert (result.stderr, result.returncode) == (LATE, 125)


@only_x86_64
def test_the_list_shows_a_change_when_the_guest_has_carried_it_out(start):
    guest = start()
    runner = stop_runner(guest.process.pid)
    assert guest.ctl("trace", "on", "trace_direct", check=False).stderr == LATE
    assert "traced" not in guest.ctl("list").stdout
    os.kill(runner, signal.SIGCONT)
    wait_until(lambda: "\ttraced\n" in guest.ctl("list").stdout)


@only_x86_64
def test_an_unusual_name_of_a_provider_does_not_control_the_terminal(start):
    guest = start(name="p\x1b[31m.so")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(str(guest.path))
        client.send(b"list\n")
        answer = client.makefile().read()
    assert "\x1b" not in answer
    assert "/p\\x1b[31m.so\n" in answer
    guest.ctl("raise", "20")


def listen_as(listener, user):
    """The kernel tells clients the user who called listen()."""
    child = os.fork()
    if not child:
        os.seteuid(user)
        listener.listen()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("other", [False, pytest.param(
    True, marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs two users"))])
def test_the_client_distrusts_the_server(tmp_path, other):
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listen_as(listener, 65534 if other else os.geteuid())
        with subprocess.Popen([BUILD / "bin/host-wrapper", "ctl", path, "list"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            client = listener.accept()[0]
            if not other:
                client.recv(100)
                client.send(b"ok\na\x1b[1m\tb\x07\n")
            client.close()
            output, errors = process.communicate()
    if other:
        assert errors == (f"host-wrapper: ctl {path}: socket of user 65534 (expected "
                          "the same user)\n")
    assert (output, process.returncode) == \
        (("", 125) if other else ("a\\x1b[1m\tb\\x07\n", 0))


# Writes to the words that it shares with the supervisor in each call.
FORGER = """
    #include <jumpslot/provider.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <jumpslot/abi/vcpu.h>
    #include "common/trace.h"
    #include "trace.h"
    EF(trace_other) EF(trace_direct)
    static struct trace_shared *shared;
    static void find(void)
    {
            unsigned long start;
            char line[256];
            FILE *maps = fopen("/proc/self/maps", "r");
            while (maps && !shared && fgets(line, sizeof(line), maps))
                    if (strstr(line, "memfd:the trace") &&
                        sscanf(line, "%lx-", &start) == 1)
                            shared = (void *)start;
            if (!shared)
                    abort();
            fclose(maps);
    }
    int trace_other(int number)
    {
            if (!shared)
                    find();
            FORGED;
            return number;
    }
    long long trace_direct(long long number, unsigned char byte)
    {
            return -number - byte;
    }
    """


@only_x86_64
@pytest.mark.parametrize("forged", [
    "shared->done = 1", "shared->done++", "shared->done = ~0u",
    "memset(trace_counters(shared), 0xff, 64)",
    "memset(shared->vectors, rand(), sizeof(shared->vectors))"])
def test_a_guest_that_forges_answers_deceives_the_client_alone(start, forged):
    guest = start("--stats", "--sandbox=off", "--timeout=60",
                  provider=FORGER.replace("FORGED", forged))
    answers = [guest.ctl(*words.split(), check=False) for words in (
        "trace on trace_*", "stats", "vcpu", "raise 5", "trace off trace_*", "raise 20")]
    errors, status = guest.end()
    assert status == 11
    assert all(line.isprintable() for line in errors.splitlines())
    for answer in answers:
        assert answer.returncode in (0, 1, 125), answer
