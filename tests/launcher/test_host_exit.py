"""An exit that the guest did not ask for is an error, and not the guest's exit status."""

import json
import re

import pytest
from conftest import each_arch as arch  # noqa: F401

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, answer, int)
    EXTERNAL_FUNC(void, later, int)
    EXTERNAL_FUNC(int, back, int (*)(void))
    int called(void);
    int called(void) { return answer(9) + 1; }
    JUMPSLOT_ENTRY(info) { (void)info; %s; return 3; }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <pthread.h>
    #include <stdlib.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, answer, int)
    EXTERNAL_FUNC(void, later, int)
    EXTERNAL_FUNC(int, back, int (*)(void))
    EF(answer) EF(later) EF(back)
    static int kept;
    static void exits(void) { _exit(kept); }
    void later(int a) { kept = a; atexit(exits); }
    int back(int (*function)(void)) { jumpslot_guest_call(function); return 0; }
    static void *thread(void *unused) { (void)unused; exit(9); }
    static inline void start(void)
    {
            pthread_t id;
            pthread_create(&id, NULL, thread, NULL);
            for (;;)
                    pause();
    }
    int answer(int a) { (void)a; (void)start; %s; return 0; }
    """
BEFORE = "its process exited with status 9 before the guest had ended"
HINT = r" \(expected jumpslot_guest_exit\(\)\)"
PLACE = r"0x[0-9a-f]+ <(_start|called)\+0x[0-9a-f]+>"


def end(tools, action, *options, body="answer(9)"):
    guest = tools.guest(GUEST % body)
    provider = tools.provider(PROVIDER % action, "-pthread")
    return guest, tools.wrapper(*options, "--provider", provider, guest)


def expect(guest, result, words):
    assert re.fullmatch(f"host-wrapper: {guest}: {words}{HINT}\n", result.stderr), (
        result.stderr)
    assert result.returncode == 125


def test_exit_by_a_host_function_names_the_function(tools, arch):
    expect(*end(tools, "exit(9)"), f"{BEFORE}, in answer, called from {PLACE}")


def test_exit_below_a_callback_names_the_innermost_function(tools, arch):
    expect(*end(tools, "exit(9)", body="back(called)"),
           f"{BEFORE}, in answer, called from {PLACE}, 1 callback deep")


@pytest.mark.parametrize("status", [0, 9])
def test_an_exit_without_exit_handlers_names_nobody(tools, arch, status):
    guest, result = end(tools, f"_exit({status})")
    expect(guest, result, BEFORE.replace("9", str(status)))


def test_another_threads_exit_names_nobody(tools, arch):
    expect(*end(tools, "start()", "--sandbox=off"), BEFORE)


def test_a_system_call_of_the_guest_names_nobody(tools, arch):
    call = {"x86_64": '__asm__ volatile("syscall" : : "a"(231), "D"(9))',
            "i386": '__asm__ volatile("int $0x80" : : "a"(252), "b"(9))'}[arch]
    expect(*end(tools, "exit(9)", body=call), BEFORE)


def test_another_status_after_the_guests_end_is_an_error(tools, arch):
    expect(*end(tools, "exit(9)", body="later(9)"),
           "its process exited with status 9 after the guest had ended with status 3")


def test_the_guests_own_status_again_is_its_end(tools, arch):
    guest, result = end(tools, "exit(9)", body="later(3)")
    assert (result.stderr, result.returncode) == ("", 3)


def test_an_end_by_the_interface_for_providers_is_the_guests(tools, arch):
    guest, result = end(tools, "jumpslot_guest_exit(9)")
    assert (result.stderr, result.returncode) == ("", 9)


def test_the_report_in_json_says_so(tools, arch):
    report = json.loads(end(tools, "exit(9)", "--report=json")[1].stderr)
    assert (report["end"], report["status"], report["process_status"]) == (
        "host_exit", 125, 9)
    account = report["runner_account"]
    assert (account["kind"], account["host_function"]) == ("host_exit", "answer")
    assert re.fullmatch(f"in answer, called from {PLACE}", account["text"])


def test_without_a_supervisor_the_status_is_that_of_the_process(tools, arch):
    guest, result = end(tools, "exit(9)", "--in-place")
    assert (result.stderr, result.returncode) == ("", 9)
