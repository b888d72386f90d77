"""Other processes raise a guest's interrupt lines, and its console's input raises one more."""

import fcntl
import os
import pty
import re
import socket
import subprocess
import termios

import pytest
from conftest import BUILD, ROOT, Toolbox

GUESTS = ROOT / "tests/interrupts/guests"
RAISED = 10_000
# ROUNDS=1000000 asks for all that is promised.
ROUNDS = int(os.environ.get("ROUNDS", 100_000))


class Guests:
    """The guests and the provider of these tests, for one architecture."""

    def __init__(self, tools):
        flags = "-I", GUESTS
        self.tools = tools
        self.lines = tools.guest(GUESTS / "lines_guest.c", *flags, name="lines")
        self.console = tools.guest(GUESTS / "lines_console_guest.c", *flags, name="console")
        self.provider = tools.provider(GUESTS / "lines_provider.c", name="lines")

    def start(self, *words, lines=(), console=False, keep=(), timeout=30, **options):
        """host-wrapper with these lines, as ("3=fd", descriptor) or "3=unix:PATH"."""
        command = [BUILD / "bin/host-wrapper", "--timeout", timeout,
                   "--provider", f"{self.provider},{keep[0] if keep else 0}"]
        keep = list(keep)
        for line in lines:
            if isinstance(line, tuple):
                keep.append(line[1])
                line = f"{line[0]}:{line[1]}"
            command += ["--line", line]
        command += [self.console if console else self.lines, *words]
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, pass_fds=keep, **options)


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def guests(request, tmp_path_factory):
    return Guests(Toolbox(tmp_path_factory.mktemp("lines"), request.param))


class Pipe:
    """Two ends, closed at the end of the test."""

    def __init__(self, ends):
        self.reader, self.writer = ends

    def close_reader(self):
        os.close(self.reader)
        self.reader = None

    def close_writer(self):
        os.close(self.writer)
        self.writer = None

    def close(self):
        for end in self.reader, self.writer:
            if end is not None:
                os.close(end)


@pytest.fixture
def pipes():
    """Makes pipes, or with a kind the same of a pair of sockets."""
    made = []

    def make(kind=None):
        if kind is None:
            ends = os.pipe()
        else:
            ends = [end.detach() for end in socket.socketpair(socket.AF_UNIX, kind)]
        made.append(Pipe(ends))
        return made[-1]
    yield make
    for pipe in made:
        pipe.close()


def read_word(process, word):
    assert process.stdout.readline() == word + b"\n", process.stderr.read()


def ended(process):
    """What is left of its output, and its errors and status."""
    output, errors = process.communicate(timeout=120)
    return output, errors, process.returncode


def counts_of(process):
    """What a guest counted that ended well: one number a line, and what coalesced."""
    output, errors, status = ended(process)
    assert (errors, status) == (b"", 0)
    counts = {name: int(value) for name, value in re.findall(rb"(\w+):(\d+)", output)}
    return counts, counts.pop(b"coalesced")


def send_to(path, times, message=b"x"):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(str(path))
        for _ in range(times):
            sender.send(message)


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
def test_each_byte_or_message_of_a_descriptor_raises_once(guests, pipes, case, kind, step):
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
    process = guests.start("count", RAISED, lines=[("3=fd", line), ("15=fd", stop.reader)])
    read_word(process, b"ready")
    for _ in range(RAISED // 1000):
        os.eventfd_write(line, 1000)
    read_word(process, b"reached")
    os.write(stop.writer, b"x")
    counts, coalesced = counts_of(process)
    os.close(line)
    assert counts[b"3"] + coalesced == RAISED
    assert 1 <= counts[b"3"] <= RAISED // 1000


def test_two_lines_at_once_are_told_apart(guests, pipes):
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
                           keep=[answers.writer], timeout=30 + ROUNDS / 1000)
    answers.close_writer()
    read_word(process, b"ready")
    for _ in range(ROUNDS):
        os.write(line.writer, b"x")
        if os.read(answers.reader, 1) != b"a":
            break
    assert ended(process) == (b"", b"", 0)


