"""The README's three steps work as they stand, and print what it shows."""

import re
import subprocess

from conftest import BUILD, ROOT

BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.M | re.S)


def steps():
    """(commands, what is shown to follow, or None) of each block of commands."""
    text = (ROOT / "README.md").read_text()
    text = text[text.index("## Three steps"):text.index("## A real program")]
    blocks = BLOCK.findall(text)
    for at, (kind, commands) in enumerate(blocks):
        if kind == "sh":
            shown = at + 1 < len(blocks) and blocks[at + 1][0] == ""
            yield commands, blocks[at + 1][1] if shown else None


def test_the_three_steps_print_what_the_readme_shows(tmp_path):
    for name in "guest-macros", "linkscripts", "gen", "host-wrapper":
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "build").mkdir()
    (tmp_path / "build/bin").symlink_to(BUILD / "bin")
    script = "exec 2>&1\n"
    expected = []
    for commands, shown in steps():
        script += commands + "echo --\n"
        expected.append(shown or "")
    result = subprocess.run(["bash"], input=script, capture_output=True, text=True,
                            cwd=tmp_path)
    assert result.stdout.split("--\n")[:-1] == expected
    assert len(expected) == 4 and expected.count("") == 2
