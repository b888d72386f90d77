"""A guest that makes system calls of its own cannot touch its supervisor.

All of it holds without the sandbox: see lib/hostile.py.
"""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, Process, run
from hostile import GUEST, RESTARTS, attack, attack_options, start_attack
from no_namespaces import without_namespaces
from terminal_session import (
    are_gone, children_of, is_first, is_runner, keepers_of, state_of, wait_until,
)
from time_limits import end_in_time

NAMESPACES = subprocess.run(["unshare", "--pid", "--fork", "true"],
                            capture_output=True).returncode == 0
needs_namespace = pytest.mark.skipif(
    not NAMESPACES, reason="this machine allows no PID namespace")
WITHOUT_TRACE = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"]
# Process numbers that lead to a supervisor: the parent's, and that of /proc.
PARENTS = "const int parents[] = { getppid(), supervisor() };"
EACH_PARENT = PARENTS + """
    int reached = !parents[1];
    for (int i = 0; i < 2; i++)
            reached += %s;
    return reached ? 99 : 41;
    """


@needs_namespace
@pytest.mark.parametrize("call", [
    "parents[i] > 1 && !kill(parents[i], SIGKILL)",
    "parents[i] > 1 && !kill(parents[i], SIGSTOP)",
    "parents[i] > 1 && !ptrace(PTRACE_ATTACH, parents[i], NULL, NULL)",
    "parents[i] > 1 && !ptrace(PTRACE_SEIZE, parents[i], NULL, NULL)",
    "parents[i] > 1 && !prlimit(parents[i], RLIMIT_CPU, "
    "&(struct rlimit){ 0, 0 }, NULL)",
    "parents[i] > 1 && !setpriority(PRIO_PROCESS, (id_t)parents[i], 19)",
    "parents[i] < 0 || (!kill(1, SIGKILL) && kill(1, 0))",
], ids=["kill", "stop", "attach", "seize", "prlimit", "priority", "process 1"])
def test_system_calls_by_process_number_do_not_reach_the_supervisor(tools, call):
    result = attack(tools, EACH_PARENT % call, stdin=subprocess.DEVNULL)
    assert (result.stderr, result.returncode) == ("", 41)


TO_PROCESS_1 = [
    "ptrace(PTRACE_ATTACH, 1, NULL, NULL)",
    "ptrace(PTRACE_SEIZE, 1, NULL, NULL)",
    "process_vm_readv(1, &own, 1, &its, 1, 0)",
    "process_vm_writev(1, &own, 1, &its, 1, 0)",
    "syscall(SYS_pidfd_getfd, pidfd, 0, 0)",
    "syscall(SYS_pidfd_getfd, pidfd, 3, 0)",
]


@needs_namespace
def test_process_1_cannot_be_traced_read_or_written(tools):
    """It has the supervisor's memory. The status is the number of a call."""
    tries = "\n".join(f"if ({call} != -1 || errno != EPERM) return {number};"
                      for number, call in enumerate(TO_PROCESS_1, 1))
    result = attack(tools, f"""
        char word[8] = "";
        const int pidfd = (int)syscall(SYS_pidfd_open, 1, 0);
        struct iovec own = {{ word, sizeof(word) }}, its = own;
        if (pidfd < 0) return 98;
        {tries}
        return 41;
        """)
    assert (result.stderr, result.returncode) == ("", 41)


NO_ANSWER = "process 1 of the namespace did not answer"
# %s: what the guest does first, a file that it waits for, and what it does then.
AWAITS = """
    %s
    if (write(1, "up\\n", 3) != 3) return 98;
    while (access("%s", F_OK)) ;
    %s
    return 99;
    """
FAULTS = "int *volatile nowhere = (int *)16; *nowhere = 0;"


@needs_namespace
def test_process_1_cannot_be_stopped(tools):
    """It answers before the report is made."""
    start = tools.directory / "start"
    process, errors = start_attack(tools, AWAITS % (
        "if (kill(1, SIGSTOP)) return 97;", start, FAULTS))
    with process:
        assert process.stdout.readline() == "up\n"
        first, = filter(is_first, children_of(process.pid))
        assert state_of(first) != "T"
        start.touch()
        process.communicate()
    errors.seek(0)
    said = errors.read()
    assert ": stopped by signal 11 (Segmentation fault) at " in said
    assert NO_ANSWER not in said
    assert process.returncode == 139


@needs_namespace
def test_a_limit_on_process_1_does_not_postpone_the_time_out(tools):
    """The kernel lets a process limit others of its user."""
    result = attack(tools, """
        if (prlimit(1, RLIMIT_CPU, &(struct rlimit){ 0, 0 }, NULL)) return 98;
        for (;;) kill(1, SIGCONT);
        """, "--timeout", "0.5")
    assert ": its time is up (--timeout)\n" in result.stderr
    assert result.returncode == 137


