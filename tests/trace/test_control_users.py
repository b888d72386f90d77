"""The control's socket answers its own user alone, whatever the file's mode is."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from conftest import BUILD, HANGS
from controlled_guest import LOOP
from trace_guest import GUESTS

# The user of containers, which is also the kernel's number for users without one.
NOBODY = 65534
ROOT_USER, OWNER, OTHER = 0, 1234, 1235


def become(user):
    """A command that runs another one as that user."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


@pytest.fixture
def public(tools):
    """A folder that all users may search, with a program that never ends by itself."""
    if os.geteuid():
        pytest.skip("needs several users: only root can become another one")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(tools.guest(LOOP, "-I", GUESTS), folder / "guest.elf")
        shutil.copy(tools.provider(GUESTS / "trace_provider.c", "-I", GUESTS),
                    folder / "provider.so")
        (folder / "bin").mkdir()
        for program in "host-wrapper", "jumpslot-runner-x86_64":
            shutil.copy(BUILD / "bin" / program, folder / "bin")
        yield folder


def ask(path, user):
    """The answer to a client of that user; an empty one if the connection is reset."""
    script = ("import socket, sys\n"
              "client = socket.socket(socket.AF_UNIX)\n"
              "client.connect(sys.argv[1])\n"
              "try:\n"
              "    client.send(b'raise 20\\n')\n"
              "    print(client.makefile().read(), end='')\n"
              "except (ConnectionResetError, BrokenPipeError):\n"
              "    pass\n")
    done = subprocess.run([*become(user), "/usr/bin/python3", "-c", script, path],
                          cwd="/", capture_output=True, text=True, timeout=HANGS)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout


@pytest.mark.parametrize("owner", [OWNER, NOBODY])
def test_no_other_user_gets_an_answer_or_changes_the_guest(public, owner):
    """Not root either, and not after a change of the socket's mode."""
    own = public / "own"
    own.mkdir()
    os.chown(own, owner, owner)
    path = own / "control"
    with subprocess.Popen(
            [*become(owner), public / "bin/host-wrapper", "--control", path,
             "--provider", public / "provider.so", public / "guest.elf"], cwd=own,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
        path.chmod(0o666)
        for user in {ROOT_USER, OWNER, OTHER, NOBODY} - {owner}:
            assert ask(path, user) == "", user
            assert process.poll() is None
        # A client that is slow on a busy machine is reset, too.
        while ask(path, owner) != "ok\n":
            assert process.poll() is None
        # Vector 20 came once, from the owner: the guest ends with its status.
        assert process.communicate(timeout=HANGS) == ("", "")
        assert process.returncode == 10
