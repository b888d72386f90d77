"""Completion does not depend on a socket: it runs nothing that the owner has written,
and does not wait for an answer."""

import os
import socket
import threading

import pytest
from conftest import BUILD, ROOT, run

FILES = ROOT / "packaging/completion"
SHELLS = {
    "bash": ["bash", "-c", f"""
. {FILES}/host-wrapper
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_host_wrapper
printf '%s\\n' "${{COMPREPLY[@]}}" """, "bash"],
    "zsh": ["zsh", "-fc", f"""
_values() {{ shift; print -l -- $* }}
words=("$@"); CURRENT=$#
complete_it() {{ . {FILES}/_host-wrapper }}
complete_it""", "zsh"],
}


def answer(server, text):
    """To one client of ctl, whatever it asks."""
    client, _ = server.accept()
    with client:
        client.recv(100)
        client.sendall(text)


def complete(shell, path):
    """The words that are offered after `ctl PATH revoke`."""
    result = run(*SHELLS[shell], "host-wrapper", "ctl", path, "revoke", "",
                 cwd=path.parent, env={"PATH": f"{BUILD}/bin:{os.environ['PATH']}"})
    assert result.stderr == ""
    return result.stdout.split()


@pytest.fixture(name="server")
def make_server(tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        yield server


@pytest.mark.parametrize("shell", SHELLS)
def test_a_function_of_a_strange_socket_is_only_a_name(tmp_path, server, shell):
    made = tmp_path / "made"
    text = f"ok\nsensor_read\tx\n$(touch${{IFS}}{made})\tx\na:b:{{touch {made}}}\tx\n"
    thread = threading.Thread(target=answer, args=(server, text.encode()))
    thread.start()
    assert complete(shell, tmp_path / "socket") == ["sensor_read"]
    thread.join()
    assert not made.exists()


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_socket_that_does_not_answer_has_no_functions(tmp_path, shell):
    """As that of a host-wrapper that a key has stopped. bash offers files."""
    offered = {"bash": ["socket"], "zsh": []}
    assert complete(shell, tmp_path / "socket") == offered[shell]
