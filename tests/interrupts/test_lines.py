"""Other processes raise the interrupt lines of a guest (--line)."""

import os
import socket
import subprocess
from pathlib import Path

import pytest
from conftest import WRAPPER, Toolbox
from line_guests import (built_guests, counts_of, ended, guests, pipes, read_word,
                         send_to)
from terminal_session import children_of

RAISED = 10_000
# A soak: ROUNDS=1000000 pytest ...
ROUNDS = int(os.environ.get("ROUNDS", 100_000))


@pytest.mark.parametrize("case", ["count", "spinning"])
@pytest.mark.parametrize("message", [b"", b"x", b"x" * 9000])
def test_each_datagram_to_a_named_socket_raises_once(guests, tmp_path, case, message):
    path, stop = tmp_path / "socket", tmp_path / "stop"
    process = guests.start(case, RAISED, lines=[f"2=unix:{path}", f"15=unix:{stop}"])
    read_word(process, b"ready")
    send_to(path, RAISED, message)
    read_word(process, b"reached")
    send_to(stop, 1)
    counts, coalesced = counts_of(process)
    assert counts.keys() == {b"2"}
    assert counts[b"2"] + coalesced == RAISED


@pytest.mark.parametrize("case", ["count", "spinning"])
@pytest.mark.parametrize("kind", [None, socket.SOCK_STREAM, socket.SOCK_DGRAM,
                                  socket.SOCK_SEQPACKET])
