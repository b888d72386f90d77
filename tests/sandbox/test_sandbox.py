"""The sandbox is on by default, and a guest gets nothing that its imports do not need."""

import os
import re

import pytest
from conftest import BUILD, each_arch as arch, only_x86_64, run
from no_namespaces import without_namespaces

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    %s
    #ifdef __x86_64__
    static long call4(long number, long a, long b, long c, long d)
    {
            register long fourth __asm__("r10") = d;
            __asm__ volatile("syscall" : "+a"(number)
                             : "D"(a), "S"(b), "d"(c), "r"(fourth)
                             : "rcx", "r11", "memory");
            return number;
    }
    #else
    static long call4(long number, long a, long b, long c, long d)
    {
            __asm__ volatile("push %%%%ebx\\n mov %%%%edi, %%%%ebx\\n int $0x80\\n"
                             "pop %%%%ebx" : "+a"(number)
                             : "D"(a), "c"(b), "d"(c), "S"(d) : "memory");
            return number;
    }
    #endif
    #define call(number, a, b, c) call4(number, a, b, c, 0)
    long (*volatile keep)(long, long, long, long, long) = call4;
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_Console_write("", 0);
            %s
            return 3;
    }
    """
# Attempts: number on x86-64, on i386, name, arguments.
ATTEMPTS = [
    (57, 2, "fork", "0, 0, 0"),
    (56, 120, "clone", "0x11, 0, 0"),
    (435, 435, "clone3", "0, 0, 0"),
    (59, 11, "execve", '(long)"/bin/true", 0, 0'),
    (257, 295, "openat", '-100, (long)"/etc/passwd", 0'),
    (41, 359, "socket", "1, 1, 0"),
    (42, 362, "connect", "0, 0, 0"),
    (101, 26, "ptrace", "0, 0, 0"),
    (62, 37, "kill", "1, 9, 0"),
    (234, 270, "tgkill", "1, 1, 9"),
    (302, 340, "prlimit64", "0, 0, 0"),
    (310, 347, "process_vm_readv", "1, 0, 0"),
    (425, 425, "io_uring_setup", "1, 0, 0"),
    (321, 357, "bpf", "0, 0, 0"),
    (9, 192, {"x86_64": "mmap", "i386": "mmap2"}, "0, 4096, 7"),
    (10, 125, "mprotect", "0, 4096, 5"),
]


def guest_of(tools, body, before=""):
    return tools.guest(GUEST % (before, body))


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda each: str(each[2]))
def test_an_attempt_ends_the_guest_with_a_report(tools, arch, attempt):
    number = attempt[0] if arch == "x86_64" else attempt[1]
    name = attempt[2] if isinstance(attempt[2], str) else attempt[2][arch]
    result = tools.wrapper(guest_of(tools, f"call({number}, {attempt[3]});"))
    assert result.returncode == 128 + 31
    assert re.match(rf"host-wrapper: \S+: stopped by signal 31 \(Bad system call\) at "
                    rf"0x[0-9a-f]+ <\w+\+0x[0-9a-f]+>: the sandbox does not allow system "
                    rf"call {number} \({name}\)\n", result.stderr), result.stderr


def test_without_the_sandbox_the_same_call_is_made(tools, arch):
    number = {"x86_64": 39, "i386": 20}[arch]
    guest = guest_of(tools, f"return call({number}, 0, 0, 0) > 0 ? 5 : 6;")
    assert tools.wrapper("--sandbox=off", guest).returncode == 5
    assert tools.wrapper("--sandbox", "strict", guest).returncode == 128 + 31


HOST = """
    #include <jumpslot/provider.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <time.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, use, int)
    EF(use)
    %s
    int use(int n) { (void)n; %s }
    """


def run_host(tools, stated, body, *options):
    provider = tools.provider(HOST % (stated, body))
    return tools.wrapper(*options, "--provider", provider,
                         guest_of(tools, "return use(7);",
                                  "EXTERNAL_FUNC(int, use, int)"))


def test_a_provider_that_states_nothing_is_refused(tools, arch):
    provider = tools.provider(HOST % ("/* no JUMPSLOT_SYSCALLS */", "return 4;"))
    guest = guest_of(tools, "return use(7);", "EXTERNAL_FUNC(int, use, int)")
    result = tools.wrapper("--provider", provider, guest)
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {provider}: states no system calls (expected JUMPSLOT_SYSCALLS "
        "lines, see docs/providers.md; --sandbox=off runs it as it is)\n", 125)
    assert tools.wrapper("--sandbox=off", "--provider", provider, guest).returncode == 4


def test_a_call_of_a_host_function_that_it_did_not_state_is_reported_with_its_name(
        tools, arch):
    result = run_host(tools, "JUMPSLOT_SYSCALLS(use, JUMPSLOT_NO_SYSCALLS)",
                      "return (int)getppid();")
    assert result.returncode == 128 + 31
    assert re.search(r": the sandbox does not allow system call \d+ \(getppid\), in use, "
                     r"called from (0x|outside the guest)", result.stderr), result.stderr


def test_another_functions_statement_does_not_help(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, use, int)
        EXTERNAL_FUNC(int, not_imported, int)
        EF(use)
        EF(not_imported)
        JUMPSLOT_SYSCALLS(not_imported, JUMPSLOT_ALLOW("getppid"))
        int use(int n) { return n + (int)getppid(); }
        int not_imported(int n) { return n; }
        """)
    result = tools.wrapper("--provider", provider, guest_of(
        tools, "return use(7);", "EXTERNAL_FUNC(int, use, int)"))
    assert result.returncode == 128 + 31


