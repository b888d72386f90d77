"""docs/providers.md: each of its examples works as it stands, and prints what is shown."""

import re
import subprocess

import pytest
from conftest import BUILD, ROOT

BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.M | re.S)
SECTIONS = re.split(r"^## ", (ROOT / "docs/providers.md").read_text(), flags=re.M)[1:]


def steps(section):
    """(commands, what is shown to follow, or nothing) of each block of commands."""
    blocks = BLOCK.findall(section)
    for (kind, commands), after in zip(blocks, blocks[1:] + [("sh", "")]):
        if kind == "sh":
            yield commands, after[1] if after[0] == "" else ""


def comparable(text):
    """Without addresses, which are the compiler's, and lines of the gate's own source."""
    return re.sub(r"(0x)[0-9a-f]+|(gate\.S):\d+", r"\1\2", text)


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What each block of commands prints, one after the other in one shell."""
    top = tmp_path_factory.mktemp("page")
    for name in "guest-macros", "linkscripts", "gen", "host-wrapper":
        (top / name).symlink_to(ROOT / name)
    (top / "build").mkdir()
    (top / "build/bin").symlink_to(BUILD / "bin")
    script = "exec 2>&1\n" + "".join(
        commands + "echo --\n" for section in SECTIONS for commands, _ in steps(section))
    result = subprocess.run(["bash"], input=script, capture_output=True, text=True,
                            cwd=top, timeout=300)
    return iter(result.stdout.replace(str(top), "/...").split("--\n"))


def test_the_page_has_an_example_in_each_of_its_eight_sections():
    assert [section.split(".")[0] for section in SECTIONS] == list("12345678")
    assert all(any(shown for _, shown in steps(section)) for section in SECTIONS)


def test_every_example_prints_what_the_page_shows(printed):
    for section in SECTIONS:
        for commands, shown in steps(section):
            assert comparable(next(printed, "the shell ended")) == comparable(shown), \
                commands
    assert next(printed) == ""
