"""Restarts of a guest, warm or cold, in a new runner that the supervisor starts."""

import os
import resource
import signal
import subprocess

import pytest
from conftest import HOST as RUN_ON, ROOT, WRAPPER, each_arch as arch
from fault_guest import HOST, ISR, build, faulting, provider, report

SIGNALS = 8 if RUN_ON == "monitor" else 40  # each needs a machine there

# Each run checks that data is as in the file, and prints the work area's first byte.
COUNT = """
    unsigned char *area = (unsigned char *)(uintptr_t)info->work_area_base;
    static int initial = 5;
    if (initial++ != 5) return 90;
    print_number("run", area[0]);
    """


def test_lines_and_other_descriptors_survive_restarts(tools):
    """Eleven runs, each ended by the line; the process that raises it knows of none."""
    guest = build(tools, """
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(2)) return 98;
    """ + COUNT + """
        while (!interrupts)
                _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
        if (area[0]++ < 10)
                _BSP_Virtual_reset(1);
        return 9;
        """, before=ISR)
    down, up = os.pipe()
    with open(down), open(up, "w", buffering=1) as raising:
        process = subprocess.Popen(
            [*WRAPPER, "--timeout", "60", "--line", f"2=fd:{down}",
             guest],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pass_fds=[down])
        for number in range(11):
            assert process.stdout.readline() == f"run {number:x}\n"
            raising.write("!")
            raising.flush()
        assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 9


@pytest.mark.parametrize("by_handler", [False, True])
def test_a_warm_restart_keeps_the_work_area_and_nothing_else(tools, by_handler):
    restart = "divide(0);" if by_handler else "_BSP_Virtual_reset(1);"
    result = faulting(tools, COUNT + f"""
        if (area[0]++ < 3) {{ area[info->work_area_size - 1]++; {restart} }}
        return area[info->work_area_size - 1] + 40;
        """, "fault->decision = JUMPSLOT_FAULT_RESTART_WARM;")
    assert result.stdout == "run 0\nrun 1\nrun 2\nrun 3\n"
    assert (result.stderr, result.returncode) == ("", 43)


@pytest.mark.parametrize("by_handler", [False, True])
def test_a_cold_restart_clears_the_work_area(tools, by_handler):
    """The console's input has a letter for each restart: the guest cannot remember."""
    restart = "divide(0);" if by_handler else "_BSP_Virtual_reset(0);"
    guest = build(tools, COUNT + f"""
        int letter;
        area[0]++;
        while ((letter = _BSP_Virtual_Console_read()) < 0)
                ;
        if (letter == 'r') {{ {restart} }}
        return 7;
        """, "fault->decision = JUMPSLOT_FAULT_RESTART_COLD;")
    with open(tools.write("letters", "rrre"), encoding="ascii") as letters:
        result = tools.wrapper("--timeout", "60", guest, stdin=letters)
    assert result.stdout == "run 0\n" * 4
    assert (result.stderr, result.returncode) == ("", 7)


def test_a_cold_restart_after_a_warm_one_clears_the_work_area(tools):
    result = faulting(tools, COUNT + """
        if (info->work_area_size != 1 << 20) return 1;
        _BSP_Virtual_Console_write("", 0);
        if (!area[0]) { area[0] = 1; area[1] = 1; _BSP_Virtual_reset(1); }
        if (area[1] == 1) { area[1] = 2; _BSP_Virtual_reset(1); }
        return area[1];
        """, options=["--work-area", "1M"])
    assert result.stdout == "run 0\nrun 1\nrun 1\n"
    assert (result.stderr, result.returncode) == ("", 2)