def test_an_idle_guest_takes_no_processor_time(guests, pipes):
    """Nor do sources that came to their end: half a second of sleep is mostly sleep."""
    lines = [pipes(), pipes(), pipes(socket.SOCK_STREAM), pipes(socket.SOCK_DGRAM)]
    process = guests.start("idle", lines=[(f"{2 + i}=fd", line.reader)
                                          for i, line in enumerate(lines)])
    read_word(process, b"ready")
    lines[1].close_writer()
    lines[2].close_writer()
    with socket.socket(fileno=os.dup(lines[3].reader)) as reader:
        reader.shutdown(socket.SHUT_RD)
    os.write(lines[0].writer, b"x")
    with process.stdout, process.stderr:
        _, status, usage = os.wait4(process.pid, 0)
        assert (process.stderr.read(), status) == (b"", 0)
    process.returncode = 0
    assert usage.ru_utime + usage.ru_stime < 0.25


def test_a_line_that_ends_leaves_the_others(guests, pipes):
    ends, line, stop = pipes(), pipes(), pipes()
    process = guests.start("count", 5, lines=[("2=fd", ends.reader), ("3=fd", line.reader),
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


@pytest.mark.parametrize("in_place", [False, True])
def test_a_guest_has_the_lines_that_it_is_given(guests, pipes, in_place):
    line = pipes()
    options = ["--in-place"] if in_place else []
    result = guests.tools.wrapper(*options, "--provider", f"{guests.provider},0",
                                  "--line", f"5=fd:{line.reader}",
                                  guests.lines, "requests", pass_fds=[line.reader])
    assert result.stdout == "1 1 1 0 1 1 1 1 1 1 1 1 1 1\n"
    assert result.returncode == 0


def test_line_descriptors_are_not_for_programs_of_providers(guests, pipes, tmp_path):
    tools = Toolbox(tmp_path, guests.tools.arch)
    provider = tools.provider("""
        #include <jumpslot/provider.h>
        #include <fcntl.h>
        EXTERNAL_FUNC(int, closed_on_exec, int)
        EF(closed_on_exec)
        int closed_on_exec(int fd) { return fcntl(fd, F_GETFD) == FD_CLOEXEC; }
        """)
    line = pipes()
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_cpu.h>
        EXTERNAL_FUNC(int, closed_on_exec, int)
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                _CPU_Virtual_Interrupts_close();
                return !closed_on_exec(%d);
        }
        """ % line.reader)
    result = tools.wrapper("--provider", provider, "--line", f"2=fd:{line.reader}", guest,
                           pass_fds=[line.reader])
    assert (result.stderr, result.returncode) == ("", 0)


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
    process = subprocess.Popen([BUILD / "bin/host-wrapper", "--timeout", "30",
                                "--line", f"2=unix:{path}", guest],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(3):
        read_word(process, b"ready")
        send_to(path, 1)
    assert ended(process) == (b"", b"", 0)


class TestTheSocketsFile:
    """It is there while the guest runs, and only then."""

    @staticmethod
    def run(guests, path, *words, **options):
        process = guests.start(*(words or ["requests"]), lines=[f"2=unix:{path}"], **options)
        return ended(process)

    def test_is_removed_when_the_guest_ended(self, guests, tmp_path):
        path = tmp_path / "socket"
        assert self.run(guests, path)[2] == 0
        assert not path.exists()

    def test_is_removed_when_the_guest_was_killed(self, guests, tmp_path):
        path = tmp_path / "socket"
        process = guests.start("count", 1, lines=[f"2=unix:{path}"])
        read_word(process, b"ready")
        assert path.is_socket()
        process.terminate()
        assert ended(process)[2] == 128 + 15
        assert not path.exists()

    def test_stays_if_it_is_not_ours_any_more(self, guests, tmp_path):
        path, other = tmp_path / "socket", tmp_path / "other"
        process = guests.start("count", 1, lines=[f"2=unix:{path}"])
        read_word(process, b"ready")
        other.write_text("mine")
        other.rename(path)
        process.terminate()
        ended(process)
        assert path.read_text() == "mine"

    def test_is_replaced_if_nobody_listens_any_more(self, guests, tmp_path):
        path = tmp_path / "socket"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
            dead.bind(str(path))
        assert self.run(guests, path)[2] == 0
        assert not path.exists()

    @pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
    def test_is_refused_if_somebody_listens(self, guests, tmp_path, kind):
        path = tmp_path / "socket"
        with socket.socket(socket.AF_UNIX, kind) as alive:
            alive.bind(str(path))
            if kind == socket.SOCK_STREAM:
                alive.listen()
            assert self.run(guests, path) == (
                b"", b"host-wrapper: line 2: %s: Address already in use\n" % bytes(path), 125)
        assert path.is_socket()

    def test_is_refused_if_it_is_no_socket(self, guests, tmp_path):
        path = tmp_path / "file"
        path.write_text("mine")
        assert self.run(guests, path) == (
            b"", b"host-wrapper: line 2: %s: File exists\n" % bytes(path), 125)
        assert path.read_text() == "mine"

    def test_is_refused_where_none_can_be(self, guests, tmp_path):
        path = tmp_path / "nowhere/socket"
        assert self.run(guests, path) == (
            b"", b"host-wrapper: line 2: %s: No such file or directory\n" % bytes(path), 125)

    def test_is_not_left_behind_by_a_later_error(self, guests, tmp_path):
        path = tmp_path / "socket"
        process = guests.start("requests", lines=[f"2=unix:{path}", f"3=unix:{path}"])
        assert ended(process) == (
            b"", b"host-wrapper: line 3: %s: Address already in use\n" % bytes(path), 125)
        assert not path.exists()


def refused(guests, line, **options):
    result = guests.tools.wrapper("--line", line, guests.lines, **options)
    assert (result.stdout, result.returncode) == ("", 125)
    return result.stderr


def test_a_descriptor_that_cannot_raise_is_refused(guests, pipes, tmp_path):
    pipe = pipes()
    no_source = " is no pipe, eventfd or open socket\n"
    assert refused(guests, "2=fd:99") == (
        "host-wrapper: line 2: descriptor 99: Bad file descriptor\n")
    # The numbers that the launcher's own files get are free when it starts.
    assert refused(guests, "2=fd:3") == (
        "host-wrapper: line 2: descriptor 3: Bad file descriptor\n")
    assert refused(guests, f"2=fd:{pipe.writer}", pass_fds=[pipe.writer]) == (
        f"host-wrapper: line 2: descriptor {pipe.writer} is for writing only\n")
    with open(tmp_path / "file", "w+") as file:
        assert refused(guests, f"2=fd:{file.fileno()}", pass_fds=[file.fileno()]) == (
            f"host-wrapper: line 2: descriptor {file.fileno()}{no_source}")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(tmp_path / "listener"))
        listener.listen()
        fd = listener.fileno()
        assert refused(guests, f"2=fd:{fd}", pass_fds=[fd]) == (
            f"host-wrapper: line 2: descriptor {fd}{no_source}")


@pytest.mark.parametrize("line,reason", [
    ("1=fd:3", "line 1 is the console's; others are 2 to 15"),
    ("0=fd:3", "not a line from 2 to 15, and what raises it"),
    ("16=fd:3", "not a line from 2 to 15, and what raises it"),
    ("2=fd:2", "not a descriptor from 3 up"),
    ("2=pipe:3", "not LINE=fd:DESCRIPTOR or LINE=unix:PATH"),
    ("2=unix:" + "x" * 108, "the path of a socket has 1 to 107 bytes"),
])
def test_a_line_that_is_none_is_refused(guests, line, reason):
    assert refused(guests, line) == f"host-wrapper: --line {line}: {reason}\n"


def test_a_guest_without_interrupts_has_no_lines(guests, tmp_path):
    tools = Toolbox(tmp_path, guests.tools.arch)
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/virt_bsp.h>
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                return _BSP_Virtual_Console_init() == -22 ? 0 : 1;
        }
        """)
    result = tools.wrapper("--line", f"2=unix:{tmp_path}/socket", guest)
    assert result.stderr == (
        f"host-wrapper: {guest}: --line: it takes no interrupts (jumpslot/virt_cpu.h)\n")
    assert result.returncode == 125
    assert tools.wrapper(guest).returncode == 0


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
    assert not is_nonblocking(pipe.reader)
    os.write(pipe.writer, b"!")
    assert ended(process) == (b"!", b"", 0)


def test_input_from_a_file_comes_by_interrupts(guests, tmp_path):
    path = tmp_path / "input"
    path.write_bytes(b"some\nlines\n" * 100 + b"!")
    with open(path, "rb") as file:
        process = guests.start("echo", console=True, stdin=file)
        assert ended(process) == (b"ready\n" + path.read_bytes(), b"", 0)


@pytest.fixture
def terminal():
    """Writing to one end types on the other."""
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
    pipe = pipes(kind)
    process = guests.start("interrupts", console=True, stdin=pipe.reader)
    read_word(process, b"ready")
    os.write(pipe.writer, b"a")
    read_word(process, b"interrupt")
    os.write(pipe.writer, b"bz")
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


def test_every_byte_is_read_as_it_is(guests, tmp_path):
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
    """Standard input is the wrong end of a pipe that has something in it."""
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
