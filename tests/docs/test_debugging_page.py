"""docs/debugging.md, profiling.md, deploying.md: commands print what the pages show."""

import os
import pty
import re
import subprocess

import doc_page
import pytest
from conftest import HANGS, ROOT


@pytest.mark.parametrize("page,count", [("debugging", 3), ("profiling", 2),
                                        ("deploying", 1)])
def test_every_command_prints_the_output_of_the_page(tmp_path, page, count):
    steps = doc_page.steps((ROOT / f"docs/{page}.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == count


def test_a_user_types_the_breakpoint_of_the_page_and_answers_y(tmp_path):
    page = (ROOT / "docs/debugging.md").read_text()
    command, name = re.search(r"types `(gdb [^`]*)`, and at\s+gdb's prompt `(break \w+)`",
                              page).groups()
    directory = doc_page.tree(tmp_path)
    doc_page.run([doc_page.steps(page)[0][0]], directory)
    user, terminal = pty.openpty()
    os.write(user, f"{name}\ny\nrun\nkill\ny\nquit\n".encode())
    result = subprocess.run([*command.replace("gdb", "gdb -nx", 1).split()],
                            cwd=directory, stdin=terminal, capture_output=True,
                            text=True, timeout=HANGS)
    os.close(user)
    os.close(terminal)
    assert "Make breakpoint pending on future shared library load?" in result.stdout
    assert re.search(r"Breakpoint 1, fill_tank \(litres=.*\) at pump.c:",
                     result.stdout), result.stdout + result.stderr
