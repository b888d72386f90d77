"""A terminal with a job shell in which host-wrapper runs, for the tests of --raw."""

import contextlib
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, ROOT, Toolbox, reap, without_account

# Guests are kept by subject, and one of interrupts is used here.
SOURCES = {
    "terminal": ROOT / "tests/launcher/guests/terminal_guest.c",
    "lines_console": ROOT / "tests/interrupts/guests/lines_console_guest.c",
}
WRAPPER = BUILD / "bin/host-wrapper"
TIME_LIMIT = HANGS  # seconds
IFLAG, OFLAG, CFLAG, LFLAG, CC = 0, 1, 2, 3, 6
# Mode bits that change or hold back input.
COOKED_INPUT = (termios.ICRNL | termios.IGNCR | termios.INLCR | termios.ISTRIP |
                termios.IUCLC | termios.IXON | termios.PARMRK)
COOKED_LOCAL = termios.ECHO | termios.ECHONL | termios.ICANON | termios.IEXTEN


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("terminal")


def guest(directory, name, arch):
    """Built once for the module."""
    image = directory / f"{name}-{arch}.elf"
    if not image.exists():
        source = SOURCES[name]
        Toolbox(directory, arch).guest(source, "-I", source.parent, name=name)
    return image


def wait_until(condition):
    """For conditions without a descriptor: modes of terminals, states of processes."""
    limit = time.monotonic() + TIME_LIMIT
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)  # others need the processor


def read_of(process, name):
    """A file of a process in /proc; "" after its end."""
    try:
        return Path(f"/proc/{process}/{name}").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def state_of(process):
    """R, S, T (stopped), Z ...; None after its end."""
    stat = read_of(process, "stat")
    return stat.rpartition(")")[2].split()[0] if stat else None


def are_gone(processes):
    """Waited for, or left to whoever waits for orphans: here, this process."""
    for process in processes:
        reap(process)
    return all(state_of(process) in (None, "Z") for process in processes)


def children_of(process):
    return list(map(int, read_of(process, f"task/{process}/children").split()))


def is_runner(process):
    """True for the runner after its exec; false for other processes."""
    return read_of(process, "comm").startswith("jumpslot-runner")


def is_qemu(process):
    return read_of(process, "comm").startswith("qemu")


def is_first(process):
    """True for process 1 of the guest's PID namespace."""
    status = read_of(process, "status")
    return re.search(r"^NSpid:.*\t1$", status, flags=re.MULTILINE) is not None


def keepers_of(job):
    return [process for process in children_of(job)
            if not is_runner(process) and not is_first(process)]


def guests_processes(job):
    """Runner and keeper, and process 1 of their PID namespace where there is one."""
    family = children_of(job)
    assert len(family) in (2, 3) and any(map(is_runner, family))
    return family


def descriptors_of(process):
    """The files of its descriptors, without those that are closed just now."""
    found = {}
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found[descriptor.name] = os.readlink(descriptor)
    return found


def is_pending(process, number):
    status = read_of(process, "status")
    return int(re.search(r"ShdPnd:\s*(\w+)", status)[1], 16) >> number - 1 & 1


class Terminal:
    """Both ends: what is typed on one is read from the other, which has the mode."""

    def __init__(self):
        self.keyboard, self.line = pty.openpty()
        self.shown = b""
        self.cooked = self.mode()

    def mode(self):
        return termios.tcgetattr(self.line)

    def set(self, mode):
        """To which it is to come back."""
        termios.tcsetattr(self.line, termios.TCSANOW, mode)
        self.cooked = self.mode()

    def is_raw(self):
        mode = self.mode()
        return not (mode[IFLAG] & COOKED_INPUT or mode[LFLAG] & COOKED_LOCAL) and (
            mode[CC][termios.VMIN], mode[CC][termios.VTIME]) == (1, 0)

    def is_as_before(self):
        return self.mode() == self.cooked

    def type(self, keys):
        os.write(self.keyboard, keys)

    def expect(self, text):
        """The next that is shown is just this."""
        while len(self.shown) < len(text):
            assert select.select([self.keyboard], [], [], TIME_LIMIT)[0], self.shown
            self.shown += os.read(self.keyboard, 4096)
        shown, self.shown = self.shown[:len(text)], self.shown[len(text):]
        assert shown == text

    def read_until(self, text):
        """Reads up to this text."""
        while text not in self.shown:
            assert select.select([self.keyboard], [], [], TIME_LIMIT)[0], self.shown
            self.shown += os.read(self.keyboard, 4096)
        self.shown = self.shown.partition(text)[2]

    def shows_nothing_more(self):
        return not self.shown and not select.select([self.keyboard], [], [], 0)[0]

    def hang_up(self):
        for end in self.keyboard, self.line:
            os.close(end)
        self.keyboard = None

    def close(self):
        if self.keyboard is not None:
            self.hang_up()


