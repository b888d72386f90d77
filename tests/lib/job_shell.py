"""A session on a terminal with one job, controlled as an interactive shell would.

    job_shell.py CONTROL COMMAND...

Standard input is the terminal. Commands come as lines from the descriptor CONTROL, and
each is answered by a line there:

    start foreground|background   the process of the job
    give                          gives the terminal to the job
    continue
    wait                          exited STATUS, killed SIGNAL or stopped SIGNAL

After `wait` the shell is in the foreground. It does not depend on the job's program.
"""

import fcntl
import os
import signal
import sys
import termios

TERMINAL = 0


def give_terminal(group):
    os.tcsetpgrp(TERMINAL, group)


def start(command, where):
    job = os.fork()
    if job:
        return job
    os.setpgid(0, 0)
    if where == "foreground":
        give_terminal(os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(command[0], command)


def wait(job):
    _, status = os.waitpid(job, os.WUNTRACED)
    give_terminal(os.getpgrp())
    if os.WIFSTOPPED(status):
        return f"stopped {os.WSTOPSIG(status)}"
    if os.WIFSIGNALED(status):
        return f"killed {os.WTERMSIG(status)}"
    return f"exited {os.WEXITSTATUS(status)}"


def main():
    control, command = int(sys.argv[1]), sys.argv[2:]
    os.set_inheritable(control, False)
    fcntl.ioctl(TERMINAL, termios.TIOCSCTTY, 0)
    # As every shell does, which sets the terminal from the background.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = None
    with os.fdopen(control, "r+b", buffering=0) as lines:
        for line in lines:
            verb, *where = line.decode().split()
            answer = ""
            if verb == "start":
                answer = job = start(command, *where)
            elif verb == "give":
                give_terminal(job)
            elif verb == "continue":
                os.killpg(job, signal.SIGCONT)
            elif verb == "wait":
                answer = wait(job)
            lines.write(f"{answer}\n".encode())


main()