@pytest.mark.parametrize("rule,value,status", [
    ("JUMPSLOT_ARG(1, 5)", 5, 4), ("JUMPSLOT_ARG(1, 5)", 6, 159),
    ("JUMPSLOT_ARG_BITS(1, 0xf0u, 0x10u)", 0x1f, 4),
    ("JUMPSLOT_ARG_BITS(1, 0xf0u, 0x10u)", 0x2f, 159),
    ("JUMPSLOT_ARG(0, 9), JUMPSLOT_ARG(1, 5)", 5, 159),
])
def test_arguments_are_checked(tools, arch, rule, value, status):
    result = tools.wrapper("--provider", tools.provider(f"""
        #include <jumpslot/provider.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        long syscall(long number, ...);
        EXTERNAL_FUNC(int, use, int)
        EF(use)
        JUMPSLOT_SYSCALLS(use, JUMPSLOT_ALLOW_IF("dup2", {rule}))
        int use(int n) {{ (void)n; syscall(SYS_dup2, 77, {value}); return 4; }}
        """), guest_of(tools, "return use(7);", "EXTERNAL_FUNC(int, use, int)"))
    assert result.returncode == status, result.stderr


def test_an_unknown_call_is_refused(tools):
    result = run_host(tools, 'JUMPSLOT_SYSCALLS(use, JUMPSLOT_ALLOW("no_such_call"))',
                      "return 4;")
    assert result.stderr.endswith(
        ".so: use needs no_such_call: no such system call\n")
    assert result.returncode == 125


@pytest.mark.parametrize("needs,body", [
    ("JUMPSLOT_NEEDS_STDOUT",
     'printf("%d %s\\n", n, "printed"); return fflush(stdout);'),
    ("JUMPSLOT_NEEDS_STDERR", 'return fprintf(stderr, "%d", n) != 1;'),
    ("JUMPSLOT_NEEDS_MALLOC",
     "char *all[2000]; for (int i = 0; i < 2000; i++) if (!(all[i] = malloc(5000 + 200 *"
     " (size_t)i))) return 1; for (int i = 0; i < 2000; i++) free(all[i]); return 0;"),
    ("JUMPSLOT_NEEDS_MALLOC", "void *a = realloc(malloc(1000000), 9000000); free(a); "
                              "return !a;"),
    ("JUMPSLOT_NO_SYSCALLS", "time_t now = time(NULL); return !localtime(&now);"),
    ("JUMPSLOT_NO_SYSCALLS", "char text[99]; time_t now = 0; struct tm tm; localtime_r("
                             "&now, &tm); return !strftime(text, 99, \"%c %Z\", &tm);"),
    ("JUMPSLOT_NO_SYSCALLS", "char text[99]; return snprintf(text, 99, \"%f %d\", "
                             "1.5 * n, n) < 0;"),
])
def test_libc_works_after_the_sandbox_is_closed(tools, arch, needs, body):
    """malloc grows, stdio has its buffers, and the time zone is known."""
    result = run_host(tools, f"JUMPSLOT_SYSCALLS(use, {needs})", body)
    assert result.returncode == 0, result.stderr


