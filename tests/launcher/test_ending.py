"""The end of a guest and its report: exit statuses, signals, time-outs."""

import os
import re
import signal
import subprocess
import time

import pytest
from conftest import BUILD, WRAPPER, each_arch as arch, only_x86_64, without_account

ENTRY = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    #include <jumpslot/arguments.h>
    %s
    JUMPSLOT_ENTRY(info) { (void)info; %s }
    """


def ending(tools, body, before="", *arguments):
    return tools.wrapper(*arguments, tools.guest(ENTRY % (before, body)))


@pytest.mark.parametrize("status", [0, 1, 42, 125, 126, 127, 255])
def test_returning_from_the_entry_is_exit_with_that_status(tools, status):
    result = ending(tools, f"return {status};")
    assert (result.stdout, result.stderr, result.returncode) == ("", "", status)


def test_only_the_low_eight_bits_count(tools):
    assert ending(tools, "return 0x1234507;").returncode == 7


def test_stopping_works_from_any_depth_and_any_stack(tools, arch):
    stack_pointer = {"x86_64": "rsp", "i386": "esp"}[arch]
    result = ending(tools, """
        static char stack[8192] __attribute__((aligned(16)));
        __asm__ volatile("mov %%0, %%%%%s\\n call on_another_stack"
                         : : "r"(stack + sizeof(stack)) : "memory");
        return 1;
        """ % stack_pointer, """
        void on_another_stack(void);
        void deeper(int depth);
        void on_another_stack(void) { deeper(100); }
        void deeper(int depth)
        {
                if (depth)
                        deeper(depth - 1);
                _CPU_Virtual_exec_stop_error(33);
        }
        """)
    assert (result.stderr, result.returncode) == ("", 33)


@pytest.mark.parametrize("body,number,name", [
    ("int *volatile nowhere = (int *)16; *nowhere = 0; return 0;",
     11, "Segmentation fault"),
    ("__builtin_trap();", 4, "Illegal instruction"),
    ("volatile int zero = 0, one = 1; return (one + 6) / zero;",
     8, "Floating point exception"),
    ("__asm__ volatile(\"cli\"); return 0;", 11, "Segmentation fault"),
    ("__asm__ volatile(\"int3\"); return 0;", 5, "Trace/breakpoint trap"),
])
def test_a_fault_ends_the_guest_with_a_report_and_128_plus_signal(
        tools, body, number, name):
    result = ending(tools, body)
    assert f": stopped by signal {number} ({name}) at 0x" in result.stderr
    assert " <_start+0x" in result.stderr
    assert without_account(result.stderr).count("\n") == 1
    assert result.returncode == 128 + number


@only_x86_64
def test_a_fault_of_a_static_pie_is_named_by_its_function(tools):
    guest = tools.guest(ENTRY % ("", "int *volatile nowhere = (int *)16; *nowhere = 0; "
                                     "return 0;"), pie=True)
    result = tools.wrapper(guest)
    assert " <_start+0x" in result.stderr and ", accessing 0x10\n" in result.stderr
    assert result.returncode == 139


FOREIGN_ENTRY = {
    "x86_64": """__asm__ volatile("lea 3(%%rip), %%r11\\n"
                     "call *__external_resolver(%%rip)" : : : "r11", "memory");""",
    "i386": """__asm__ volatile("push $_start + 3\\n"
                   "call *__external_resolver" : : : "memory");""",
}


def test_a_resolver_call_with_a_foreign_entry_is_diagnosed(tools, arch):
    result = ending(tools,
                    "_BSP_Virtual_Clock_read(); %s return 0;" % FOREIGN_ENTRY[arch])
    assert ": called the resolver with 0x" in result.stderr
    assert "which is not an entry of its import table, from 0x" in result.stderr
    assert result.returncode == 132


@pytest.mark.parametrize("target", ["0", "0x12345000"])
def test_a_call_of_an_address_without_code_is_reported_with_its_caller(tools, target):
    result = ending(tools, f"void (*volatile wild)(void) = (void (*)(void)){target}; "
                           "wild(); return 0;")
    address = hex(int(target, 0))
    assert re.fullmatch(
        r"host-wrapper: \S+: stopped by signal 11 \(Segmentation fault\): "
        rf"jumped to {address}, where nothing is mapped, "
        r"from 0x[0-9a-f]+ <_start\+0x[0-9a-f]+>\n", without_account(result.stderr))
    assert result.returncode == 139


def test_a_jump_to_data_is_reported_as_that(tools):
    jump = """
        void (*volatile wild)(void) = (void (*)(void))(uintptr_t)data;
        wild();
        return 0;
        """
    result = ending(tools, jump, "int data[4]; int data[4] = { 1 };")
    assert re.search(r"\): jumped to 0x[0-9a-f]+, which is not executable, "
                     r"from 0x[0-9a-f]+ <_start\+0x[0-9a-f]+>\n", result.stderr), \
        result.stderr
    assert result.returncode == 139


def test_a_providers_own_wild_jump_names_its_function(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        void jump(void);
        EF(jump)
        void jump(void) { void (*volatile wild)(void) = 0; wild(); }
        """)
    result = ending(tools, "jump(); return 0;", "EXTERNAL_FUNC(void, jump)",
                    "--provider", provider)
    assert ("): jumped to 0x0, where nothing is mapped, in jump, called from "
            in result.stderr), result.stderr
    assert result.returncode == 139