@needs_namespace
@pytest.mark.parametrize("guest,then,line,status", [
    (GUEST, FAULTS, f"    the guest's stack is not shown: {NO_ANSWER}\n", 139),
    (RESTARTS, "return 0;", f": the guest cannot restart: {NO_ANSWER}\n", 125),
], ids=["fault", "restart"])
def test_a_process_1_that_does_not_answer_is_ended(tools, guest, then, line, status):
    """Only a process outside the namespace can stop it."""
    start = tools.directory / "start"
    process, errors = start_attack(tools, AWAITS % ("", start, then), guest=guest)
    with process:
        assert process.stdout.readline() == "up\n"
        family = children_of(process.pid)
        first, = filter(is_first, family)
        os.kill(first, signal.SIGSTOP)
        wait_until(lambda: state_of(first) == "T")
        start.touch()
        process.communicate()
    errors.seek(0)
    assert line in errors.read()
    assert process.returncode == status
    assert are_gone(family)


@needs_namespace
@pytest.mark.parametrize("number", ["SIGKILL", "SIGSTOP"])
def test_a_signal_to_its_group_or_to_all_reaches_only_the_guest(tools, number):
    """In its own session: standard input is /dev/null. Process 1 is immune."""
    for target in "0", "-1":
        stops = (target, number) == ("0", "SIGSTOP")
        result = attack(tools, f"kill({target}, {number}); return 41;",
                        *(["--timeout", "0.5"] if stops else []),
                        stdin=subprocess.DEVNULL)
        if (target, number) == ("0", "SIGKILL"):
            assert result.stderr.endswith(": stopped by signal 9 (Killed)\n")
            assert result.returncode == 137
        elif stops:
            assert ": its time is up (--timeout)\n" in result.stderr
            assert result.returncode == 137
        else:  # all but itself and process 1: nobody
            assert (result.stderr, result.returncode) == ("", 41)


ACCESSES = [
    'open(path("mem"), O_RDWR) >= 0',
    'open(path("mem"), O_RDONLY) >= 0',
    'readlink(path("fd/0"), text, sizeof(text)) >= 0',
    'readlink(path("exe"), text, sizeof(text)) >= 0',
    'readlink(path("cwd"), text, sizeof(text)) >= 0',
]


@pytest.mark.parametrize("without", [[], WITHOUT_TRACE], ids=["", "no CAP_SYS_PTRACE"])
def test_the_supervisor_cannot_be_opened_through_proc(tools, without):
    """Nor process 1 of the namespace, which has its memory. Also by root, whose runner
    lacks CAP_SYS_PTRACE; and where nobody ever had it, so that only the supervisor's own
    mark protects it (PR_SET_DUMPABLE). The status is the number of an access."""
    if without and os.getuid():
        pytest.skip("an ordinary user has no capability to lose")
    tries = "\n".join(f"if ({access}) return {number};"
                      for number, access in enumerate(ACCESSES, 1))
    options = attack_options(tools, """
        char text[64];
        int whose[8] = { supervisor() }, count = 1, self;
        FILE *family;
        if (!whose[0]) return 98;
        snprintf(text, sizeof(text), "/proc/%%d/task/%%d/children", whose[0], whose[0]);
        family = fopen(text, "r");
        while (family && count < 8 && fscanf(family, "%%d", &whose[count]) == 1)
                count++;
        memset(text, 0, sizeof(text));
        if (readlink("/proc/self", text, sizeof(text) - 1) < 1) return 97;
        self = atoi(text);
        for (int i = 0; i < count; i++) {
                if (whose[i] == self) continue;
                %s
        }
        return count < 2 ? 96 : 41;
        """ % re.sub(r'path\("(.*?)"\)',
                     r'(snprintf(text, sizeof(text), "/proc/%d/\1", whose[i]), text)',
                     tries))
    result = run(*without, BUILD / "bin/host-wrapper", *options, check=False)
    assert (result.stderr, result.returncode) == ("", 41)


def mapped_files(process):
    """Names in a process's memory map, those of anonymous memory and the kernel's own
    excepted. Only root sees them of an undumpable process."""
    lines = Path(f"/proc/{process}/maps").read_text().splitlines()
    names = {line.split(maxsplit=5)[5] for line in lines if len(line.split()) > 5}
    return {name for name in names if not name.startswith("[")}


