"""A guest's own system calls reach its own files and console, and no other descriptor.

Numbers tell them apart: all below the first that the guest's process opens after the
start are in use before.
"""

import os

import pytest
from conftest import BUILD, ROOT, each_arch as arch, run

HEAD = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_cpu.h>
    #include "newlib_calls.h"
    #ifdef __x86_64__
    enum { READ = 0, WRITE = 1, CLOSE = 3, OPENAT = 257, TRUNCATE = 77 };
    static long call(long number, long a, long b, long c)
    {
            __asm__ volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c)
                             : "rcx", "r11", "memory");
            return number;
    }
    #else
    enum { READ = 3, WRITE = 4, CLOSE = 6, OPENAT = 295, TRUNCATE = 194 };
    static long call(long number, long a, long b, long c)
    {
            __asm__ volatile("push %%ebx\\n mov %%edi, %%ebx\\n int $0x80\\n pop %%ebx"
                             : "+a"(number) : "D"(a), "c"(b), "d"(c) : "memory");
            return number;
    }
    #endif
    enum { FLAGS = 0400002 }; /* O_RDWR | O_NOFOLLOW */
    EXTERNAL_FUNC(int, host_file, int)
    static char byte = 'x';
    JUMPSLOT_ENTRY(info)
    {
            volatile int never = 0;
            (void)info; (void)call; (void)byte;
            if (never)
                    return newlib_open("f", 3, 0) + newlib_read(0, 0, 0) +
                           newlib_write(1, 0, 0) + newlib_close(3) +
                           newlib_truncate(3, 0);
            BODY
    }
    """
# Opens a file for writing before the start, and leaves a free number before it.
OTHER = """
    #define _GNU_SOURCE
    #include <jumpslot/provider.h>
    #include <fcntl.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, host_file, int)
    EF(host_file)
    JUMPSLOT_SYSCALLS(host_file, JUMPSLOT_NO_SYSCALLS)
    static int file;
    int host_file(int unused) { (void)unused; return file; }
    int jumpslot_provider_init(const char *path, char *message, size_t size)
    {
            int gap = open("/dev/null", O_RDONLY);
            (void)message, (void)size;
            file = open(path, O_RDWR);
            %s
            return close(gap) || file < 0 ? -1 : 0;
    }
    """


@pytest.fixture
def box(tools):
    """Runs a guest with `body`, the provider for newlib and the other provider."""
    class Box:
        root, secret = tools.directory / "root", tools.directory / "secret"

        def run(self, body, *options, more="", **how):
            guest = tools.guest(HEAD.replace("BODY", body), "-I", ROOT / "guests/newlib")
            other = tools.provider(OTHER % more, name="other")
            newlib = BUILD / f"providers/newlib-{tools.arch}.so"
            return tools.wrapper(*options, "--provider", f"{newlib},root={self.root}",
                                 "--provider", f"{other},{self.secret}", guest, **how)
    Box.root.mkdir()
    (Box.root / "f").write_text("")
    Box.secret.write_text("secret")
    return Box()


CALLS = {
    "write": "call(WRITE, fd, (long)&byte, 1)", "read": "call(READ, fd, (long)&byte, 1)",
    "close": "call(CLOSE, fd, 0, 0)", "truncate": "call(TRUNCATE, fd, 0, 0)"}


@pytest.mark.parametrize("call", CALLS)
def test_a_file_of_another_provider_is_out_of_reach(box, arch, call):
    result = box.run(f"long fd = host_file(0); return {CALLS[call]} < 0 ? 4 : 5;")
    assert result.returncode == 128 + 31, result.stderr
    assert box.secret.read_text() == "secret"


@pytest.mark.parametrize("call", CALLS)
def test_a_free_number_before_it_is_not_given_to_the_guest(box, arch, call):
    result = box.run(f"long fd = host_file(0) - 1; return {CALLS[call]} < 0 ? 4 : 5;")
    assert result.returncode == 128 + 31, result.stderr


@pytest.mark.parametrize("call", ["close", "truncate"])
def test_the_console_can_be_neither_closed_nor_emptied(box, arch, call):
    result = box.run(f"long fd = 1; return {CALLS[call]} < 0 ? 4 : 5;")
    assert result.returncode == 128 + 31, result.stderr


@pytest.mark.parametrize("fd", [-1, -100, 1024, 2147483647, "1l << 31"])
def test_a_number_that_no_descriptor_has_is_refused(box, arch, fd):
    result = box.run(f"long fd = {fd}; return {CALLS['write']} < 0 ? 4 : 5;")
    assert result.returncode == 128 + 31, result.stderr


def test_its_own_files_are_in_reach(box, arch):
    result = box.run(f"""
        long fd = call(OPENAT, -100, (long)"{box.root}/f", FLAGS);
        if (fd <= host_file(0)) return 4;
        return {CALLS["write"]} == 1 && {CALLS["truncate"]} == 0 &&
               {CALLS["write"]} == 1 && {CALLS["close"]} == 0 ? 3 : 5;
        """)
    assert (result.stderr, result.returncode) == ("", 3)
    assert (box.root / "f").read_bytes() == b"\0x"


@pytest.mark.parametrize("call", ["write", "close", "truncate"])
def test_a_line_is_out_of_reach(box, arch, call):
    """But for reading: the runner's own rules for lines allow that."""
    reading, writing = os.pipe()
    try:
        result = box.run(
            f"long fd = {reading}; _CPU_Virtual_Irq_request(2); "
            f"return {CALLS[call]} < 0 ? 4 : 5;",
            "--line", f"2=fd:{reading}", pass_fds=[reading])
    finally:
        os.close(reading)
        os.close(writing)
    assert result.returncode == 128 + 31, result.stderr


def test_a_provider_may_use_all_numbers(box, arch):
    """Then the guest opens nothing."""
    result = box.run('return newlib_open("f", 1, 0) == -NEWLIB_EMFILE ? 3 : 4;',
                     more="for (int i = 0; i < 1024; i++) dup(file);")
    assert (result.stderr, result.returncode) == ("", 3)


def test_a_low_limit_of_descriptors_is_kept(box, tools, arch):
    body = f"""
        long fd = call(OPENAT, -100, (long)"{box.root}/f", FLAGS);
        return fd > host_file(0) && {CALLS["write"]} == 1 ? 3 : 4;
        """
    assert box.run(body).returncode == 3
    words = box.run(body).args
    result = run("sh", "-c", 'ulimit -n 30; exec "$@"', "sh", *words, check=False)
    assert (result.stderr, result.returncode) == ("", 3)
