"""With --raw, keys reach the guest one by one, and the terminal is always put back."""

import contextlib
import fcntl
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
from conftest import BUILD, ROOT, Toolbox

# Guests are kept by subject, and one of interrupts is used here.
SOURCES = {
    "terminal": ROOT / "tests/launcher/guests/terminal_guest.c",
    "lines_console": ROOT / "tests/interrupts/guests/lines_console_guest.c",
}
WRAPPER = BUILD / "bin/host-wrapper"
TIME_LIMIT = 60  # seconds: a test that waits so long for something has failed
IFLAG, OFLAG, CFLAG, LFLAG, CC = 0, 1, 2, 3, 6
# What input must not go through.
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
    """Of what no descriptor tells: modes of terminals, states of processes."""
    limit = time.monotonic() + TIME_LIMIT
    while not condition():
        assert time.monotonic() < limit
        os.sched_yield()


def state_of(process):
    """R, S, T (stopped), Z ...; None after its end."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return stat.rpartition(")")[2].split()[0]


def are_gone(processes):
    """Waited for, or left to whoever waits for orphans."""
    return all(state_of(process) in (None, "Z") for process in processes)


def children_of(process):
    return [int(child) for child in
            Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def is_runner(process):
    """Not the keeper, which has host-wrapper's name, nor what is about to be the runner."""
    return Path(f"/proc/{process}/comm").read_text("ascii").startswith("jumpslot-runner")


def is_pending(process, number):
    status = Path(f"/proc/{process}/status").read_text("ascii")
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
        """Whatever else is shown before."""
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
        wait_until(lambda: any(map(is_runner, children_of(self.job))))
        return next(filter(is_runner, children_of(self.job)))

    def end(self):
        """What was written on standard error by then."""
        self.control.close()
        return self.shell.communicate(timeout=TIME_LIMIT)[1].decode()


@pytest.fixture
def sessions(terminal):
    """Starts host-wrapper in the foreground of a session of its own."""
    made = []

    def make(*words, where="foreground", wrapper=WRAPPER, **options):
        made.append(Session(terminal, wrapper, "--timeout", TIME_LIMIT, *words, **options))
        made[-1].start(where)
        return made[-1]
    yield make
    for session in made:
        if session.job and state_of(session.job):
            os.killpg(session.job, signal.SIGKILL)
        session.shell.kill()
        session.shell.communicate()


@pytest.fixture
def keys(directory):
    return guest(directory, "terminal", "x86_64")


