"""--line accepts sources of interrupts, and cleans up after itself."""

import socket

import pytest
from conftest import Toolbox
from line_guests import built_guests, ended, guests, pipes, read_word


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
        """, needs=["fcntl", "i386:fcntl64"])
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


class TestTheSocketsFile:
    """The file exists while the guest runs, and only then."""

    @staticmethod
    def run(guests, path, *words, **options):
        process = guests.start(*(words or ["requests"]), lines=[f"2=unix:{path}"],
                               **options)
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

    def test_stays_if_another_file_replaced_it(self, guests, tmp_path):
        path, other = tmp_path / "socket", tmp_path / "other"
        process = guests.start("count", 1, lines=[f"2=unix:{path}"])
        read_word(process, b"ready")
        other.write_text("mine")
        other.rename(path)
        process.terminate()
        ended(process)
        assert path.read_text() == "mine"

    def test_is_replaced_if_no_process_listens(self, guests, tmp_path):
        path = tmp_path / "socket"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
            dead.bind(str(path))
        assert self.run(guests, path)[2] == 0
        assert not path.exists()

    @pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
    def test_is_refused_if_a_process_listens(self, guests, tmp_path, kind):
        path = tmp_path / "socket"
        with socket.socket(socket.AF_UNIX, kind) as alive:
            alive.bind(str(path))
            if kind == socket.SOCK_STREAM:
                alive.listen()
            assert self.run(guests, path) == (
                b"", b"host-wrapper: line 2: %s: Address already in use\n" % bytes(path),
                125)
        assert path.is_socket()

    def test_is_refused_if_it_is_not_a_socket(self, guests, tmp_path):
        path = tmp_path / "file"
        path.write_text("mine")
        assert self.run(guests, path) == (
            b"", b"host-wrapper: line 2: %s: File exists\n" % bytes(path), 125)
        assert path.read_text() == "mine"

    def test_is_refused_where_no_file_can_be(self, guests, tmp_path):
        path = tmp_path / "nowhere/socket"
        assert self.run(guests, path) == (
            b"", b"host-wrapper: line 2: %s: No such file or directory\n" % bytes(path),
            125)

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
    no_source = " is not a pipe, eventfd or open socket\n"
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
    ("1=fd:3", "line 1 is the console; expected 2..15"),
    ("0=fd:3", "invalid line; expected 2..15, = and a source"),
    ("16=fd:3", "invalid line; expected 2..15, = and a source"),
    ("2=fd:2", "invalid descriptor; expected 3 or above"),
    ("2=pipe:3", "invalid source; expected fd:DESCRIPTOR or unix:PATH"),
    ("2=unix:" + "x" * 108, "invalid path of a socket; expected 1..107 bytes"),
])
def test_an_invalid_line_is_refused(guests, line, reason):
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
