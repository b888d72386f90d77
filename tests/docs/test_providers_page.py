"""docs/providers.md: each of its examples works as it stands and prints what is shown.

tests/newlib runs the last section, which needs newlib.
"""

import re
import subprocess

import pytest
from conftest import BUILD, HANGS, ROOT

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
SECTIONS = re.split(r"^## ", (ROOT / "docs/providers.md").read_text(), flags=re.M)[1:-1]
SHELLS = ("sh", "bash")


def steps(section):
    """(shell, commands, the output that follows or nothing) of each block of commands."""
    blocks = BLOCK.findall(section)
    for (kind, commands), after in zip(blocks, blocks[1:] + [("sh", "")]):
        if kind in SHELLS:
            yield kind, commands, after[1] if after[0] == "" else ""


def comparable(text):
    """Without addresses, which the compiler chooses, and lines of the gate's source."""
    return re.sub(r"(0x)[0-9a-f]+|(gate\.S):\d+", r"\1\2", text)


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The output of each block of commands. One shell, the named one, runs them all."""
    top = tmp_path_factory.mktemp("page")
    for name in "guest-macros", "linkscripts", "gen", "host-wrapper":
        (top / name).symlink_to(ROOT / name)
    (top / "build").mkdir()
    (top / "build/bin").symlink_to(BUILD / "bin")
    page = [step for section in SECTIONS for step in steps(section)]
    shell, = {shell for shell, _, _ in page}
    script = "exec 2>&1\n" + "".join(commands + "echo --\n" for _, commands, _ in page)
    result = subprocess.run([shell], input=script, capture_output=True, text=True,
                            cwd=top, timeout=HANGS)
    return iter(result.stdout.replace(str(top), "/...").split("--\n"))


def test_each_of_the_nine_sections_has_an_example():
    assert [section.split(".")[0] for section in SECTIONS] == list("123456789")
    assert all(any(shown for _, _, shown in steps(section)) for section in SECTIONS)


def test_every_example_prints_the_output_that_the_page_shows(printed):
    for section in SECTIONS:
        for _, commands, shown in steps(section):
            assert comparable(next(printed, "the shell ended")) == comparable(shown), \
                commands
    assert next(printed) == ""


def test_rules_of_the_page_that_open_files_neither_create_nor_empty_them():
    page = (ROOT / "docs/providers.md").read_text().replace("\\|", "|")
    masks = re.findall(r'ALLOW_IF\("openat",\s*JUMPSLOT_ARG_BITS\(2, ([^,]*),', page)
    assert masks == 2 * ["O_ACCMODE | O_CREAT | O_TRUNC"]