def test_output_that_stdio_kept_is_written_at_the_end(tools, arch):
    result = run_host(tools, "JUMPSLOT_SYSCALLS(use, JUMPSLOT_NEEDS_STDOUT)",
                      'return printf("kept") - 4;')
    assert (result.stdout, result.stderr, result.returncode) == ("kept", "", 0)


def test_no_set_of_rules_gives_executable_memory(tools, arch):
    mmap, mprotect = {"x86_64": (9, 10), "i386": (192, 125)}[arch]
    for body in (f"call({mmap}, 0, 4096, 5);",
                 f"call({mprotect}, (long)&keep & -4096l, 4096, 7);"):
        provider = tools.provider(HOST % (
            "JUMPSLOT_SYSCALLS_ALWAYS(JUMPSLOT_NEEDS_MALLOC)", "return 0;"))
        result = tools.wrapper("--provider", provider, guest_of(
            tools, body + "return use(7);", "EXTERNAL_FUNC(int, use, int)"))
        assert result.returncode == 128 + 31, result.stderr


NO_CHECK = [f'JUMPSLOT_ALLOW("{call}")' for call in (
    "mmap", "i386:mmap2", "mprotect", "pkey_mprotect", "shmat", "remap_file_pages",
    "personality", "ipc", "uselib")]
PROT = "JUMPSLOT_ARG_BITS(2, %s)"


@pytest.mark.parametrize("rule", NO_CHECK + [
    f'JUMPSLOT_ALLOW_IF("mprotect", {check})' for check in (
        PROT % "4u, 4u", PROT % "3u, 0u", PROT % "6u, 4u", "JUMPSLOT_ARG(2, 5)",
        "JUMPSLOT_ARG_BITS(1, 4u, 0u)", "JUMPSLOT_ARG_PROCESS(2)")] + [
    f'JUMPSLOT_ALLOW_IF("shmat", {PROT % "4u, 0u"})',
    f'JUMPSLOT_ALLOW_IF("i386:mmap", {PROT % "4u, 0u"})'])
def test_a_rule_that_gives_executable_memory_is_refused(tools, arch, rule):
    result = run_host(tools, f"JUMPSLOT_SYSCALLS(use, {rule})", "return 4;")
    call = rule.split('"')[1]
    if call.startswith("i386:") and arch != "i386":
        assert result.returncode == 4, result.stderr
        return
    assert result.returncode == 125
    assert result.stderr.endswith(f".so: use needs {call.removeprefix('i386:')} without "
                                  "a check that forbids PROT_EXEC\n")


@pytest.mark.parametrize("check", [PROT % "4u, 0u", PROT % "7u, 3u",
                                   "JUMPSLOT_ARG(2, 3)"])
def test_a_rule_that_forbids_executable_memory_is_accepted(tools, arch, check):
    rules = ", ".join(f'JUMPSLOT_ALLOW_IF("{call}", {check})' for call in (
        "x86_64:mmap", "i386:mmap2", "mprotect", "pkey_mprotect"))
    result = run_host(tools, f"JUMPSLOT_SYSCALLS(use, {rules})", "return 4;")
    assert (result.stderr, result.returncode) == ("", 4)


def many_rules(count):
    return ", ".join(
        f'JUMPSLOT_ALLOW_IF("dup2", JUMPSLOT_ARG(0, {n}), JUMPSLOT_ARG(1, {7 * n}), '
        f'JUMPSLOT_ARG(2, {9 * n}), JUMPSLOT_ARG(3, {11 * n}))' for n in range(count))


def test_rules_that_need_a_filter_too_long_are_refused(tools, arch):
    result = run_host(tools, f"JUMPSLOT_SYSCALLS(use, {many_rules(512)})", "return 4;")
    assert result.stderr.endswith(
        ".elf: the rules need more than 4096 instructions of a filter\n")
    assert result.returncode == 125


@only_x86_64
def test_more_than_512_rules_are_refused(tools):
    result = run_host(tools, f"JUMPSLOT_SYSCALLS(use, {many_rules(513)})", "return 4;")
    assert result.stderr.endswith(".so: more than 512 system calls stated\n")
    assert result.returncode == 125


