"""A layer that the kernel lacks is refused or left out, and each layer does its part.

Filters of system calls stand in for kernels that lack a layer.
"""

import ctypes
import errno
import json
import socket
import subprocess

import pytest
from changed_runner import ChangedRunner
from conftest import BUILD, each_arch as arch, only_x86_64, run
from old_kernel import without

HELLO = BUILD / "guests/hello-x86_64.elf"
NO_LANDLOCK = without(444, 444, errno.ENOSYS)
NO_SECCOMP = without(317, 354, errno.EINVAL)
NO_NEW_PRIVS = without(157, 172, errno.EINVAL, argument=(0, 38))
NO_LIMITS = without(302, 340, errno.EPERM, argument=(1, 6))  # of processes
NO_CLOSE_RANGE = without(436, 436, errno.EPERM)
# A start, and the report of the sandbox, are refused alike.
WAYS = pytest.param([], id="start"), pytest.param(["--print-sandbox"], id="report")
NEEDS_LANDLOCK = pytest.mark.skipif(
    ctypes.CDLL(None).syscall(444, None, 0, 1) < 6, reason="needs Landlock 6")


def start(*options, before=None, guest=HELLO):
    return run(BUILD / "bin/host-wrapper", *options, guest, check=False,
               preexec_fn=before)


@pytest.mark.parametrize("options", [[], ["--print-sandbox"]])
def test_strict_without_landlock_is_refused(options):
    result = start("--sandbox", "strict", *options, before=NO_LANDLOCK)
    assert (result.stdout, result.stderr, result.returncode) == (
        "", f"host-wrapper: {HELLO}: --sandbox strict: this kernel has no Landlock\n",
        125)


def test_without_landlock_the_guest_runs_and_the_reports_say_so():
    result = start("--report=json", before=NO_LANDLOCK)
    assert json.loads(result.stderr)["sandbox"]["landlock"] is None
    assert result.returncode == 0
    shown = start("--print-sandbox", before=NO_LANDLOCK).stdout
    assert "\n  Landlock      MISSING in this kernel\n" in shown


def is_refused(mode, ways, before, guest, reason):
    result = start("--sandbox", mode, *ways, before=before, guest=guest)
    assert (result.stdout, result.stderr, result.returncode) == (
        "", f"host-wrapper: {reason} (--sandbox=off runs without)\n", 125)
    assert start("--sandbox=off", *ways, before=before, guest=guest).returncode == 0


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("mode", ["on", "strict"])
def test_without_seccomp_the_guest_is_refused(arch, mode, ways):
    guest = BUILD / f"guests/hello-{arch}.elf"
    is_refused(mode, ways, NO_SECCOMP, guest,
               f"{guest}: the sandbox needs seccomp: Invalid argument")


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("mode", ["on", "strict"])
def test_without_no_new_privs_the_guest_is_refused(arch, mode, ways):
    guest = BUILD / f"guests/hello-{arch}.elf"
    is_refused(mode, ways, NO_NEW_PRIVS, guest,
               f"{guest}: the sandbox needs no_new_privs: Invalid argument")


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("mode", ["on", "strict"])
def test_without_limits_the_guest_is_refused(arch, mode, ways):
    guest = BUILD / f"guests/hello-{arch}.elf"
    is_refused(mode, ways, NO_LIMITS, guest,
               f"{guest}: the sandbox needs limits of resources: Operation not permitted")


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("mode", ["on", "strict"])
def test_without_closing_descriptors_the_guest_is_refused(mode, ways):
    """host-wrapper closes them before it reads the guest, so the line names no guest."""
    is_refused(mode, ways, NO_CLOSE_RANGE, HELLO,
               "the sandbox cannot close descriptors: Operation not permitted")