def test_a_fault_inside_a_provider_is_reported(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        void fault(void);
        EF(fault)
        void fault(void) { int *volatile nowhere = (int *)16; *nowhere = 0; }
        """)
    result = ending(tools, "fault(); return 0;", "EXTERNAL_FUNC(void, fault)",
                    "--provider", provider)
    assert ": stopped by signal 11 (Segmentation fault) at 0x" in result.stderr
    assert (" (not the guest's code: a provider's or the runner's), accessing 0x10, in "
            "fault, called from 0x") in result.stderr
    assert " <_start+0x" in result.stderr
    assert result.returncode == 139


def test_a_timeout_kills_the_guest_and_says_so(tools):
    started = time.monotonic()
    result = ending(tools, "for (;;) __asm__ volatile(\"\");", "", "--timeout", "0.2")
    assert time.monotonic() - started >= 0.2
    assert ": stopped by signal 9 (Killed): its time is up (--timeout)\n" in result.stderr
    assert result.returncode == 137


def test_a_guest_that_ends_in_time_is_not_killed(tools):
    result = ending(tools, "return 5;", "", "--timeout", "60")
    assert (result.stderr, result.returncode) == ("", 5)


SPINNING = ENTRY % ("", '_BSP_Virtual_Console_write("up\\n", 3); for (;;) '
                        '__asm__ volatile("");')


def start(guest, *arguments):
    """A running guest, after it said so."""
    process = subprocess.Popen([*WRAPPER, *arguments, guest],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    assert process.stdout.readline() == "up\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_supervisor_reaches_the_guest(tools, number):
    process = start(tools.guest(SPINNING))
    process.send_signal(number)
    stderr = process.communicate(timeout=60)[1]
    assert f": stopped by signal {int(number)} (" in stderr
    assert process.returncode == 128 + number


def test_an_interrupt_from_the_terminal_ends_guest_and_supervisor_in_order(tools):
    process = start(tools.guest(SPINNING))
    os.killpg(process.pid, signal.SIGINT)
    stderr = process.communicate(timeout=60)[1]
    assert ": stopped by signal 2 (Interrupt)\n" in stderr
    assert process.returncode == 130


def test_no_runner_outlives_its_supervisor(tools):
    process = start(tools.guest(SPINNING))
    process.kill()
    # The pipe's end is seen only once the runner, which holds it too, is gone.
    assert process.communicate(timeout=60)[0] == ""


def test_a_parent_that_ignores_its_children_gets_the_status_too(tools):
    guest = tools.guest(ENTRY % ("", "return 7;"))
    result = subprocess.run(
        [*WRAPPER, guest],
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    assert result.returncode == 7


def test_in_place_the_launcher_becomes_the_guest(tools):
    process = start(tools.guest(SPINNING), "--in-place")
    with open(f"/proc/{process.pid}/comm", encoding="ascii") as comm:
        assert comm.read().startswith("jumpslot-runner")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert ending(tools, "return 9;", "", "--in-place").returncode == 9


def test_the_runner_says_that_it_is_not_started_by_hand(arch):
    result = subprocess.run([BUILD / f"bin/jumpslot-runner-{arch}"], capture_output=True,
                            text=True)
    assert result.stderr == "jumpslot-runner: started by host-wrapper, not by hand\n"
    assert result.returncode == 125


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_an_interrupt_sent_to_the_supervisor_alone_reaches_the_guest(tools, number):
    process = start(tools.guest(SPINNING))
    process.send_signal(number)
    assert f": stopped by signal {int(number)} (" in process.communicate(timeout=60)[1]
    assert process.returncode == 128 + number


@only_x86_64
def test_an_address_that_is_none_is_not_reported_as_zero(tools):
    result = ending(tools, "int *volatile far = (int *)0xdead000000000000; *far = 0; "
                           "return 0;")
    assert ": stopped by signal 11 (Segmentation fault) at 0x" in result.stderr
    assert "accessing" not in result.stderr


# getpid() and kill(self, SIGSEGV).
KILL_SELF = {
    "x86_64": """
        __asm__ volatile("syscall" : "=a"(self) : "0"(39L) : "rcx", "r11");
        __asm__ volatile("syscall" : : "a"(62L), "D"(self), "S"(11L)
                         : "rcx", "r11", "memory");
        """,
    "i386": """
        __asm__ volatile("int $0x80" : "=a"(self) : "0"(20L));
        __asm__ volatile("int $0x80" : : "a"(37L), "b"(self), "c"(11L) : "memory");
        """,
}


def test_a_fault_signal_that_somebody_sent_is_said_to_be_sent(tools, arch):
    result = ending(tools, "long self; %s return 0;" % KILL_SELF[arch], "",
                    "--sandbox=off")
    assert without_account(result.stderr).endswith(", sent by a process\n")
    assert "accessing" not in result.stderr


def test_a_fault_is_reported_although_the_parent_blocked_its_signal(tools):
    guest = tools.guest(ENTRY % ("", "int *volatile at = (int *)16; *at = 0; return 0;"))
    result = tools.wrapper(guest, preexec_fn=lambda: signal.pthread_sigmask(
        signal.SIG_BLOCK, [signal.SIGSEGV]))
    assert " <_start+0x" in result.stderr and ", accessing 0x10\n" in result.stderr


SET_FLAGS = {  # alignment check and direction
    "x86_64": '__asm__ volatile("pushfq; orq $0x40400, (%%rsp); popfq" : : : "memory");',
    "i386": '__asm__ volatile("pushf; orl $0x40400, (%%esp); popf" : : : "memory");',
}


def test_flags_that_the_guest_leaves_set_do_not_reach_the_host(tools, arch):
    body = SET_FLAGS[arch] + " _CPU_Virtual_exec_stop_error(5); return 0;"
    result = ending(tools, body, "", "--report")
    assert "bound 1 of 1\n" in result.stderr
    assert result.returncode == 5


def test_a_call_that_is_the_entrys_tail_call_shows_no_address_of_the_host(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, missing)
        JUMPSLOT_ENTRY(info) { (void)info; return missing(); }
        """)
    result = tools.wrapper("--allow-missing", guest)
    assert re.search(r"called missing, which no provider has, from outside the guest, as "
                     r"after a tail call of its entry$", result.stderr, re.M)
    assert result.returncode == 127