@pytest.mark.parametrize("call", ["x86:getppid", "arm:open", "x86_6:open"])
def test_a_rule_for_an_unknown_machine_is_refused(tools, call):
    result = run_host(tools, f'JUMPSLOT_SYSCALLS(use, JUMPSLOT_ALLOW("{call}"))',
                      "return 4;")
    assert result.stderr.endswith(
        ".so: system call 0 that use states is for an unknown machine (expected x86_64 "
        "or i386)\n")
    assert result.returncode == 125


def test_a_statement_for_a_function_that_is_not_there_is_refused(tools):
    result = run_host(tools, "JUMPSLOT_SYSCALLS(usw, JUMPSLOT_NO_SYSCALLS)", "return 4;")
    assert result.stderr.endswith(
        ".so: states system calls of usw, which it does not have\n")
    assert result.returncode == 125


@only_x86_64
def test_a_negative_number_is_reported_as_it_is(tools):
    result = tools.wrapper(guest_of(tools, "call(-1, 0, 0, 0);"))
    assert result.returncode == 128 + 31
    assert result.stderr.splitlines()[0].endswith(
        "the sandbox does not allow system call -1"), result.stderr


def test_the_guest_has_no_descriptor_that_it_does_not_need(tools):
    """The plan, the image and the caller's files are closed."""
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <fcntl.h>
        EXTERNAL_FUNC(int, open_descriptors)
        EF(open_descriptors)
        JUMPSLOT_SYSCALLS(open_descriptors, JUMPSLOT_ALLOW("fcntl"),
                          JUMPSLOT_ALLOW("i386:fcntl64"))
        int open_descriptors(void)
        {
                int count = 0;
                for (int fd = 3; fd < 1024; fd++)
                        count += fcntl(fd, F_GETFD) >= 0;
                return count;
        }
        """)
    guest = guest_of(tools, "return open_descriptors();",
                     "EXTERNAL_FUNC(int, open_descriptors)")
    null = os.open("/dev/null", os.O_RDONLY)
    try:
        result = tools.wrapper("--provider", provider, guest, pass_fds=[null])
    finally:
        os.close(null)
    # Standard input is opened again, for reads that do not wait.
    assert result.returncode <= 1, result.stderr


def test_limits_are_lowered(tools):
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <sys/resource.h>
        EXTERNAL_FUNC(int, limits)
        EF(limits)
        JUMPSLOT_SYSCALLS(limits, JUMPSLOT_ALLOW("prlimit64"))
        int limits(void)
        {
                struct rlimit core, files, processes;
                getrlimit(RLIMIT_CORE, &core);
                getrlimit(RLIMIT_NOFILE, &files);
                getrlimit(RLIMIT_NPROC, &processes);
                return (core.rlim_max == 0) + 2 * (files.rlim_max <= 1024) +
                       4 * (processes.rlim_max == 0);
        }
        """)
    guest = guest_of(tools, "return limits();", "EXTERNAL_FUNC(int, limits)")
    assert tools.wrapper("--provider", provider, guest).returncode == 7


def test_files_can_be_opened_only_below_the_directory_of_a_provider(tools):
    """By Landlock: the filter cannot check a path."""
    inside = tools.directory / "inside"
    inside.mkdir()
    (inside / "file").write_text("x")
    provider = tools.provider(f"""
        #define _GNU_SOURCE
        #include <jumpslot/provider.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <unistd.h>
        EXTERNAL_FUNC(int, try_files)
        EF(try_files)
        JUMPSLOT_SYSCALLS(try_files, JUMPSLOT_ALLOW("openat"))
        int jumpslot_provider_init(const char *options, char *message, size_t size)
        {{
                (void)options; (void)message; (void)size;
                return jumpslot_guest_directory(
                        open("{inside}", O_PATH));
        }}
        int try_files(void)
        {{
                int within = open("{inside}/file", O_RDWR) >= 0;
                int outside = open("/etc/passwd", O_RDONLY);
                return within && outside < 0 && errno == EACCES;
        }}
        """)
    guest = guest_of(tools, "return try_files();", "EXTERNAL_FUNC(int, try_files)")
    result = tools.wrapper("--sandbox", "strict", "--provider", provider, guest)
    assert (result.stderr, result.returncode) == ("", 1)


