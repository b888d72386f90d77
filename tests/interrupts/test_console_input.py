"""Console input reaches a guest by interrupts, from every kind of file."""

import fcntl
import os
import pty
import socket
import termios

import pytest
from conftest import HOST
from line_guests import Pipe, built_guests, ended, guests, pipes, read_word

RAISED = 10_000


def is_nonblocking(descriptor):
    return bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_NONBLOCK)


@pytest.mark.parametrize("kind", [None, socket.SOCK_STREAM])
def test_input_from_a_pipe_or_socket_comes_by_interrupts(guests, pipes, kind):
    pipe = pipes(kind)
    process = guests.start("echo", console=True, stdin=pipe.reader)
    read_word(process, b"ready")
    for word in b"one\n", b"two\n" * 1000:
        os.write(pipe.writer, word)
        assert process.stdout.read(len(word)) == word
    assert is_nonblocking(pipe.reader) == (HOST == "monitor")  # for QEMU
    os.write(pipe.writer, b"!")
    assert ended(process) == (b"!", b"", 0)
    assert not is_nonblocking(pipe.reader)


def test_input_from_a_file_comes_by_interrupts(guests, tmp_path):
    path = tmp_path / "input"
    path.write_bytes(b"some\nlines\n" * 100 + b"!")
    with open(path, "rb") as file:
        process = guests.start("echo", console=True, stdin=file)
        assert ended(process) == (b"ready\n" + path.read_bytes(), b"", 0)


@pytest.fixture
def terminal():
    """A terminal: bytes written to one end are typed at the other."""
    ends = Pipe(reversed(pty.openpty()))
    yield ends
    ends.close()


def test_input_from_a_terminal_comes_by_lines_and_leaves_its_mode(guests, terminal):
    before = termios.tcgetattr(terminal.reader)
    process = guests.start("echo", console=True, stdin=terminal.reader)
    read_word(process, b"ready")
    for word in b"one\n", b"two\n":
        os.write(terminal.writer, word)
        assert process.stdout.readline() == word
    assert not is_nonblocking(terminal.reader)
    assert termios.tcgetattr(terminal.reader) == before
    os.write(terminal.writer, b"not typed to its end\x15!\x04")  # CTRL-U takes it back
    assert ended(process) == (b"!", b"", 0)


@pytest.mark.parametrize("kind", [None, socket.SOCK_STREAM])
def test_the_end_of_a_pipe_or_socket_interrupts_once(guests, pipes, kind):
    pipe = pipes(kind)
    process = guests.start("final", console=True, stdin=pipe.reader)
    read_word(process, b"ready")
    pipe.close_writer()
    assert ended(process) == (b"end\n", b"", 0)


def test_the_end_that_is_typed_on_a_terminal_is_final(guests, terminal):
    process = guests.start("final", console=True, stdin=terminal.reader)
    read_word(process, b"ready")
    os.write(terminal.writer, b"\x04")
    read_word(process, b"end")
    os.write(terminal.writer, b"more\n")
    assert ended(process) == (b"", b"", 0)


def test_a_terminal_that_hangs_up_interrupts_once(guests, terminal):
    process = guests.start("final", console=True, stdin=terminal.reader)
    read_word(process, b"ready")
    terminal.close_reader()
    terminal.close_writer()
    assert ended(process) == (b"end\n", b"", 0)


@pytest.mark.parametrize("kind", [None, socket.SOCK_STREAM])
def test_input_interrupts_once_until_all_is_read(guests, pipes, kind):
    pipe, line = pipes(kind), pipes()
    process = guests.start("interrupts", console=True, stdin=pipe.reader,
                           lines=[("2=fd", line.reader)])
    read_word(process, b"ready")
    os.write(pipe.writer, b"a")
    read_word(process, b"interrupt")
    os.write(pipe.writer, b"bz")
    os.write(line.writer, b"x")
    read_word(process, b"read")
    os.write(pipe.writer, b"x")
    assert ended(process) == (b"", b"", 0)


@pytest.mark.parametrize("kind", [None, socket.SOCK_STREAM])
def test_handler_and_guest_may_both_read(guests, pipes, kind):
    pipe = pipes(kind)
    process = guests.start("both", RAISED, console=True, stdin=pipe.reader)
    read_word(process, b"ready")
    for _ in range(RAISED):
        os.write(pipe.writer, b"\1")
    assert ended(process) == (b"", b"", 0)


def test_every_byte_value_is_read_unchanged(guests, tmp_path):
    path = tmp_path / "input"
    path.write_bytes(bytes(range(256)))
    with open(path, "rb") as file:
        assert ended(guests.start("values", console=True, stdin=file)) == (b"", b"", 0)


@pytest.mark.parametrize("is_file", [False, True])
def test_no_more_is_read_than_the_guest_asked_for(guests, pipes, tmp_path, is_file):
    pipe = pipes()
    if is_file:
        pipe.close_reader()
        (tmp_path / "input").write_bytes(b"abcd")
        pipe.reader = os.open(tmp_path / "input", os.O_RDONLY)
    else:
        os.write(pipe.writer, b"abcd")
    assert ended(guests.start("2", console=True, stdin=pipe.reader)) == (b"", b"", 0)
    assert os.read(pipe.reader, 10) == b"cd"


@pytest.mark.parametrize("kind", [None, socket.SOCK_STREAM])
def test_reading_a_pipe_or_socket_does_not_wait(guests, pipes, kind):
    process = guests.start("nothing", console=True, stdin=pipes(kind).reader)
    assert ended(process) == (b"ready\n", b"", 0)


def test_reading_a_terminal_does_not_wait(guests, terminal):
    process = guests.start("nothing", console=True, stdin=terminal.reader)
    assert ended(process) == (b"ready\n", b"", 0)


def write_to_own_input():
    """Make standard input the writing end of a pipe that is not empty."""
    _, writer = os.pipe()
    os.write(writer, b"not for the guest")
    os.dup2(writer, 0)


@pytest.mark.parametrize("prepare", [
    lambda: os.close(0),
    lambda: os.dup2(os.open("/dev/null", os.O_RDONLY), 0),
    write_to_own_input,
], ids=["closed", "empty", "for writing only"])
def test_without_input_there_is_nothing_to_read(guests, prepare):
    process = guests.start("nothing", console=True, stdin=None, preexec_fn=prepare)
    assert ended(process) == (b"ready\n", b"", 0)
