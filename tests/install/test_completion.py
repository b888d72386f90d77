"""Completion runs nothing that a socket's owner has written."""

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


@pytest.mark.parametrize("shell", SHELLS)
def test_a_function_of_a_strange_socket_is_only_a_name(tmp_path, shell):
    path, made = tmp_path / "socket", tmp_path / "made"
    text = f"ok\nsensor_read\tx\n$(touch${{IFS}}{made})\tx\na:b:{{touch {made}}}\tx\n"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=answer, args=(server, text.encode()))
        thread.start()
        result = run(*SHELLS[shell], "host-wrapper", "ctl", path, "revoke", "",
                     env={"PATH": f"{BUILD}/bin:{os.environ['PATH']}"})
        thread.join()
    assert (result.stdout, result.stderr) == ("sensor_read\n", "")
    assert not made.exists()
