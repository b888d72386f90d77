"""Runs a guest that needs one rule of the sandbox, and disturbs it where it waits.

Depends on conftest and /proc.
"""

import fcntl
import os
import pty
import signal
import socket
import subprocess
import time
from pathlib import Path

from conftest import HANGS

ENDED = 3
# Calls that wait, as /proc shows them: poll(), restart_syscall(), and clock_nanosleep(),
# on i386 also with a time of 64 bits.
WAITING = {"x86_64": ("7", "219", "230"), "i386": ("168", "0", "267", "407")}


def waits(process, arch):
    """The sandbox is closed, and a thread of the process waits in a call."""
    if process.poll() is not None:
        return True
    if "\nSeccomp:\t2\n" not in Path(f"/proc/{process.pid}/status").read_text():
        return False
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        try:
            if (task / "syscall").read_text().split()[0] in WAITING[arch]:
                return True
        except (FileNotFoundError, ProcessLookupError):
            pass
    return False


def state(process):
    if process.poll() is not None:
        return "Z"
    stat = Path(f"/proc/{process.pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0]


def wait_until(condition, process):
    end = time.monotonic() + HANGS
    while not condition() and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.001)


class RuleCase:
    """Options and disturbances of a run. `wrapper` is the host-wrapper of the runner."""

    def __init__(self, body, *options, status=ENDED, text="", stop=None, input=None,
                 output=None, before=None):
        self.body, self.options, self.status, self.text = body, options, status, text
        self.stop, self.input, self.output, self.before = stop, input, output, before

    def start(self, wrapper, words, pipe, full, ends, terminal):
        """The process, with a line or input from `pipe`, and an output that is full."""
        line = [f"2=fd:{pipe[0]}"] if "--line" in self.options else []
        stdin = {"pipe": pipe[0], "socket": ends[0], "terminal": terminal[1]}.get(
            self.input, subprocess.DEVNULL)
        outputs = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        if self.output:
            fcntl.fcntl(full[1], fcntl.F_SETFL, os.O_NONBLOCK)
            outputs[self.output] = full[1]
        return subprocess.Popen(
            [str(word) for word in (wrapper, *self.options, *line, *words)], stdin=stdin,
            text=True, pass_fds=[pipe[0]], preexec_fn=self.before, **outputs)

    def disturb(self, process, arch):
        """Stop and continue it where it waits, or end it there by SIGXCPU."""
        if self.stop or self.output:
            wait_until(lambda: waits(process, arch), process)
        if self.stop == "kill":
            process.send_signal(signal.SIGXCPU)
            process.wait(timeout=HANGS)
        elif self.stop:
            for _ in range(10):  # at first it may be about to leave poll() anyway
                wait_until(lambda: waits(process, arch), process)
                process.send_signal(signal.SIGSTOP)
                wait_until(lambda: state(process) in "TZ", process)
                process.send_signal(signal.SIGCONT)

    def feed(self, process, pipe, full, ends):
        """Give input until it has ended, and take its output."""
        ends[1].send(b"x")
        os.close(full[1])
        while self.output and os.read(full[0], 1 << 20):
            pass
        while process.poll() is None:
            os.write(pipe[1], b"x")
            time.sleep(0.002)

    def run(self, wrapper, words, arch):
        """(status, standard error)."""
        pipe, full, ends = os.pipe(), os.pipe(), socket.socketpair()
        terminal = pty.openpty()
        process = self.start(wrapper, words, pipe, full, ends, terminal)
        try:
            self.disturb(process, arch)
            self.feed(process, pipe, full, ends)
            stderr = process.communicate(timeout=HANGS)[1]
        finally:
            process.kill()
            for end in *pipe, full[0], *terminal:
                os.close(end)
            for end in ends:
                end.close()
        status = process.returncode
        return 128 - status if status < 0 else status, stderr or ""