# A function of the provider for newlib with its arguments, and a call that it does not
# allow: number on x86-64, on i386, name, arguments. FILE is outside of the root.
NEWLIB_ATTEMPTS = [
    ("newlib_set_permissions", 90, 15, "chmod", "(long)FILE, 0666"),
    ("newlib_set_permissions", 91, 94, "fchmod", "1000, 04755"),
    ("newlib_set_permissions_of_file", 91, 94, "fchmod", "1000, 02755"),
    ("newlib_set_permissions", 257, 295, "openat", "-100, (long)FILE, 0400101, 0644"),
    ("newlib_set_times", 257, 295, "openat", "-100, (long)FILE, 0401001"),
    ("newlib_open_directory", 257, 295, "openat", "-100, (long)FILE, 0400001"),
    ("newlib_status_of_path", 257, 295, "openat", "-100, (long)FILE, 0400000"),
    ("newlib_unlink", 257, 295, "openat", "-100, (long)FILE, 0400000"),
    ("newlib_open", 437, 437, "openat2", '-100, (long)"made", (long)&buffer, 24'),
    ("newlib_set_times", 280, 320, "utimensat", "-100, (long)FILE"),
    ("newlib_set_times", 280, 412, "utimensat", "-100, (long)FILE"),
    ("newlib_set_times_of_file", 280, 320, "utimensat", "-100, (long)FILE"),
    ("newlib_set_times_of_file", 280, 412, "utimensat", "-100, (long)FILE"),
    ("newlib_open", 257, 295, "openat", '-100, (long)"made", 0400101, 04755'),
    ("newlib_make_directory", 258, 296, "mkdirat", '-100, (long)"made", 02755'),
    ("newlib_status_of_path", 262, 300, "fstatat",
     "-100, (long)FILE, (long)&buffer, 0x1000"),
    ("newlib_status_of_file", 262, 300, "fstatat",
     "-100, (long)FILE, (long)&buffer, 0x1000"),
]
NEWLIB_TYPES = {
    "newlib_set_permissions": ("const char *, int", '"f", 0644'),
    "newlib_set_permissions_of_file": ("int, int", "60, 0644"),
    "newlib_set_times": ("const char *, long long, long long", '"f", 0, 0'),
    "newlib_set_times_of_file": ("int, long long, long long", "60, 0, 0"),
    "newlib_open": ("const char *, int, int", '"f", 1, 0'),
    "newlib_open_directory": ("const char *", '"d"'),
    "newlib_unlink": ("const char *", '"none"'),
    "newlib_make_directory": ("const char *, int", '"d", 0755'),
    "newlib_status_of_path": ("const char *, void *", '"f", buffer'),
    "newlib_status_of_file": ("int, void *", "0, buffer"),
}


@pytest.mark.parametrize("attempt", NEWLIB_ATTEMPTS, ids=lambda each: "-".join(
    map(str, each[:4])))
def test_a_guest_on_newlib_gets_no_call_with_a_path_or_mode_that_its_provider_never_uses(
        tools, arch, attempt):
    """A file outside of its root does not change by system calls of its own."""
    function, on_x86_64, on_i386, name, arguments = attempt
    root, outside = tools.directory / "root", tools.directory / "outside"
    root.mkdir()
    outside.write_text("x")
    outside.chmod(0o600)
    before = outside.stat()
    types, values = NEWLIB_TYPES[function]
    arguments += ", 0" * (3 - arguments.count(","))
    number = on_x86_64 if arch == "x86_64" else on_i386
    guest = guest_of(
        tools, f"{function}({values}); call4({number}, {arguments});",
        f'#define FILE "{outside}"\n'
        f"EXTERNAL_FUNC(int, {function}, {types})\nchar buffer[512];")
    provider = BUILD / f"providers/newlib-{arch}.so"
    result = tools.wrapper("--provider", f"{provider},root={root}", guest)
    assert result.returncode == 128 + 31, result.stderr
    assert re.search(rf"the sandbox does not allow system call {number} \(\w*{name}",
                     result.stderr.replace("newfstatat", "fstatat")
                     .replace("fstatat64", "fstatat")), result.stderr
    assert outside.stat() == before