# A guest of one thread that reads all the time, unless it is told to wait for something else.
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
        return ["--provider", tools.provider(IGNORE_STOP),
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


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_keys_reach_the_guest_one_by_one_without_echo(directory, terminal, sessions, arch):
    session = running(sessions("--raw", guest(directory, "terminal", arch)))
    for key in b"a", b"b", b"\r", b"\x04", b"\x7f":
        terminal.type(key)
        terminal.expect(key)
    terminal.type(b"q")
    assert session.wait() == "exited 7"
    assert terminal.is_as_before()
    assert terminal.shows_nothing_more()
    assert session.end() == ""


def test_every_byte_arrives_as_it_is_but_the_keys_that_end_and_stop(
        directory, terminal, sessions):
    mode = terminal.mode()
    mode[IFLAG] |= COOKED_INPUT
    mode[LFLAG] |= termios.ECHONL
    mode[CC][termios.VTIME] = b"\x05"
    mode[CC][termios.VMIN] = b"\x00"
    terminal.set(mode)
    running(sessions("--raw", guest(directory, "terminal", "x86_64")))
    for key in sorted(set(range(256)) - set(b"\x03\x1a\x1c\nfnqr")):
        terminal.type(bytes([key]))
        terminal.expect(bytes([key]))
    terminal.type(b"\n")
    terminal.expect(b"\r\n")


def test_a_key_without_a_signal_reaches_the_guest(terminal, sessions, keys):
    mode = terminal.mode()
    mode[CC][termios.VINTR] = b"\x1d"
    terminal.set(mode)
    session = running(sessions("--raw", keys))
    terminal.type(b"\x03")
    terminal.expect(b"\x03")
    terminal.type(b"\x1d")
    assert session.wait() == "exited 130"


def test_output_keeps_its_line_ends(terminal, sessions, keys):
    running(sessions("--raw", keys))
    terminal.type(b"n")
    terminal.expect(b"one\r\ntwo\r\n")


def test_only_input_and_its_echo_change(terminal, sessions, keys):
    running(sessions("--raw", keys))
    mode, before = terminal.mode(), terminal.cooked
    assert mode[OFLAG] == before[OFLAG] and mode[CFLAG] == before[CFLAG]
    assert mode[OFLAG] & termios.OPOST
    assert mode[LFLAG] & termios.ISIG
    assert mode[LFLAG] == before[LFLAG] & ~COOKED_LOCAL
    assert mode[IFLAG] == before[IFLAG] & ~COOKED_INPUT


def test_without_the_option_the_mode_stays_and_keys_stop_the_job(terminal, sessions, keys):
    session = sessions(keys)
    terminal.expect(b"ready\r\n")
    assert terminal.is_as_before()
    assert len(children_of(session.job)) == 1
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    session.go_on()
    terminal.type(b"q\n")
    assert session.wait() == "exited 7"
    assert terminal.is_as_before()


def ends(session, action, status, errors=""):
    """It does so, and then nobody of it is left to change the mode. What it says matches."""
    family = children_of(session.job)
    assert len(family) == 2
    action()
    assert session.wait() == status
    assert session.terminal.is_as_before()
    assert [state_of(process) for process in family] == [None, None]
    said = re.sub("^  virtual CPU: .*\n", "", session.end(), flags=re.MULTILINE)
    assert re.fullmatch(errors, said), said


def ends_by(session, action, number, name, where=""):
    ends(session, action, f"exited {128 + number}",
         rf"host-wrapper: \S+: stopped by signal {int(number)} \({name}\){where}\n")


def test_the_mode_is_put_back_when_the_guest_ends(terminal, sessions, keys):
    ends(running(sessions("--raw", keys)), lambda: terminal.type(b"q"), "exited 7")


def test_the_mode_is_put_back_when_the_guest_faults(terminal, sessions, keys):
    ends_by(running(sessions("--raw", keys)), lambda: terminal.type(b"f"), signal.SIGILL,
            "Illegal instruction", r" at 0x[0-9a-f]+ <\S+>")


@pytest.mark.parametrize("key,number,name", [
    (b"\x03", signal.SIGINT, "Interrupt"),
    (b"\x1c", signal.SIGQUIT, "Quit"),
])
def test_the_mode_is_put_back_when_a_key_ends_the_guest(terminal, sessions, keys, key,
                                                        number, name):
    ends_by(running(sessions("--raw", keys)), lambda: terminal.type(key), number, name)


@pytest.mark.parametrize("number,name", [
    (signal.SIGTERM, "Terminated"),
    (signal.SIGHUP, "Hangup"),
    (signal.SIGINT, "Interrupt"),
    (signal.SIGQUIT, "Quit"),
])
def test_the_mode_is_put_back_when_a_signal_ends_the_supervisor(sessions, keys, number,
                                                                name):
    session = running(sessions("--raw", keys))
    ends_by(session, lambda: os.kill(session.job, number), number, name)


def test_the_mode_is_put_back_when_the_runner_is_killed(sessions, keys):
    session = running(sessions("--raw", keys))
    ends_by(session, lambda: os.kill(session.runner(), signal.SIGKILL), signal.SIGKILL,
            "Killed")


def test_the_mode_is_put_back_when_the_time_is_up(terminal, sessions, keys):
    session = sessions("--raw", "--timeout", "0.3", keys)
    assert session.wait() == "exited 137"
    assert terminal.is_as_before()
    assert "Killed): its time is up (--timeout)\n" in session.end()


def test_the_mode_is_put_back_when_the_runner_cannot_be_started(
        directory, terminal, sessions, keys):
    """Its interpreter is missing, which nobody notices before."""
    programs = directory / "programs"
    programs.mkdir()
    for name in "host-wrapper", "jumpslot-runner-x86_64":
        text = (BUILD / "bin" / name).read_bytes()
        if name != "host-wrapper":
            text = text.replace(b"/lib64/ld-linux-x86-64", b"/lib64/no-linux-x86-64", 1)
        (programs / name).write_bytes(text)
        (programs / name).chmod(0o755)
    session = sessions("--raw", keys, wrapper=programs / "host-wrapper")
    assert session.wait() == "exited 125"
    assert terminal.is_as_before()
    assert session.end() == (
        f"host-wrapper: the runner {programs}/jumpslot-runner-x86_64 cannot be started: "
        "No such file or directory\n")


def killed(session, kill):
    kill(session.job, signal.SIGKILL)
    assert session.wait() == "killed 9"


@pytest.mark.parametrize("kill", [os.kill, os.killpg], ids=["alone", "with its job"])
def test_the_mode_is_put_back_when_the_supervisor_is_killed(terminal, sessions, keys, kill):
    session = running(sessions("--raw", keys))
    family = children_of(session.job)
    killed(session, kill)
    wait_until(terminal.is_as_before)
    wait_until(lambda: are_gone(family))
    assert session.end() == ""


def test_a_job_that_was_continued_is_put_back_when_it_is_killed(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    session.go_on()
    works(session)
    killed(session, os.kill)
    wait_until(terminal.is_as_before)


@pytest.mark.parametrize("action", [
    lambda session: session.terminal.type(b"\x1a"),
    lambda session: os.kill(session.job, signal.SIGTSTP),
    lambda session: os.killpg(session.job, signal.SIGTSTP),
], ids=["key", "supervisor", "job"])
def test_stopping_puts_the_mode_back_until_the_job_goes_on(terminal, sessions, keys, action):
    session = running(sessions("--raw", keys))
    for _ in range(3):
        action(session)
        assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
        assert terminal.is_as_before()
        wait_until(lambda: state_of(session.runner()) == "T")
        session.go_on()
        works(session)
    ends(session, lambda: terminal.type(b"q"), "exited 7")


def test_a_runner_that_ignores_being_stopped_is_stopped(terminal, sessions, busy):
    session = running(sessions("--raw", *busy(READING)))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    wait_until(lambda: state_of(session.runner()) == "T")
    session.go_on()
    ends(session, lambda: terminal.type(b"x"), "exited 3")


def test_without_the_option_such_a_runner_is_not_stopped(terminal, sessions, busy):
    session = sessions(*busy(SPINNING))
    terminal.expect(b"ready\r\n")
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    runner = session.runner()
    os.kill(runner, signal.SIGTERM)  # would wait for it to go on
    wait_until(lambda: state_of(runner) == "Z")


def test_signals_to_the_supervisor_alone_stop_and_continue_the_runner(terminal, sessions,
                                                                     keys):
    session = running(sessions("--raw", keys))
    runner = session.runner()
    os.kill(session.job, signal.SIGTSTP)
    wait_until(lambda: (state_of(session.job), state_of(runner)) == ("T", "T"))
    assert terminal.is_as_before()
    os.kill(session.job, signal.SIGCONT)
    works(session)


def test_a_job_that_is_continued_while_it_runs_is_put_back_all_the_same(terminal, sessions,
                                                                       keys):
    session = running(sessions("--raw", keys))
    os.kill(session.job, signal.SIGCONT)
    # The one that stops would take back what is pending.
    wait_until(lambda: state_of(session.job) == "S" and
               not is_pending(session.job, signal.SIGCONT))
    os.kill(session.job, signal.SIGTSTP)
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    assert terminal.is_as_before()


def test_what_is_set_while_the_job_is_stopped_is_what_it_puts_back(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    mode = terminal.mode()
    mode[LFLAG] &= ~termios.ECHOE
    mode[CC][termios.VERASE] = b"\x08"
    terminal.set(mode)
    session.go_on()
    works(session)
    ends(session, lambda: terminal.type(b"q"), "exited 7")


def test_a_job_that_was_stopped_by_sigstop_is_raw_again(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    before = terminal.cooked
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    terminal.set(before)  # as a shell does that finds another mode
    session.go_on()
    works(session)
    ends(session, lambda: terminal.type(b"q"), "exited 7")


@pytest.mark.parametrize("number,status", [(signal.SIGKILL, "killed 9"),
                                           (signal.SIGTERM, "exited 143")])
def test_a_mode_that_was_changed_in_the_foreground_is_put_back(terminal, sessions, keys,
                                                               number, status):
    """As by a provider."""
    session = running(sessions("--raw", keys))
    mode = terminal.mode()
    mode[LFLAG] |= termios.ECHO
    termios.tcsetattr(terminal.line, termios.TCSANOW, mode)
    assert not terminal.is_as_before()
    family = children_of(session.job)
    # The shell is not told to take the terminal back before.
    os.kill(session.job, number)
    wait_until(lambda: are_gone(family))
    assert terminal.is_as_before()
    assert session.wait() == status


def taken_by_the_shell(session):
    """Without a word to the job."""
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    mode = session.terminal.mode()
    mode[LFLAG] |= termios.ECHO
    session.terminal.set(mode)


def test_a_shell_that_has_taken_the_terminal_is_not_overruled_by_the_keeper(
        terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    family = children_of(session.job)
    taken_by_the_shell(session)
    killed(session, os.kill)
    wait_until(lambda: are_gone(family))
    assert terminal.is_as_before()


def test_a_shell_that_has_taken_the_terminal_is_not_overruled_by_the_supervisor(
        terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    taken_by_the_shell(session)

    def end():
        os.killpg(session.job, signal.SIGTERM)
        session.go_on("background")
    ends_by(session, end, signal.SIGTERM, "Terminated")


def test_a_stopped_job_can_be_ended(terminal, sessions, busy):
    """Its runner may be faster than the supervisor's own signal."""
    session = running(sessions("--raw", *busy(READING)))
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"

    def end():
        runner = session.runner()
        os.killpg(session.job, signal.SIGTERM)
        os.kill(runner, signal.SIGCONT)
        wait_until(lambda: state_of(runner) == "Z")
        session.go_on("background")
    ends_by(session, end, signal.SIGTERM, "Terminated")


def test_a_raw_mode_that_nobody_took_over_is_put_back_from_the_background(
        terminal, sessions, keys):
    """Its shell takes the terminal, and leaves the mode."""
    session = running(sessions("--raw", keys))
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    assert terminal.is_raw()
    killed(session, os.kill)
    wait_until(terminal.is_as_before)


def test_a_job_that_goes_on_in_the_background_puts_back_what_it_still_finds(
        directory, terminal, sessions):
    session = sessions("--raw", guest(directory, "lines_console", "x86_64"), "echo")
    running(session)
    os.killpg(session.job, signal.SIGSTOP)
    assert session.wait() == f"stopped {int(signal.SIGSTOP)}"
    session.go_on("background")
    wait_until(terminal.is_as_before)
    session.ask("give")
    works(session)
    ends(session, lambda: terminal.type(b"!"), "exited 0")


@pytest.mark.parametrize("prepare", [
    lambda: None,
    lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU]),
], ids=["SIGTTOU allowed", "SIGTTOU blocked"])
def test_in_the_background_the_terminal_is_left_alone_until_the_job_has_it(
        directory, terminal, sessions, prepare):
    """A job that runs, and so gets no signal when the shell gives it the terminal."""
    session = sessions("--raw", guest(directory, "lines_console", "x86_64"), "echo",
                       where="background", preexec_fn=prepare)
    terminal.expect(b"ready\r\n")
    assert terminal.is_as_before()
    mode = terminal.mode()
    mode[IFLAG] &= ~termios.IXON
    terminal.set(mode)  # what is there when it gets the terminal is what it puts back
    session.ask("give")
    works(session)
    ends(session, lambda: terminal.type(b"!"), "exited 0")


def test_a_job_that_reads_in_the_background_stops(terminal, sessions, busy):
    session = sessions("--raw", *busy(READING), where="background")
    terminal.expect(b"ready\r\n")
    assert session.wait() == f"stopped {int(signal.SIGTTIN)}"
    assert terminal.is_as_before()
    session.go_on()
    wait_until(terminal.is_raw)
    terminal.type(b"\x1a")
    assert session.wait() == f"stopped {int(signal.SIGTSTP)}"
    session.go_on("background")
    assert session.wait() == f"stopped {int(signal.SIGTTIN)}"
    assert terminal.is_as_before()
    session.go_on()
    wait_until(terminal.is_raw)
    ends(session, lambda: terminal.type(b"x"), "exited 3")


def take_terminal():
    """Of standard input, as a session's leader."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def bash(terminal):
    """At its prompt, and in the mode of its own that it has there."""
    process = subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"], stdin=terminal.line, stdout=terminal.line,
        stderr=terminal.line, preexec_fn=take_terminal,
        env={"PS1": "? ", "TERM": "dumb", "HISTFILE": "", "PATH": os.environ["PATH"]})
    wait_until(lambda: not terminal.mode()[LFLAG] & termios.ICANON)
    terminal.read_until(b"? ")
    yield process
    process.kill()
    process.wait()


def test_in_a_shell_it_stops_goes_on_and_is_killed(terminal, bash, keys):
    prompt = terminal.mode()
    for command in f"{WRAPPER} --raw {keys}", "fg":
        terminal.type(f"{command}\n".encode())
        if command != "fg":
            terminal.read_until(b"ready\r\n")
        wait_until(terminal.is_raw)
        terminal.type(b"x")
        terminal.read_until(b"x")
        terminal.type(b"\x1a")
        terminal.read_until(b"Stopped")
        terminal.read_until(b"? ")
        assert terminal.mode() == prompt
    terminal.type(b"fg\n")
    wait_until(terminal.is_raw)
    job, = children_of(bash.pid)
    family = children_of(job)
    os.kill(job, signal.SIGKILL)
    terminal.read_until(b"Killed")
    terminal.read_until(b"? ")
    wait_until(lambda: are_gone(family))
    assert terminal.mode() == prompt


def test_an_orphaned_job_does_not_stop(terminal, keys):
    """There is no shell that could continue it."""
    process = subprocess.Popen([WRAPPER, "--raw", keys], stdin=terminal.line,
                               stdout=terminal.line, stderr=subprocess.PIPE,
                               preexec_fn=take_terminal)
    terminal.expect(b"ready\r\n")
    terminal.type(b"\x1a")
    wait_until(terminal.is_raw)
    # NOFLSH is off: keys that are typed before the signal is handled are dropped with it.
    terminal.type(b"xq")
    terminal.expect(b"x")
    assert process.wait(TIME_LIMIT) == 7
    assert terminal.is_as_before()
    assert process.stderr.read() == b""


def test_an_orphaned_job_in_the_background_leaves_the_terminal_alone(terminal, keys):
    """Its session's leader, the job's parent, has given the terminal to another group."""
    leader = subprocess.Popen(
        [sys.executable, "-c", """if True:
            import fcntl, os, signal, subprocess, sys, termios
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            other = subprocess.Popen(["cat"], stdin=subprocess.PIPE, process_group=0,
                                     stdout=subprocess.DEVNULL)
            os.tcsetpgrp(0, other.pid)
            job = subprocess.Popen(sys.argv[1:], preexec_fn=lambda: signal.signal(
                signal.SIGTTOU, signal.SIG_DFL))
            sys.exit(job.wait())
            """, WRAPPER, "--raw", "--timeout", "0.3", keys],
        stdin=terminal.line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert leader.stdout.readline() == b"ready\n"
    assert terminal.is_as_before()
    assert b"its time is up" in leader.communicate(timeout=TIME_LIMIT)[1]
    assert leader.returncode == 137
    assert terminal.is_as_before()


def test_a_terminal_of_no_session_is_set_and_put_back(terminal, keys):
    process = subprocess.Popen([WRAPPER, "--raw", keys], stdin=terminal.line,
                               stdout=terminal.line, start_new_session=True)
    terminal.expect(b"ready\r\n")
    assert terminal.is_raw()
    terminal.type(b"q")
    assert process.wait(TIME_LIMIT) == 7
    assert terminal.is_as_before()


def test_a_reset_keeps_the_mode(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    terminal.type(b"r")
    works(running(session))
    ends(session, lambda: terminal.type(b"q"), "exited 7")


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_a_terminal_that_hangs_up_is_the_end_of_input(directory, terminal, arch):
    process = subprocess.Popen([WRAPPER, "--raw", guest(directory, "lines_console", arch),
                                "final"], stdin=terminal.line, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    assert process.stdout.readline() == b"ready\n"
    assert terminal.is_raw()
    terminal.hang_up()
    assert process.communicate(timeout=TIME_LIMIT) == (b"end\n", b"")
    assert process.returncode == 0


def test_a_terminal_that_hangs_up_ends_the_job(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    family = [session.job, *children_of(session.job)]
    terminal.hang_up()
    wait_until(lambda: are_gone(family))


def descriptors_of(process):
    """Without those that are closed just now."""
    found = {}
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found[descriptor.name] = os.readlink(descriptor)
    return found


def test_the_runner_inherits_nothing_more(terminal, sessions, keys):
    found = []
    for option in [], ["--raw"]:
        session = sessions(*option, keys)
        terminal.expect(b"ready\r\n")
        found.append(descriptors_of(session.runner()).keys())
        killed(session, os.killpg)
        session.end()
    assert found[0] == found[1]


def test_the_keeper_holds_nothing_but_the_terminal(terminal, sessions, keys):
    session = running(sessions("--raw", keys))
    keeper, = set(children_of(session.job)) - {session.runner()}
    wait_until(lambda: descriptors_of(keeper) == {"0": os.ttyname(terminal.line)})


def test_without_a_terminal_the_option_changes_nothing(terminal, keys):
    """Standard output may be one."""
    process = subprocess.Popen([WRAPPER, "--raw", keys], stdin=subprocess.PIPE,
                               stdout=terminal.line, stderr=subprocess.PIPE)
    terminal.expect(b"ready\r\n")
    assert terminal.is_as_before()
    assert len(children_of(process.pid)) == 1
    process.stdin.write(b"q")
    assert process.communicate(timeout=TIME_LIMIT)[1] == b""
    assert process.returncode == 7
    assert terminal.is_as_before()
