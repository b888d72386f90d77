"""host-wrapper is linked to musl, and users notice only its speed: it has glibc's words,
passes on what it inherits, and protects its data as other programs do.

The libraries that it has from Debian are compiled for glibc; what they take from libc is
the same in both.
"""

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, ROOT, WARNINGS, WRAPPER, run

only_musl = pytest.mark.not_sanitized("host-wrapper is linked to glibc")
LIBRARY = re.compile(r"^\S*/(lib\w+)\.a\(([^)]+)\)$", re.MULTILINE)
# libelf, libseccomp and zlib call these functions. The prototypes agree; so do the
# constants and the structures of x86-64, which are the kernel's. musl has the table of
# characters and the check of the stack that the headers of glibc and gcc expect. A FILE
# is only passed on. libseccomp prints filters by __fprintf_chk(), which is never
# called.
SAME_IN_BOTH = set("""
    __assert_fail __ctype_b_loc __errno_location __stack_chk_fail
    calloc free malloc realloc
    memccpy memchr memcmp memcpy memmove memrchr memset strcmp strdup strlen strtol
    close dup fcntl fstat ioctl mmap munmap prctl pread syscall write
    dcgettext fclose fdopen fflush fwrite
    """.split())
NEVER_CALLED = {"__fprintf_chk"}
LIBRARIES = Path("/usr/lib/x86_64-linux-gnu")


@only_musl
def test_libraries_compiled_for_glibc_take_from_libc_what_is_the_same_in_musl(tmp_path):
    members = set(LIBRARY.findall((BUILD / "musl/map").read_text()))
    objects = []
    for library, member in sorted(members):
        if library != "libc" and (LIBRARIES / f"{library}.a").exists():
            folder = tmp_path / library
            folder.mkdir(exist_ok=True)
            run("ar", "x", LIBRARIES / f"{library}.a", member, cwd=folder)
            objects.append(folder / member)
    assert {path.parent.name for path in objects} == {"libelf", "libseccomp", "libz"}
    run("ld", "-r", "-o", tmp_path / "all.o", *objects)
    undefined = {line.split()[-1]
                 for line in run("nm", "-u", tmp_path / "all.o").stdout.splitlines()}
    assert undefined - {"_GLOBAL_OFFSET_TABLE_"} == SAME_IN_BOTH | NEVER_CALLED


PRINT_TEXTS = """
    #include <stdio.h>
    #include <string.h>
    int main(void)
    {
            for (int i = -1; i < 300; i++)
                    printf("%s\\n", strerror(i));
            for (int i = 1; i < 70; i++)
                    printf("%s\\n", strsignal(i));
            return 0;
    }
    """


@only_musl
def test_errors_and_signals_have_the_texts_of_glibc(tools, tmp_path):
    main = tools.write("main.c", "#define _GNU_SOURCE\n" + PRINT_TEXTS)
    command = "gcc", "-std=gnu11", "-fno-builtin", main, "-o"
    run(*command, tmp_path / "glibc")
    run(*command, tmp_path / "ours", f'-DTEXTS="{BUILD}/musl/texts.h"',
        ROOT / "host-wrapper/musl/texts.c")
    assert run(tmp_path / "ours").stdout == run(tmp_path / "glibc").stdout


def test_functions_in_place_of_those_of_musl_do_what_a_libc_does(tmp_path):
    """Beyond its own array, malloc() is the libc's, here glibc's."""
    taken = "malloc", "calloc", "realloc", "free"
    renames = [f"{name}=tested_{name}" for name in ("strcmp", *taken)]
    renames += [f"__libc_{name}={name}" for name in taken]
    objects = [tmp_path / f"{source}.o" for source in ("strcmp", "malloc")]
    for path in objects:
        run("gcc", "-std=gnu11", "-O2", "-fno-builtin", "-I", ROOT / "host-wrapper", "-c",
            ROOT / f"host-wrapper/musl/{path.stem}.c", "-o", path)
        run("objcopy", *(f"--redefine-sym={rename}" for rename in renames), path)
    run("gcc", "-std=gnu11", "-O2", *WARNINGS,
        ROOT / "tests/launcher/guests/musl_functions.c", *objects, "-o",
        tmp_path / "compare")
    assert run(tmp_path / "compare").stdout == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGSTKFLT, 34, 64])
def test_the_report_names_a_signal_as_glibc_does(tools, number):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        JUMPSLOT_ENTRY(info)
        {
                long self;
                (void)info;
                __asm__ volatile("syscall" : "=a"(self) : "a"(39L) : "rcx", "r11");
                __asm__ volatile("syscall" : : "a"(62L), "D"(self), "S"(%dL)
                                 : "rcx", "r11", "memory");
                return 0;
        }
        """ % number)
    result = tools.wrapper("--sandbox=off", guest)
    assert result.returncode == 128 + number
    assert f" by signal {number} ({strsignal(number)})" in result.stderr


def strsignal(number):
    return f"Real-time signal {number - 34}" if number >= 34 else signal.strsignal(number)


def test_the_guest_starts_with_every_signal_masked_that_was_masked_before(tools):
    """Those that a libc has for itself, too."""
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        JUMPSLOT_ENTRY(info)
        {
                unsigned long mask = 0;
                (void)info;
                __asm__ volatile("mov $8, %%r10; syscall"
                                 : : "a"(14L), "D"(0L), "S"(0L), "d"(&mask)
                                 : "rcx", "r10", "r11", "memory");
                return mask >> 33 == 3 ? 5 : 6;
        }
        """)
    result = tools.wrapper("--sandbox=off", guest, preexec_fn=lambda:
                           signal.pthread_sigmask(signal.SIG_BLOCK, [34, 35]))
    assert result.returncode == 5, result.stderr


def test_relocated_data_is_read_only_while_host_wrapper_runs(tmp_path):
    """Looked at while it waits for an answer."""
    program = WRAPPER[0]
    header = re.search(r"GNU_RELRO +0x\w+ +(0x\w+) +0x\w+ +0x\w+ +(0x\w+)",
                       run("readelf", "-lW", program).stdout)
    start, size = (int(text, 16) for text in header.groups())
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        with subprocess.Popen([program, "ctl", tmp_path / "socket", "imports"],
                              stdout=subprocess.DEVNULL) as process:
            client = server.accept()[0]
            maps = Path(f"/proc/{process.pid}/maps").read_text().splitlines()
            client.close()
    ours = [line.split() for line in maps if line.endswith(os.path.realpath(program))]
    base = int(ours[0][0].split("-")[0], 16)
    for address in (base + start) & ~4095, base + start + size - 1:
        assert [line[1] for line in ours
                if int(line[0].split("-")[0], 16) <= address
                < int(line[0].split("-")[1], 16)] == ["r--p"]
