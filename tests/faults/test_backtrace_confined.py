"""jumpslot-backtrace reads a hostile file, so it is confined: the report stays whole."""

import io
import os
import random
import re
import shutil
import subprocess

import pytest
from conftest import BUILD, HANGS, each_arch as arch, only_x86_64, run
from elftools.elf.elffile import ELFFile

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    int *volatile wild = (int *)16;
    __attribute__((noinline)) int inner(int depth);
    int inner(int depth) { return depth ? inner(depth - 1) + 1 : *wild; }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_Console_write("", 0);
            return inner(3);
    }
    """
# In place of a function of libdw that the program calls after it has confined itself.
ATTEMPTS = """
    #define _GNU_SOURCE
    #include <errno.h>
    #include <fcntl.h>
    #include <signal.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/socket.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    void *dwfl_begin(void);
    static void expect(const char *name, long result)
    {
            if (result >= 0 || errno != EPERM) printf("%s: %ld\\n", name, result);
    }
    void *dwfl_begin(void)
    {
            void *page = mmap(0, 4096, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            expect("open", open("/etc/passwd", O_RDONLY));
            expect("socket", socket(AF_INET, SOCK_STREAM, 0));
            expect("fork", syscall(SYS_fork));
            expect("clone", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
            expect("exec", execl("/bin/true", "true", NULL));
            expect("kill", kill(getppid(), 0));
            expect("write", write(2, "x", 1));
            expect("exec page", mprotect(page, 4096, PROT_READ | PROT_EXEC));
            expect("exec map", (long)mmap(0, 4096, PROT_EXEC, MAP_PRIVATE |
                                          MAP_ANONYMOUS, -1, 0));
            expect("stat", syscall(SYS_newfstatat, AT_FDCWD, "/", page, 0));
            expect("dup", dup(0));
            if (mmap(0, 2ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
                     MAP_NORESERVE, -1, 0) != MAP_FAILED)
                    printf("more than a gigabyte\\n");
            printf("confined\\n");
            fflush(stdout);
            _exit(0);
    }
    """


@pytest.fixture
def core(tools):
    """A guest that faults, and the outcome that its runner left."""
    folder = tools.directory / "bin"
    folder.mkdir()
    for name in ("host-wrapper", f"jumpslot-runner-{tools.arch}-static"):
        shutil.copy(BUILD / "bin" / name, folder)
    kept = tools.directory / "outcome"
    stand_in = folder / "jumpslot-backtrace"
    stand_in.write_text(f"#!/bin/sh\ncat /proc/self/fd/$2 >{kept}\n")
    stand_in.chmod(0o755)
    guest = tools.guest(GUEST)
    assert run(folder / "host-wrapper", guest, check=False).returncode == 139
    return guest, kept


def lines_of(image, addresses):
    with open(image, "rb") as file:
        return subprocess.run(
            [BUILD / "bin/jumpslot-backtrace", "lines", str(file.fileno())],
            pass_fds=[file.fileno()], input=addresses, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=HANGS)


def backtrace(image, outcome, **options):
    with open(image, "rb") as one, open(outcome, "rb") as other:
        return subprocess.run(
            [BUILD / "bin/jumpslot-backtrace", str(one.fileno()), str(other.fileno())],
            pass_fds=[one.fileno(), other.fileno()], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, timeout=HANGS, **options)


@pytest.mark.not_sanitized("they allow no filter")
@only_x86_64
def test_only_open_descriptors_memory_and_output_are_left(tools, core):
    source = tools.write("attempts.c", ATTEMPTS)
    library = tools.directory / "attempts.so"
    run("gcc", "-shared", "-fPIC", "-w", source, "-o", library)
    result = backtrace(*core, env=os.environ | {"LD_PRELOAD": str(library)})
    assert (result.stdout.decode(), result.returncode) == ("confined\n", 0)


def damaged(chance, image):
    """Some bytes or words changed, most of them where the debug information is."""
    image = bytearray(image)
    for _ in range(chance.choice((1, 2, 8, 64))):
        at = chance.randrange(len(image) - 8)
        if chance.randrange(2):
            image[at] = chance.choice((0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)))
        else:
            image[at:at + 4] = chance.choice(
                (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xff\xff\xff\x7f"))
    return bytes(image)


def test_any_image_gives_frames_in_the_usual_form_or_none(tools, core, arch):
    """It may crash, since nothing depends on it; it neither hangs nor prints more."""
    guest, outcome = core
    chance, image = random.Random(1), guest.read_bytes()
    bad, ends = tools.directory / "bad.elf", set()
    for _ in range(75):
        bad.write_bytes(damaged(chance, image))
        result = backtrace(bad, outcome, stderr=subprocess.DEVNULL)
        lines = result.stdout.split(b"\n")
        assert len(lines) <= 65 and all(
            re.fullmatch(rb"[0-9a-f]+ \d+ .+", line) for line in lines[:-1])
        ends.add((result.returncode, len(lines) > 1))
    assert (0, True) in ends, "frames of an image that is almost whole"


@only_x86_64
def test_a_line_that_cannot_be_is_not_known(tools):
    """Its answer is one line all the same, so that the next one is for the next question.
    """
    source = tools.write("lines.s", """
        .text
        .globl _start
        .file 1 "one.c"
        .file 2 "two\\nlines.c"
        _start: .loc 1 5
        nop
        .loc 1 0xfffffffe
        nop
        .loc 2 7
        nop
        .loc 1 8
        nop
        """)
    image = tools.directory / "lines.elf"
    run("as", source, "-o", image.with_suffix(".o"))
    run("ld", image.with_suffix(".o"), "-o", image)
    text = ELFFile(io.BytesIO(image.read_bytes())).get_section_by_name(".text")
    printed = lines_of(image, b"".join(b"%x\n" % (text["sh_addr"] + at)
                                       for at in range(4)))
    assert [line.partition(b" ")[0] for line in printed.stdout.splitlines()] == [
        b"5", b"0", b"0", b"8"]


def test_any_image_gives_source_lines_in_the_usual_form_or_none(tools, core, arch):
    guest, _ = core
    chance, image = random.Random(2), guest.read_bytes()
    start = ELFFile(io.BytesIO(image)).get_section_by_name(".text")["sh_addr"]
    addresses = b"".join(b"%x\n" % (start + at) for at in range(0, 0x60, 12))
    bad, ends = tools.directory / "bad.elf", set()
    for _ in range(75):
        bad.write_bytes(damaged(chance, image))
        result = lines_of(bad, addresses)
        lines = result.stdout.split(b"\n")
        assert len(lines) <= 9 and all(
            re.fullmatch(rb"\d+ .+", line) for line in lines[:-1])
        ends.add((result.returncode, b".c\n" in result.stdout))
    assert (0, True) in ends, "lines of an image that is almost whole"
