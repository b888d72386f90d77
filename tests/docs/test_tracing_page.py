"""docs/tracing.md: each command prints what the page shows, but for times."""

import re

import doc_page
from conftest import ROOT


def without_numbers(text):
    """Times and addresses differ from run to run, and so do the widths of columns."""
    text = re.sub(r"0x[0-9a-f]+", "ADDRESS", text)
    text = re.sub(r" *\d+\.\d+(%| s)?", " TIME", text)
    return re.sub(r" +", " ", text)


def by_name(text):
    """A table is in the order of its times."""
    return sorted(text.splitlines(), key=lambda line: line.split()[-1])


def test_every_command_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps((ROOT / "docs/tracing.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert len(steps) == 3
    assert without_numbers(printed[0]) == without_numbers(steps[0][1])
    assert printed[1] == "" and (tmp_path / "build/rtos.json").stat().st_size > 1000
    assert by_name(without_numbers(printed[2])) == by_name(without_numbers(steps[2][1]))