def test_a_restarted_guest_has_its_arguments_clock_and_interrupts(tools):
    result = faulting(tools, COUNT + """
        char text[16];
        if (_BSP_Virtual_Clock_read() > 10000000000ull) return 91;
        if (jumpslot_argument_count() != 2 || jumpslot_argument(1, text, 16) != 5)
                return 92;
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(0) ||
            _BSP_Virtual_Clock_init())
                return 93;
        /* A host refuses periods that leave the guest too little time. */
        for (unsigned period = 1000000; _BSP_Virtual_Clock_periodic(0, period);)
                if ((period *= 2) > 1000000000) return 94;
        _CPU_Virtual_Interrupts_open();
        while (interrupts < 3)
                ;
        if (area[0]++ < 50)
                _BSP_Virtual_reset(1);
        return 9;
        """, before=ISR, arguments=["hello"])
    assert len(result.stdout.splitlines()) == 51
    assert (result.stderr, result.returncode) == ("", 9)


def test_files_that_providers_opened_are_closed_and_those_of_the_caller_are_not(tools):
    """300 restarts: each opens a file for good, and reads what the caller left open."""
    opens = tools.provider("""
        #include <jumpslot/provider.h>
        #include <fcntl.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, open_one)
        EF(open_one)
        EXTERNAL_FUNC(int, is_open, int)
        EF(is_open)
        int open_one(void) { return open("/dev/null", O_RDONLY); }
        int is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }
        """, name="opens")
    guest = build(tools, """
        int *area = (int *)(uintptr_t)info->work_area_base;
        if (!is_open(97)) return 91;
        if (area[1] && is_open(area[1])) return 92;
        if (area[1] && open_one() != area[1]) return 93;
        if (!area[1]) area[1] = open_one();
        if (area[0]++ < 300) _BSP_Virtual_reset(1);
        return 9;
        """, before="EXTERNAL_FUNC(int, open_one)\nEXTERNAL_FUNC(int, is_open, int)\n")
    with open("/dev/null", encoding="ascii") as null:
        os.dup2(null.fileno(), 97)
        try:
            result = tools.wrapper("--sandbox=off", "--provider", opens, guest,
                                   pass_fds=[97])
        finally:
            os.close(97)
    assert (result.stderr, result.returncode) == ("", 9)


def test_restarts_leave_no_descriptor_open_in_the_supervisor(tools):
    """Each run reads one letter, and there are more runs than descriptors."""
    guest = build(tools, """
        int letter = _BSP_Virtual_Console_read();
        if (letter == 'c') _BSP_Virtual_reset(0);
        if (letter == 'w') _BSP_Virtual_reset(1);
        return letter == 'e' ? 9 : 1;
        """)
    letters = tools.write("letters", "c" * 40 + "w" * 40 + "e")
    few = (32, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    with open(letters, encoding="ascii") as read:
        result = tools.wrapper(
            "--timeout", "60", guest, stdin=read,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, few))
    assert (result.stderr, result.returncode) == ("", 9)


def test_each_restart_has_environment_and_directory_of_the_first_start(tools):
    changes = tools.provider("""
        #include <jumpslot/provider.h>
        #include <signal.h>
        #include <stdlib.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, is_as_at_first)
        EF(is_as_at_first)
        int is_as_at_first(void)
        {
                char directory[4096];
                sigset_t mask;
                if (pthread_sigmask(SIG_SETMASK, NULL, &mask) ||
                    !getcwd(directory, sizeof(directory)))
                        return 0;
                if (getenv("CHANGED") || !directory[1] || sigismember(&mask, SIGUSR1))
                        return 0;
                sigaddset(&mask, SIGUSR1);
                return !setenv("CHANGED", "1", 1) && !chdir("/") &&
                       !pthread_sigmask(SIG_SETMASK, &mask, NULL);
        }
        """, name="changes")
    guest = build(tools, COUNT + """
        if (!is_as_at_first()) return 91;
        if (area[0]++ < 2) _BSP_Virtual_reset(1);
        return 7;
        """, before="EXTERNAL_FUNC(int, is_as_at_first)")
    result = tools.wrapper("--sandbox=off", "--provider", changes, guest,
                           cwd=tools.directory)
    assert result.stdout == "run 0\nrun 1\nrun 2\n"
    assert (result.stderr, result.returncode) == ("", 7)