@pytest.mark.not_sanitized("their runtimes are libraries, and map memory of their own")
def test_the_supervisor_maps_nothing_of_the_guest(tools):
    """The outcome is the one file that it shares with the runner."""
    if os.getuid():
        pytest.skip("only root can read the memory map of an undumpable process")
    process, _ = start_attack(tools, 'if (write(1, "up\\n", 3)) for (;;) pause(); '
                                     "return 1;")
    with process:
        assert process.stdout.readline() == "up\n"
        runner, = filter(is_runner, children_of(process.pid))
        its, guests = mapped_files(process.pid), mapped_files(runner)
        process.kill()
    outcome = {name for name in guests if name.startswith("/memfd:the outcome")}
    assert len(outcome) == 1 and any(name.endswith("guest-x86_64.elf") for name in guests)
    assert its == outcome | {str((BUILD / "bin/host-wrapper").resolve())}


DAEMON = """
    int pair[2];
    char byte;
    if (pipe(pair)) return 98;
    if (!fork()) {
            setsid();
            prctl(PR_SET_PDEATHSIG, 0);
            if (fork()) _exit(0);
            signal(SIGTERM, SIG_IGN);
            signal(SIGHUP, SIG_IGN);
            if (write(1, "daemon\\n", 7) && write(pair[1], "", 1)) pause();
    }
    if (read(pair[0], &byte, 1) != 1) return 97;
    prctl(PR_SET_PDEATHSIG, 0);
    """


def test_a_daemon_that_the_guest_forks_ends_with_the_guest(tools):
    """It holds the pipe: only its end lets us read to the end."""
    result = attack(tools, DAEMON + "return 41;")
    assert (result.stdout, result.stderr, result.returncode) == ("daemon\n", "", 41)


def test_a_daemon_ends_with_the_guest_where_no_namespace_is_allowed(tools):
    """The supervisor is then the parent of what the guest leaves, and kills it."""
    result = without_namespaces(BUILD / "bin/host-wrapper",
                                *attack_options(tools, DAEMON + "return 41;"))
    assert (result.stdout, result.stderr, result.returncode) == ("daemon\n", "", 41)


@needs_namespace
@pytest.mark.parametrize("victim", ["supervisor", "runner", "process 1"])
def test_nothing_is_left_when_a_process_is_killed(tools, victim):
    process, errors = start_attack(tools, DAEMON + "for (;;) pause();")
    assert process.stdout.readline() == "daemon\n"
    family = children_of(process.pid)
    first, = filter(is_first, family)
    runner, = filter(is_runner, family)
    os.kill({"supervisor": process.pid, "runner": runner, "process 1": first}[victim],
            signal.SIGKILL)
    # The daemon and its parents hold the pipe.
    assert process.stdout.read() == ""
    process.wait()
    wait_until(lambda: are_gone(family))
    errors.seek(0)
    if victim == "supervisor":
        assert (errors.read(), process.returncode) == ("", -signal.SIGKILL)
    else:
        assert errors.read().endswith(": stopped by signal 9 (Killed)\n")
        assert process.returncode == 137


