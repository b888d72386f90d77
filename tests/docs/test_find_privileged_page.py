"""docs/find-privileged.md: its example gives what is shown there."""

import json
import os
import re

from conftest import ROOT, run
from find_privileged_tool import TOOL

PAGE = (ROOT / "docs/find-privileged.md").read_text()


def test_example_gives_what_the_page_shows(tools):
    tools.write("port.c", re.search(r"```c\n(.*?)```", PAGE, re.DOTALL)[1])
    environment = {**os.environ, "PWD": str(tools.directory)}
    options = {"cwd": tools.directory, "env": environment}
    run("gcc", "-O2", "-g", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-I",
        ROOT / "guest-macros", "-c", "port.c", **options)
    run("gcc", "-nostdlib", "-static", "-T", ROOT / "linkscripts/externals.ld", "port.o",
        "-o", "port.elf", **options)
    shown = re.search(r"\$ gen/find-privileged port.elf\n(.*?)```", PAGE, re.DOTALL)[1]
    assert run(TOOL, "port.elf", check=False, **options).stdout == shown
    shown = re.search(r"\$ gen/find-privileged --json port.elf\n(.*?)```", PAGE, re.DOTALL)[1]
    guest, = json.loads(run(TOOL, "--json", "port.elf", check=False, **options).stdout)["guests"]
    guest_shown, = json.loads(re.sub(r",\s*\.\.\.", "", shown))["guests"]
    guest["findings"] = guest["findings"][:1]
    assert guest == guest_shown