def test_a_restart_works_from_a_callback(tools):
    result = faulting(tools, COUNT + """
        if (!area[0]++) host_calls(restart_here);
        return 6;
        """, before=HOST + "static void restart_here(void) { _BSP_Virtual_reset(1); }",
                      options=["--provider", provider(tools)])
    assert result.stdout == "run 0\nrun 1\n"
    assert (result.stderr, result.returncode) == ("", 6)


def test_a_restart_works_from_an_interrupt_handler(tools):
    result = faulting(tools, COUNT + """
        if (_CPU_Virtual_Set_handler(restart) || _CPU_Virtual_Irq_request(20)) return 98;
        if (area[0]++) return 6;
        _CPU_Virtual_Interrupts_open();
        _CPU_Virtual_Irq_raise(20);
        return 99;
        """, before="""
        static void restart(int vector, void *frame)
        {
                (void)vector; (void)frame; _BSP_Virtual_reset(1);
        }
        """)
    assert result.stdout == "run 0\nrun 1\n"
    assert (result.stderr, result.returncode) == ("", 6)


def test_what_a_provider_printed_is_not_lost_in_a_restart(tools):
    result = faulting(tools, COUNT + "host(\"printed\"); if (area[0]++ < 2) "
                                     "_BSP_Virtual_reset(1); return 0;",
                      before=HOST, options=["--provider", provider(tools)])
    lines = sorted(result.stdout.splitlines())
    assert lines == ["printed"] * 3 + ["run 0", "run 1", "run 2"]


