"""The report of the end, on a standard error that nobody reads any more."""

import fcntl
import os
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, HOST_OPTIONS, only_x86_64
from partition import on_host
from trace_guest import read_events

F_SETPIPE_SZ = 1031
HOSTS = ["process", "monitor"]
TRACING_HOSTS = [on_host("process"), on_host("kvm")]
LOOP = "for (;;) ;"
FAULT = "*(volatile int *)(uintptr_t)16 = 0;"


def start(tools, host, body, stderr, *options):
    guest = tools.guest(f"""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info) {{ (void)info; {body} return 0; }}
        """, "-Wno-array-bounds")
    return subprocess.Popen(
        [BUILD / "bin/host-wrapper", *HOST_OPTIONS[host], *options, guest],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)


@pytest.fixture
def full():
    """The two ends of a pipe without room."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
    os.write(writer, bytes(4096))
    yield reader, writer
    os.close(reader)
    os.close(writer)


@only_x86_64
@pytest.mark.parametrize("host", HOSTS)
def test_a_closed_standard_error_leaves_the_status_as_it_is(tools, host):
    reader, writer = os.pipe()
    os.close(reader)
    process = start(tools, host, FAULT, writer)
    os.close(writer)
    assert process.wait(timeout=HANGS) == 139


@only_x86_64
def test_a_full_standard_error_does_not_hold_up_the_end_after_a_time_out(tools, full):
    processes = [start(tools, host, LOOP, full[1], "--timeout", "1") for host in HOSTS]
    assert [process.wait(timeout=HANGS) for process in processes] == [137, 137]


def has_the_write():
    names = [event["name"] for event in read_events(Path("calls.json"))]
    return '_BSP_Virtual_Console_write("x", 1)' in names


WRITES = '_BSP_Virtual_Console_write("x", 1); for (;;) ;'


@only_x86_64
@pytest.mark.parametrize("host", TRACING_HOSTS)
@pytest.mark.parametrize("options", [
    ["--trace"],
    ["--trace-file", "calls.json", "--on", "_BSP_*=log"],
], ids=["text", "file"])
def test_a_trace_that_nobody_reads_does_not_outlast_the_time_out(tools, host, full,
                                                                 options, monkeypatch):
    monkeypatch.chdir(tools.directory)
    for seconds in "1", "5", "20":  # a busy machine takes some of it for the start
        process = start(tools, host, WRITES, full[1], "--timeout", seconds, *options)
        assert process.wait(timeout=HANGS) == 137
        if "--trace-file" not in options or has_the_write():
            break
    assert "--trace-file" not in options or has_the_write()


@only_x86_64
@pytest.mark.parametrize("host", HOSTS)
def test_a_report_that_nobody_has_asked_for_waits_for_its_reader(tools, host, full):
    process = start(tools, host, FAULT, full[1])
    text = b""
    while b"accessing 0x10\n" not in text:
        text += os.read(full[0], 4096)
    assert b": stopped by signal 11 (Segmentation fault) at " in text
    assert process.wait(timeout=HANGS) == 139