@pytest.mark.parametrize("step", [1, 100])
def test_each_byte_or_message_of_a_descriptor_raises_once(guests, pipes, case, kind,
                                                          step):
    line, stop = pipes(kind), pipes()
    is_message = kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)
    raised = RAISED // step if is_message else RAISED
    process = guests.start(case, raised,
                           lines=[("7=fd", line.reader), ("15=fd", stop.reader)])
    read_word(process, b"ready")
    for _ in range(RAISED // step):
        assert os.write(line.writer, b"x" * step) == step
    read_word(process, b"reached")
    os.write(stop.writer, b"x")
    counts, coalesced = counts_of(process)
    assert counts.keys() == {b"7"}
    assert counts[b"7"] + coalesced == raised


def test_an_eventfds_count_raises_as_often(guests, pipes):
    line, stop = os.eventfd(0), pipes()
    process = guests.start("count", RAISED,
                           lines=[("3=fd", line), ("15=fd", stop.reader)])
    read_word(process, b"ready")
    for _ in range(RAISED // 1000):
        os.eventfd_write(line, 1000)
    read_word(process, b"reached")
    os.write(stop.writer, b"x")
    counts, coalesced = counts_of(process)
    os.close(line)
    assert counts[b"3"] + coalesced == RAISED
    assert 1 <= counts[b"3"] <= RAISED // 1000


def test_two_lines_at_once_are_distinguished(guests, pipes):
    first, second, stop = pipes(), pipes(), pipes()
    process = guests.start("spinning", 3 * RAISED,
                           lines=[("2=fd", first.reader), ("14=fd", second.reader),
                                  ("15=fd", stop.reader)])
    read_word(process, b"ready")
    for _ in range(RAISED):
        os.write(first.writer, b"x")
        os.write(second.writer, b"xy")
    read_word(process, b"reached")
    os.write(stop.writer, b"x")
    counts, coalesced = counts_of(process)
    assert counts.keys() == {b"2", b"14"}
    assert counts[b"2"] + counts[b"14"] + coalesced == 3 * RAISED
    assert counts[b"2"] <= RAISED and counts[b"14"] <= 2 * RAISED


def test_lines_of_two_guests_do_not_mix(guests, tmp_path):
    paths = [[tmp_path / f"{i}{what}" for what in ("line", "stop")] for i in range(2)]
    processes = [guests.start("count", RAISED + i,
                              lines=[f"{2 + i}=unix:{line}", f"15=unix:{stop}"])
                 for i, (line, stop) in enumerate(paths)]
    for process in processes:
        read_word(process, b"ready")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        for i in range(2 * RAISED + 1):
            sender.sendto(b"", str(paths[(i + 1) % 2][0]))
    for i, process in enumerate(processes):
        read_word(process, b"reached")
        send_to(paths[i][1], 1)
        counts, coalesced = counts_of(process)
        assert counts.keys() == {b"%d" % (2 + i)}
        assert counts[b"%d" % (2 + i)] + coalesced == RAISED + i


@pytest.mark.parametrize("carried", ["gated", "blocking", "direct"])
def test_no_wake_up_is_lost_between_two_processes(guests, pipes, carried):
    line, answers = pipes(), pipes()
    process = guests.start(carried, ROUNDS, lines=[("2=fd", line.reader)],
                           keep=[answers.writer], timeout=300 + ROUNDS / 1000)
    answers.close_writer()
    read_word(process, b"ready")
    for _ in range(ROUNDS):
        os.write(line.writer, b"x")
        if os.read(answers.reader, 1) != b"a":
            break
    assert ended(process) == (b"", b"", 0)


def time_of(process):
    """Processor time of a process and of those that it started, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") +
            sum(map(time_of, children_of(process))))


def test_an_idle_guest_takes_no_processor_time(guests, pipes):
    """Sources that ended take none either. The guest sleeps for half a second. A slow
    machine needs time for its end, but no more than for its start."""
    lines = [pipes(), pipes(), pipes(socket.SOCK_STREAM), pipes(socket.SOCK_DGRAM)]
    process = guests.start("idle", lines=[(f"{2 + i}=fd", line.reader)
                                          for i, line in enumerate(lines)])
    read_word(process, b"ready")
    start = time_of(process.pid)
    lines[1].close_writer()
    lines[2].close_writer()
    with socket.socket(fileno=os.dup(lines[3].reader)) as reader:
        reader.shutdown(socket.SHUT_RD)
    os.write(lines[0].writer, b"x")
    with process.stdout, process.stderr:
        _, status, usage = os.wait4(process.pid, 0)
        assert (process.stderr.read(), status) == (b"", 0)
    process.returncode = 0
    assert usage.ru_utime + usage.ru_stime - start < max(0.25, start)


def test_a_line_that_ends_leaves_the_others(guests, pipes):
    ends, line, stop = pipes(), pipes(), pipes()
    process = guests.start("count", 5,
                           lines=[("2=fd", ends.reader), ("3=fd", line.reader),
                                  ("15=fd", stop.reader)])
    os.set_inheritable(ends.writer, False)
    read_word(process, b"ready")
    os.write(ends.writer, b"x")
    ends.close_writer()
    os.write(line.writer, b"abcd")
    read_word(process, b"reached")
    os.write(stop.writer, b"x")
    counts, coalesced = counts_of(process)
    assert counts[b"2"] == 1 and counts[b"3"] + coalesced == 4


def test_lines_outlive_a_reset(guests, tmp_path):
    guest = Toolbox(tmp_path, guests.tools.arch).guest("""
        #include <jumpslot/abi/fault.h>
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        #include <jumpslot/virt_cpu.h>
        static void on_interrupt(int vector, void *frame)
        {
                (void)frame;
                _CPU_Virtual_Irq_ack(vector);
        }
        JUMPSLOT_ENTRY(info)
        {
                int *runs = (int *)(uintptr_t)info->work_area_base;
                _CPU_Virtual_Set_handler(on_interrupt);
                if (_CPU_Virtual_Irq_request(2))
                        return 1;
                _BSP_Virtual_Console_write("ready\\n", 6);
                if (_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER))
                        return 2;
                if (++*runs < 3)
                        _BSP_Virtual_reset(1);
                return 0;
        }
        """)
    path = tmp_path / "socket"
    process = subprocess.Popen([*WRAPPER, "--timeout", "30",
                                "--line", f"2=unix:{path}", guest],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    guests.started.append(process)
    for _ in range(3):
        read_word(process, b"ready")
        send_to(path, 1)
    assert ended(process) == (b"", b"", 0)
