"""Options without meaning, and damaged images, are refused with one line."""

import fcntl
import os
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from conftest import (  # noqa: F401
    BUILD, Process, each_arch as arch, only_x86_64, run,
)
from partition import COUNTED, image_of, in_partition
from terminal_session import are_gone, children_of, is_qemu, wait_until

LOOP = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    JUMPSLOT_ENTRY(info) { (void)info; for (;;) ; }
    """


def refused(result, line, status=125):
    assert (result.stdout, result.stderr) == ("", f"host-wrapper: {line}\n")
    assert result.returncode == status


@pytest.mark.parametrize("options", [
    ["--line", "2=fd:3"], ["--in-place"], ["--raw"],
    ["--perf-map"], ["--print-sandbox"], ["--report"],
    ["--sandbox=strict"], ["--wait-gdb"], ["--core"],
    ["--trace"], ["--trace-file", "x"],
    ["--stats"], ["--unused"], ["--on", "x=deny"], ["--policy", "p"],
    ["--control", "c"],
], ids=lambda options: options[0])
def test_an_option_without_meaning_in_a_partition_is_refused(options):
    hello = BUILD / "guests/hello-x86_64.elf"
    name = options[0].replace("=strict", " strict")
    refused(in_partition(*options, hello, counted=False),
            f"{name} cannot be combined with --host monitor")


@pytest.mark.parametrize("options,line", [
    (["--host", "moon"], "--host moon: invalid host; expected process, kvm or "
     "monitor"),
    (["--image", "x"], "--image needs --host monitor"),
    (["--host=monitor", "--image", ""], "--image: missing file name"),
    (["--host=monitor", "--image", "/nonexistent/image"],
     "HELLO: --image /nonexistent/image: No such file or directory"),
    (["--host=monitor", "--stack", "2G"],
     "HELLO: --stack of 2147483648 bytes: too large for a partition (expected at most "
     "1G)"),
    *((["--host=monitor", *image, "--work-area", size],
       "HELLO: too large for a machine of the monitor (expected at most 3575 MiB for its "
       "image, --stack and --work-area)")
      for size in ("3570M", "5G", "1024G") for image in ([], ["--image", "/dev/null"])),
])
def test_a_wrong_option_is_one_line(options, line):
    hello = BUILD / "guests/hello-x86_64.elf"
    refused(run(BUILD / "bin/host-wrapper", *options, hello, check=False),
            line.replace("HELLO", str(hello)))


def test_an_i386_work_area_has_to_fit_below_the_stack():
    hello = BUILD / "guests/hello-i386.elf"
    refused(in_partition("--work-area", "3G", hello),
            f"{hello}: --work-area of 3221225472 bytes: too large for an i386 partition")


def test_a_guest_at_addresses_of_the_monitor_is_refused(tools, arch):
    guest = tools.guest(LOOP, flags=["-Wl,-Ttext-segment=0xbf800000"], script=False)
    result = in_partition(guest)
    assert "the guest's image at 0x" in result.stderr
    assert "overlaps" in result.stderr and "of the partition\n" in result.stderr
    assert result.stderr.count("\n") == 1 and result.returncode == 125


def test_missing_functions_are_reported_before_the_machine_starts(tools, arch):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, missing, int)
        JUMPSLOT_ENTRY(info) { (void)info; return missing(1) + 1; }
        """)
    result = in_partition(guest)
    assert "missing" in result.stderr and result.returncode == 127
    called = in_partition("--allow-missing", guest)
    assert "called missing, which no provider has, from 0x" in called.stderr
    assert called.returncode == 127


def test_qemu_that_is_not_there_is_named(tmp_path):
    hello = BUILD / "guests/hello-x86_64.elf"
    refused(in_partition(hello, env={"PATH": str(tmp_path)}),
            f"{hello}: qemu-system-x86_64 cannot be started: No such file or directory "
            "(expected in the path)")


def test_a_guest_that_does_not_end_is_stopped_in_time(tools, arch):
    result = in_partition("--timeout", "1", tools.guest(LOOP))
    assert "stopped by signal 9 (Killed): its time is up (--timeout)" in result.stderr
    assert result.returncode == 137


@only_x86_64
def test_qemu_ends_when_host_wrapper_is_killed(tools, arch):
    """It holds the pipe: only its end lets us read to the end."""
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _BSP_Virtual_Console_write("up\\n", 3);
                for (;;) ;
        }
        """)
    with Process([BUILD / "bin/host-wrapper", "--host", "monitor", "--work-area", "64K",
                  guest], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as wrapper:
        assert wrapper.stdout.readline() == b"up\n"
        family = children_of(wrapper.pid)
        assert len(list(filter(is_qemu, family))) == 1
        wrapper.kill()
        assert wrapper.stdout.read() == b""
    wait_until(lambda: are_gone(family))
    assert wrapper.returncode == -9


FLOOD = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    static char text[4096];
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            for (unsigned i = 0; i < sizeof(text); i++)
                    text[i] = 'x';
            for (;;)
                    _BSP_Virtual_Console_error(text, sizeof(text));
    }
    """


def until(condition):
    """Look again and again; a failure to come true is one of the test."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(params=["pipe", "socket"], name="flooded")
def flood(request, tools):
    """A run whose errors nobody reads, the other end of them, and QEMU's number."""
    guest = tools.guest(FLOOD)
    ends = os.pipe() if request.param == "pipe" else [
        end.detach() for end in socket.socketpair()]

    def start(*options):
        child = subprocess.Popen(
            [BUILD / "bin/host-wrapper", "--host", "monitor", "--work-area", "64K",
             *options, guest], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=ends[1])
        os.close(ends[1])
        children = Path(f"/proc/{child.pid}/task/{child.pid}/children")
        until(lambda: children.read_text() or child.poll() is not None)
        return child, open(ends[0], "rb"), children
    return start