@pytest.fixture
def terminal():
    made = Terminal()
    yield made
    made.close()


class Session:
    """A job shell on the terminal; host-wrapper and what follows is its job."""

    def __init__(self, terminal, *command, **options):
        self.terminal = terminal
        ours, its = socket.socketpair()
        ours.settimeout(TIME_LIMIT)
        with its:
            self.shell = subprocess.Popen(
                [sys.executable, ROOT / "tests/lib/job_shell.py", str(its.fileno()),
                 *map(str, command)], pass_fds=[its.fileno()], stdin=terminal.line,
                stdout=terminal.line, stderr=subprocess.PIPE, start_new_session=True,
                **options)
        self.control = ours.makefile("rwb", buffering=0)
        ours.close()
        self.job = None

    def ask(self, *words):
        self.control.write(" ".join(words).encode() + b"\n")
        return self.control.readline().decode().strip()

    def start(self, where="foreground"):
        self.job = int(self.ask("start", where))

    def go_on(self, where="foreground"):
        if where == "foreground":
            self.ask("give")
        self.ask("continue")

    def wait(self):
        return self.ask("wait")

    def runner(self):
        """Once it is started."""
        found = []

        def is_there():
            assert state_of(self.job) not in (None, "Z")
            found[:] = filter(is_runner, children_of(self.job))
            return found
        wait_until(is_there)
        return found[0]

    def end(self):
        """Ends the shell and returns its standard error."""
        self.control.close()
        return self.shell.communicate(timeout=TIME_LIMIT)[1].decode()


@pytest.fixture
def sessions(terminal):
    """Starts host-wrapper in the foreground of a session of its own."""
    made = []

    def make(*words, where="foreground", wrapper=WRAPPER, **options):
        session = Session(terminal, wrapper, "--timeout", TIME_LIMIT, *words, **options)
        made.append(session)
        session.start(where)
        return session
    yield make
    for session in made:
        if session.job and state_of(session.job):
            os.killpg(session.job, signal.SIGKILL)
        session.shell.kill()
        session.shell.communicate()


@pytest.fixture
def keys(directory):
    return guest(directory, "terminal", "x86_64")


# A guest of one thread that reads all the time, unless told to wait for something else.
BUSY = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(void, ignore_stop)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            ignore_stop();
            _BSP_Virtual_Console_write("ready\\n", 6);
            while (%s)
                    ;
            return 3;
    }
    """
READING = "_BSP_Virtual_Console_read() < 0"
SPINNING = "_BSP_Virtual_Clock_read()"
IGNORE_STOP = """
    #include <jumpslot/provider.h>
    #include <signal.h>
    EXTERNAL_FUNC(void, ignore_stop)
    EF(ignore_stop)
    void ignore_stop(void) { signal(SIGTSTP, SIG_IGN); }
    """


@pytest.fixture
def busy(directory):
    """The words that make such a guest run, which ignores SIGTSTP."""
    def build(what):
        tools = Toolbox(directory)
        return ["--provider", tools.provider(IGNORE_STOP, needs=["rt_sigaction"]),
                tools.guest(BUSY % what, name="busy")]
    return build


def running(session):
    """The guest runs, and reads keys."""
    session.terminal.expect(b"ready\r\n")
    assert session.terminal.is_raw()
    return session


def works(session):
    """It is raw, and a key is answered at once, by the guest and nobody else."""
    wait_until(session.terminal.is_raw)
    session.terminal.type(b"x")
    session.terminal.expect(b"x")


def ends(session, action, status, errors=""):
    """Asserts the end: status, restored mode, no process left, and standard error."""
    family = guests_processes(session.job)
    action()
    assert session.wait() == status
    assert session.terminal.is_as_before()
    assert [state_of(process) for process in family] == [None] * len(family)
    said = re.sub("^  virtual CPU: .*\n", "", session.end(), flags=re.MULTILINE)
    assert re.fullmatch(errors, without_account(said)), said


def ends_by(session, action, number, name, where=""):
    ends(session, action, f"exited {128 + number}",
         rf"host-wrapper: \S+: stopped by signal {int(number)} \({name}\){where}\n")


def killed(session, kill):
    kill(session.job, signal.SIGKILL)
    assert session.wait() == "killed 9"