LINE_GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    static void isr(int vector, void *frame) { (void)vector; (void)frame; }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _CPU_Virtual_Set_handler(isr);
            _BSP_Virtual_Console_write("ready\\n", 6);
            for (;;) ;
    }
    """


def start_with_socket(tools, path):
    """Started, with a keeper that removes the socket; returns its processes, too."""
    process = Process([BUILD / "bin/host-wrapper", "--line", f"5=unix:{path}",
                       tools.guest(LINE_GUEST)], stdin=subprocess.DEVNULL, text=True,
                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    assert path.is_socket()
    return process, children_of(process.pid)


def test_a_socket_is_removed_when_the_supervisor_is_killed(tools):
    path = tools.directory / "line"
    process, family = start_with_socket(tools, path)
    with process:
        process.kill()
        process.communicate()
    wait_until(lambda: not path.exists())
    wait_until(lambda: are_gone(family))


def test_nothing_is_left_when_the_keeper_is_killed(tools):
    """The supervisor then removes the socket itself, as at every end of its own."""
    path = tools.directory / "line"
    process, family = start_with_socket(tools, path)
    with process:
        keeper, = keepers_of(process.pid)
        os.kill(keeper, signal.SIGKILL)
        wait_until(lambda: state_of(keeper) == "Z")
        process.terminate()
        errors = process.communicate()[1]
    assert ": stopped by signal 15 (Terminated)" in errors
    assert process.returncode == 143
    assert not path.exists()
    assert are_gone(family)


def test_a_flood_of_signals_does_not_postpone_the_time_out(tools):
    """Another process sends them: the guest cannot."""
    def run_flooded(seconds):
        process, errors = start_attack(tools, 'if (write(1, "up\\n", 3)) for (;;) ; '
                                              "return 1;", "--timeout", seconds)
        with process, errors:
            first = process.stdout.readline()
            while process.poll() is None:
                process.send_signal(signal.SIGUSR2)
                process.send_signal(signal.SIGCONT)
            errors.seek(0)
            return first, errors.read(), process.returncode
    first, said, status = end_in_time(run_flooded, lambda ended: ended[0])
    assert first == "up\n"
    assert ": its time is up (--timeout)\n" in said
    assert status == 137


def test_an_end_that_is_seen_after_the_deadline_is_a_time_out(tools):
    """As if the guest had stopped its supervisor, and then ended with status 0."""
    process, errors = start_attack(tools, """
        char path[64], state = 0;
        if (write(1, "up\\n", 3) != 3) return 98;
        snprintf(path, sizeof(path), "/proc/%d/stat", supervisor());
        while (state != 'T') {
                FILE *stat = fopen(path, "r");
                if (!stat || fscanf(stat, "%*d %*s %c", &state) != 1) return 97;
                fclose(stat);
        }
        return 0;
        """, "--timeout", "2")
    process.stdout.readline()  # "up", if the start does not take all the time
    os.kill(process.pid, signal.SIGSTOP)
    wait_until(lambda: state_of(process.pid) in "TZ")
    for runner in filter(is_runner, children_of(process.pid)):
        wait_until(lambda: state_of(runner) == "Z")
    subprocess.run(["sleep", "2.1"])  # past the deadline, which nobody looks at
    os.kill(process.pid, signal.SIGCONT)
    process.communicate()
    errors.seek(0)
    assert ": its time is up (--timeout)\n" in errors.read()
    assert process.returncode == 137


@pytest.mark.parametrize("forged", ["OUTCOME_RESTART_WARM", "OUTCOME_UNPROVIDED", "77"])
def test_the_exit_status_of_a_time_out_cannot_be_forged(tools, forged):
    """The guest writes an outcome, and ignores the question where it is."""
    result = attack(tools, f"""
        unsigned long at = 0;
        char line[400];
        FILE *maps = fopen("/proc/self/maps", "r");
        enum {{ OUTCOME_UNPROVIDED = 2, OUTCOME_RESTART_WARM = 20 }};
        while (maps && fgets(line, sizeof(line), maps))
                if (strstr(line, "/memfd:the outcome"))
                        sscanf(line, "%lx", &at);
        if (!at) return 98;
        *(volatile unsigned *)at = {forged};
        signal(SIGXCPU, SIG_IGN);
        for (;;)
                pause();
        """, "--timeout", "0.3")
    assert ": stopped by signal 9 (Killed): its time is up (--timeout)\n" in result.stderr
    assert result.returncode == 137


def test_a_fault_of_a_forked_process_is_not_the_guests(tools):
    result = attack(tools, """
        int status;
        int *volatile nowhere = (int *)16;
        if (!fork()) *nowhere = 0;
        wait(&status);
        return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV ? 41 : 99;
        """)
    assert (result.stderr, result.returncode) == ("", 41)


@needs_namespace
def test_the_runner_is_never_process_1(tools):
    """A signal that it raises at itself would be dropped."""
    result = attack(tools, "raise(SIGTERM); return 99;")
    assert result.returncode == 143
    result = attack(tools, "return getpid() == 1 || getppid() != 0 ? 99 : 41;")
    assert (result.stderr, result.returncode) == ("", 41)


def test_an_ordinary_user_gets_a_namespace_too():
    """Where the system allows one; nothing of the tree may be below a private folder."""
    if os.getuid():
        pytest.skip("only root can become another user")
    guest = BUILD / "guests/hello-x86_64.elf"
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
               "unshare", "--user", "--pid", "--fork", "true"]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this machine allows no user namespace to ordinary users")
    result = subprocess.run([*command[:4], BUILD / "bin/host-wrapper", "--report=json",
                             guest], capture_output=True, text=True)
    if "Permission denied" in result.stderr:
        pytest.skip("an ordinary user cannot read the build's folder")
    assert '"processes": "user and pid namespace"' in result.stderr
    assert result.returncode == 0


def test_a_user_0_that_is_the_overflow_user_gets_a_namespace_too(tools):
    """User 0 without CAP_SYS_ADMIN needs a user namespace, and another number there."""
    if os.getuid():
        pytest.skip("only root can replace the overflow user's number")
    number = tools.write("overflowuid", "0\n")
    hide = ["unshare", "--mount", "sh", "-c",
            f"mount --bind {number} /proc/sys/kernel/overflowuid && exec \"$@\"", "sh",
            "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"]
    if run(*hide, "unshare", "--user", "true", check=False).returncode:
        pytest.skip("this machine allows no mount, or no user namespace without "
                    "CAP_SYS_ADMIN")
    result = run(*hide, BUILD / "bin/host-wrapper", "--report=json",
                 BUILD / "guests/hello-x86_64.elf", check=False)
    assert '"processes": "user and pid namespace"' in result.stderr
    assert result.returncode == 0
