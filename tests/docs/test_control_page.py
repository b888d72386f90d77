"""docs/control.md: the examples do what the page says."""

import os
import re
import shlex
import subprocess

import doc_page
from conftest import BUILD, HANGS, ROOT

PAGE = (ROOT / "docs/control.md").read_text()


def test_the_example_prints_the_output_of_the_page(tmp_path):
    """A guest that waits for keys may just handle a tick, at level 1."""
    (commands, shown), = doc_page.steps(PAGE)
    printed, = doc_page.run([commands], doc_page.tree(tmp_path))
    assert printed.replace("level 1", "level 0") == shown


# Prints the name of each provider whose reading is new, and ends with the first again.
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC(int, sensor_read)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            while (sensor_read() != 1)
                    ;
            _BSP_Virtual_Console_write("sensor\\n", 7);
            while (sensor_read() != 2)
                    ;
            _BSP_Virtual_Console_write("simulated\\n", 10);
            while (sensor_read() != 1)
                    ;
            return 0;
    }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    EXTERNAL_FUNC(int, sensor_read)
    EF(sensor_read)
    JUMPSLOT_SYSCALLS(sensor_read, JUMPSLOT_NO_SYSCALLS)
    int sensor_read(void) { return READING; }
    """


def test_the_providers_that_stand_by_are_exchanged(tools):
    start, *uses = re.findall(r"^\$ (host-wrapper .*)$", PAGE, re.M)
    assert len(uses) == 2
    tools.guest(GUEST).rename(tools.directory / "guest.elf")
    for reading, name in enumerate(("sensor", "simulated"), 1):
        tools.provider(PROVIDER.replace("READING", str(reading)), name=name).rename(
            tools.directory / f"{name}.so")
    environment = {**os.environ, "PATH": f"{BUILD / 'bin'}:{os.environ['PATH']}"}
    with subprocess.Popen(shlex.split(start.removesuffix(" &")), cwd=tools.directory,
                          env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        for served, use in zip(("sensor\n", "simulated\n"), uses):
            assert process.stdout.readline() == served
            subprocess.run(["sh", "-c", use], cwd=tools.directory, env=environment,
                           check=True, timeout=HANGS)
        assert process.communicate(timeout=HANGS) == ("", "")
        assert process.returncode == 0