def has_no_room(errors):
    """Nothing more arrives: the same bytes are there each time."""
    seen = [-1]

    def is_full():
        before, seen[0] = seen[0], int.from_bytes(
            fcntl.ioctl(errors, termios.FIONREAD, b"0000"), sys.byteorder)
        time.sleep(0.2)
        return seen[0] == before > 0
    return is_full


def test_errors_that_nobody_reads_do_not_hold_up_the_time_out(flooded, arch):
    child, errors, children = flooded("--timeout", "2")
    with child, errors:
        until(lambda: not children.read_text())
        text = errors.read()
        assert b"stopped by signal 9 (Killed): its time is up (--timeout)\n" in text
        assert child.wait() == 137


def test_qemu_runs_in_its_own_sandbox(flooded, arch):
    child, errors, children = flooded()
    with child, errors:
        errors.read(1000)
        qemu, = filter(is_qemu, children_of(child.pid))
        threads = Path(f"/proc/{qemu}/task").glob("*/status")
        statuses = [thread.read_text() for thread in threads]
        child.terminate()
        errors.read()
    assert statuses
    for status in statuses:
        assert "Seccomp:\t2\n" in status and "NoNewPrivs:\t1\n" in status


def test_errors_that_nobody_reads_do_not_hold_up_a_signal(flooded, arch):
    child, errors, children = flooded()
    with child, errors:
        until(has_no_room(errors))
        child.terminate()
        until(lambda: not children.read_text())
        assert b"stopped by signal 15 (Terminated)" in errors.read()
        assert child.wait() == 128 + 15


def test_a_signal_to_host_wrapper_ends_qemu_too(tools, tmp_path):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _BSP_Virtual_Console_write("running\\n", 8);
                for (;;) ;
        }
        """)
    child = subprocess.Popen([BUILD / "bin/host-wrapper", "--host", "monitor",
                              "--work-area", "64K", guest], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "running\n"
    child.terminate()
    _, errors = child.communicate()
    assert "stopped by signal 15 (Terminated)" in errors
    assert child.returncode == 128 + 15


@only_x86_64
def test_a_signal_ends_qemu_that_ignores_signals(tmp_path, arch):
    qemu = tmp_path / "qemu-system-x86_64"
    qemu.write_text("#!/bin/sh\ntrap '' TERM; echo up >&2; exec sleep 1000\n")
    qemu.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    with Process([BUILD / "bin/host-wrapper", "--host", "monitor",
                  BUILD / f"guests/hello-{arch}.elf"], stdin=subprocess.DEVNULL,
                 stderr=subprocess.PIPE, env=dict(os.environ, PATH=path)) as child:
        assert child.stderr.readline() == b"up\n"
        child.terminate()
        assert b"stopped by signal 15 (Terminated)" in child.stderr.read()
        assert child.wait() == 128 + 15


def boot(image, tmp_path, memory="96M", processor="max"):
    """The kernel's log of an image that QEMU boots by itself."""
    log = tmp_path / "log"
    subprocess.run(["qemu-system-x86_64", "-nodefaults", "-display", "none", "-cpu",
                    processor, "-m", memory, "-kernel", BUILD / "bin/jumpslot-monitor",
                    "-initrd", image, "-serial", "null", "-serial", "null",
                    "-serial", f"file:{log}",
                    "-device", "isa-debug-exit,iobase=0xf4,iosize=4", *COUNTED],
                   stdin=subprocess.DEVNULL, check=False)
    return log.read_text()


@only_x86_64
@pytest.mark.parametrize("at,line", [
    (0, "boot image: not a boot image"),
    (4, "boot image: of another version than this kernel"),
    (8, "boot image: cut short, or too long"),
    (200, "boot image: damaged: its hash is wrong"),
    (-5000, "boot image: damaged: its hash is wrong"),
])
def test_a_damaged_image_ends_with_one_line(tmp_path, arch, at, line):
    image = image_of(BUILD / f"guests/hello-{arch}.elf", tmp_path)
    data = bytearray(image.read_bytes())
    data[at] ^= 0x10
    image.write_bytes(data)
    assert boot(image, tmp_path) == f"refused: {line}\n"


def test_an_image_does_not_overwrite_its_guest(tmp_path):
    guest = tmp_path / "guest.elf"
    content = (BUILD / "guests/hello-x86_64.elf").read_bytes()
    guest.write_bytes(content)
    result = run(BUILD / "bin/host-wrapper", "--host", "monitor", "--image", guest,
                 guest, check=False)
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {guest}: --image {guest}: is the guest (expected a file to "
        "overwrite)\n", 125)
    assert guest.read_bytes() == content


def test_too_little_memory_ends_with_one_line(tmp_path):
    image = tmp_path / "image"
    run(BUILD / "bin/host-wrapper", "--host", "monitor", "--work-area", "64M",
        "--image", image, BUILD / "guests/hello-x86_64.elf")
    assert boot(image, tmp_path, "32M") == \
        "refused: not enough memory for the partitions\n"


def test_a_processor_without_xsave_ends_with_one_line(tmp_path):
    image = image_of(BUILD / "guests/hello-x86_64.elf", tmp_path)
    assert boot(image, tmp_path, processor="qemu64") == \
        "refused: the processor lacks XSAVE, or XGETBV with ECX = 1\n"