def test_a_guest_that_restarts_for_ever_runs_out_of_its_time(tools):
    guest = build(tools, "_BSP_Virtual_reset(0); return 1;")
    result = tools.wrapper("--timeout", "0.5", guest)
    assert report(result).endswith(": its time is up (--timeout)\n")
    assert result.returncode == 137


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_a_guest_that_restarts_for_ever(tools, number):
    """Whether it comes to a runner, or between two of them."""
    guest = build(tools, "_BSP_Virtual_Console_write(\".\", 1); _BSP_Virtual_reset(0);"
                         "return 1;")
    for runs in range(1, SIGNALS):
        process = subprocess.Popen(
            [*WRAPPER, guest], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
        try:
            assert process.stdout.read(runs % 4 + 1)
            process.send_signal(number)
            message = process.communicate(timeout=60)[1].decode()
        finally:
            process.kill()
        assert f": stopped by signal {int(number)} " in message
        assert process.returncode == 128 + number


def test_the_virtual_cpu_is_shown_after_a_restart(tools):
    guest = build(tools, COUNT + """
        if (area[0]++ < 1) _BSP_Virtual_reset(1);
        if (_CPU_Virtual_Set_handler(isr) || _CPU_Virtual_Irq_request(20)) return 98;
        _BSP_Virtual_Console_write("ready\\n", 6);
        for (;;)
                ;
        """, before=ISR)
    process = subprocess.Popen([*WRAPPER, guest], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        process.send_signal(signal.SIGUSR2)
        line = process.stderr.readline()
        assert line.startswith("  virtual CPU: level 1, nesting 0, open {20}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 143
    finally:
        process.kill()


def test_the_report_of_bound_functions_is_that_of_the_last_run(tools):
    result = faulting(
        tools, COUNT + "if (area[0]++ < 3)\n_BSP_Virtual_reset(1);\nreturn 7;",
        options=["--report"])
    assert result.stderr.count(": bound ") == 1
    assert result.stdout == "run 0\nrun 1\nrun 2\nrun 3\n"
    assert result.returncode == 7


@pytest.mark.parametrize("by_handler", [False, True])
def test_a_restart_without_a_supervisor_is_refused(tools, by_handler):
    restart = "divide(0);" if by_handler else "_BSP_Virtual_reset(1);"
    guest = build(tools, COUNT + restart + "return 4;",
                  "fault->decision = JUMPSLOT_FAULT_RESTART_WARM;")
    result = tools.wrapper("--in-place", guest)
    assert result.stdout == "run 0\n"
    assert result.stderr == (f"host-wrapper: {guest}: cannot restart: a reset needs a "
                             "supervisor, and this process has none\n")
    assert result.returncode == 125


def test_a_guest_whose_provider_was_changed_is_not_restarted(tools):
    library = provider(tools)
    change = tools.provider("""
        #include <jumpslot/provider.h>
        #include <fcntl.h>
        #include <sys/stat.h>
        EXTERNAL_FUNC(int, change)
        EF(change)
        int change(void) { return utimensat(AT_FDCWD, "%s", NULL, 0); }
        """ % library, name="change")
    result = faulting(tools, "host(\"once\"); change(); _BSP_Virtual_reset(0); return 1;",
                      before=HOST + "EXTERNAL_FUNC(int, change)\n",
                      options=["--sandbox=off", "--provider", library,
                               "--provider", change])
    assert result.stdout == "once\n"
    assert report(result).endswith(
        f"provider {library} was changed since it was scanned\n")
    assert result.returncode == 125


# Functions that do to the memory shared with the supervisor what a hostile guest may do.
SHARED = """
    #include <jumpslot/provider.h>
    #include <signal.h>
    #include <stdint.h>
    #include <stdio.h>
    #include <string.h>
    #include <unistd.h>
    #include "common/outcome.h"
    EXTERNAL_FUNC(int, forge_restart)
    EF(forge_restart)
    EXTERNAL_FUNC(int, terminate)
    EF(terminate)
    int terminate(void) { return raise(SIGTERM); }
    EXTERNAL_FUNC(int, shared_descriptors)
    EF(shared_descriptors)
    int forge_restart(void)
    {
            FILE *maps = fopen("/proc/self/maps", "r");
            char line[400];
            uintmax_t at = 0;
            while (maps && fgets(line, sizeof(line), maps))
                    if (strstr(line, "/memfd:the outcome"))
                            sscanf(line, "%jx", &at);
            if (maps) fclose(maps);
            if (!at) return -1;
            ((struct outcome *)(uintptr_t)at)->kind = OUTCOME_RESTART_WARM;
            return 0;
    }
    int shared_descriptors(void)
    {
            int count = 0;
            for (int fd = 3; fd < 64; fd++) {
                    char link[32], name[64] = "";
                    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
                    if (readlink(link, name, sizeof(name) - 1) > 0 &&
                        (strstr(name, "the outcome") || strstr(name, "the work area")))
                            count++;
            }
            return count;
    }
    """
HOSTILE = """
    EXTERNAL_FUNC(int, forge_restart)
    EXTERNAL_FUNC(int, terminate)
    EXTERNAL_FUNC(int, shared_descriptors)
    """


def hostile(tools, body):
    shared = tools.provider(SHARED, "-I", ROOT / "host-wrapper", name="shared")
    return faulting(tools, "if (calls) _BSP_Virtual_reset(1);" + body,
                    before=HOSTILE, options=["--sandbox=off", "--provider", shared])


@pytest.mark.parametrize("end, status, text", [
    ("return 3;", 3, ""),
    ("__builtin_trap();", 132, ": stopped by signal 4 (Illegal instruction) at "),
    ("return terminate();", 143, ": stopped by signal 15 (Terminated)\n"),
])
def test_a_guest_that_ends_otherwise_is_not_restarted(tools, end, status, text):
    """The outcome alone decides nothing: the exit status must be 0, too."""
    result = hostile(tools, f"""
        _BSP_Virtual_Console_write(".", 1);
        if (forge_restart()) return 2;
        {end}""")
    assert (result.stdout, result.returncode) == (".", status)
    assert text in result.stderr
    assert bool(result.stderr) == bool(text)


def test_a_guest_has_no_descriptor_of_memory_that_it_shares_with_the_supervisor(tools):
    """So it cannot truncate the work area or the outcome."""
    result = hostile(tools, "return shared_descriptors();")
    assert (result.stderr, result.returncode) == ("", 0)