def test_core_files_do_not_widen_what_a_guest_can_open(tools, arch):
    """The right to write a core file is one to write all files of its directory."""
    victim = tools.directory / "victim"
    victim.write_text("x")
    number = 257 if arch == "x86_64" else 295
    guest = guest_of(
        tools, f'newlib_open("f", 0, 0); call4({number}, -100, (long)"{victim}", '
        "0401001, 0);", "EXTERNAL_FUNC(int, newlib_open, const char *, int, int)")
    provider = BUILD / f"providers/newlib-{arch}.so"
    options = "--provider", f"{provider},root={tools.directory}/root"
    (tools.directory / "root").mkdir()
    result = tools.wrapper("--core", *options, guest, cwd=tools.directory)
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {provider}: --core cannot be combined with a function that opens "
        "files: newlib_open needs openat (--sandbox=off runs it as it is)\n", 125)
    tools.wrapper(*options, guest, cwd=tools.directory)
    assert victim.read_text() == "x"
    tools.wrapper("--core", "--sandbox=off", *options, guest, cwd=tools.directory)
    assert victim.read_text() == ""


@only_x86_64
def test_print_sandbox_lists_rules_layers_and_who_asks(tools):
    result = tools.wrapper("--print-sandbox", BUILD / "guests/hello-x86_64.elf")
    assert (result.stderr, result.returncode) == ("", 0)
    lines = result.stdout.splitlines()
    assert lines[0].endswith("hello-x86_64.elf: sandbox on")
    for start in ("  seccomp ", "  no_new_privs ", "  descriptors ", "  limits ",
                  "  Landlock "):
        assert any(line.startswith(start) for line in lines), start
    assert any(re.fullmatch(r"  write if arg0 == 1 +_BSP_Virtual_Console_write", line)
               for line in lines)
    off = tools.wrapper("--print-sandbox", "--sandbox=off",
                        BUILD / "guests/hello-x86_64.elf")
    assert off.stdout.splitlines()[0].endswith(": sandbox OFF")


def test_the_report_says_that_the_sandbox_is_off(tools):
    off = "  sandbox OFF: the guest can make every system call\n"
    guest = BUILD / "guests/hello-x86_64.elf"
    assert off in tools.wrapper("--report", "--sandbox=off", guest).stderr
    assert off not in tools.wrapper("--report", guest).stderr


def test_a_mode_that_is_not_known_is_refused(tools):
    result = tools.wrapper("--sandbox=maybe", BUILD / "guests/hello-x86_64.elf")
    assert (result.stderr, result.returncode) == (
        "host-wrapper: --sandbox maybe: invalid mode; expected on, strict or off\n", 125)


@only_x86_64
@pytest.mark.parametrize("call,shown", [("getppid", True), ("clone3", False)])
def test_print_sandbox_says_whether_processes_can_be_made(tools, call, shown):
    result = run_host(tools, f'JUMPSLOT_SYSCALLS(use, JUMPSLOT_ALLOW("{call}"))',
                      "return 4;", "--print-sandbox")
    assert result.returncode == 0, result.stderr
    assert ("no core file, no new process," in result.stdout) == shown
    assert "no core file, " in result.stdout


@only_x86_64
def test_print_sandbox_claims_no_namespace_in_place(tools):
    guest = BUILD / "guests/hello-x86_64.elf"
    result = tools.wrapper("--in-place", "--print-sandbox", guest)
    assert "  processes     none (--in-place)\n" in result.stdout
    assert "namespace" not in result.stdout


@only_x86_64
@pytest.mark.parametrize("options", [[], ["--print-sandbox"]])
def test_strict_without_namespaces_is_refused_for_a_run_and_a_print(tools, options):
    guest = BUILD / "guests/hello-x86_64.elf"
    result = without_namespaces(BUILD / "bin/host-wrapper", "--sandbox=strict", *options,
                                guest)
    assert (result.stdout, result.stderr, result.returncode) == (
        "", f"host-wrapper: {guest}: --sandbox=strict: no PID namespace is allowed: the "
        "limit user.max_user_namespaces or user.max_pid_namespaces is reached\n", 125)


def test_without_namespaces_the_guest_runs_and_a_print_names_the_subreaper():
    guest = BUILD / "guests/hello-x86_64.elf"
    result = without_namespaces(BUILD / "bin/host-wrapper", guest)
    assert (result.stdout, result.stderr, result.returncode) == (
        "Hello from a guest.\n", "", 0)
    shown = without_namespaces(BUILD / "bin/host-wrapper", "--print-sandbox", guest)
    assert re.search(r"\n  processes +subreaper", shown.stdout)