HOST = """
    #define _GNU_SOURCE
    #include <jumpslot/provider.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <netinet/in.h>
    #include <signal.h>
    #include <stddef.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/personality.h>
    #include <sys/socket.h>
    #include <sys/un.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, use)
    EF(use)
    static const char *given;
    static int file;
    JUMPSLOT_SYSCALLS(use, JUMPSLOT_ALLOW("socket"), JUMPSLOT_ALLOW("connect"),
                      JUMPSLOT_ALLOW("bind"), JUMPSLOT_ALLOW("kill"),
                      JUMPSLOT_ALLOW("pread64"), JUMPSLOT_ALLOW("i386:socketcall"))
    int jumpslot_provider_init(const char *options, char *message, size_t size)
    {
            (void)message, (void)size;
            given = options;
            file = open("/proc/self/personality", O_RDONLY);
            return strcmp(given, "exec") ? 0 : personality(READ_IMPLIES_EXEC) & 0;
    }
    static int error_of(int result) { return result < 0 ? errno : 0; }
    int use(void)
    {
            (void)error_of, (void)given, (void)file;
            %s
    }
    """
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, use)
    JUMPSLOT_ENTRY(info) { (void)info; return use(); }
    """
TCP = """
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)
            atoi(given)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    return error_of(%s(socket(AF_INET, SOCK_STREAM, 0), (void *)&to, sizeof(to)));
    """
ABSTRACT = """
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    strcpy(to.sun_path + 1, given);
    return error_of(connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&to, (socklen_t)
            (offsetof(struct sockaddr_un, sun_path) + 1 + strlen(given))));
    """


def use(tools, body, given, *options, **how):
    provider = tools.provider(HOST % body)
    return tools.wrapper(*options, "--provider", f"{provider},{given}",
                         tools.guest(GUEST), **how)


@NEEDS_LANDLOCK
@pytest.mark.parametrize("call", ["connect", "bind"])
def test_tcp_is_out_of_reach_even_with_a_rule(tools, arch, call):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1] if call == "connect" else 0
        body = TCP % call
        assert use(tools, body, port).returncode == errno.EACCES
        assert use(tools, body, port, "--sandbox=off").returncode == 0


@NEEDS_LANDLOCK
def test_an_abstract_socket_is_out_of_reach_even_with_a_rule(tools, arch):
    name = f"jumpslot-test-{tools.directory.name}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0" + name)
        server.listen()
        assert use(tools, ABSTRACT, name).returncode == errno.EPERM
        assert use(tools, ABSTRACT, name, "--sandbox=off").returncode == 0


@NEEDS_LANDLOCK
def test_other_processes_get_no_signal_even_with_a_rule(tools, arch):
    """In place, where no PID namespace hides them."""
    victim = subprocess.Popen(["sleep", "1000000"])
    try:
        body = "return error_of(kill(atoi(given), 0));"
        assert use(tools, body, victim.pid, "--in-place").returncode == errno.EPERM
        assert use(tools, body, victim.pid, "--in-place",
                   "--sandbox=off").returncode == 0
    finally:
        victim.kill()
        victim.wait()


def test_memory_that_can_be_read_cannot_be_executed_whatever_a_provider_set(tools, arch):
    """A new program does not inherit that mode on x86."""
    body = ("char text[16] = \"\"; return pread(file, text, 15, 0) > 0 && "
            "strtoul(text, 0, 16) & 0x400000 ? 5 : 4;")
    assert use(tools, body, "exec").returncode == 4
    assert use(tools, body, "exec", "--sandbox=off").returncode == 5


@only_x86_64
def test_strict_says_why_it_cannot_count_threads(tools, tmp_path, arch):
    runner = ChangedRunner(tmp_path, arch)
    runner.change("sandbox/sandbox.c", lambda text: text.replace("/proc/self/task",
                                                                 "/proc/self/none"))
    guest = tools.guest(GUEST)
    provider = tools.provider(HOST % "return 4;")
    result = run(runner.link() / "host-wrapper", "--sandbox=strict", "--provider",
                 provider, guest, check=False)
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {guest}: --sandbox strict: /proc/self/none: No such file or "
        "directory (expected a directory for each thread)\n", 125)
