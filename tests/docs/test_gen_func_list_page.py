"""docs/gen-func-list.md: its commands print the output of the page.

Build-ids are left out of the comparison: they depend on the compiler and on the place.
"""

import re

import doc_page
from conftest import ROOT

PAGE = (ROOT / "docs/gen-func-list.md").read_text()
JSON = re.compile(r"^```\n\$ (\S+ --json [^\n]*)\n(.*?)^```$", re.M | re.S)


def without_build_ids(text):
    return re.sub("[0-9a-f]{40}", "BUILD-ID", text)


def test_every_command_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps(PAGE)
    command, shown = JSON.search(PAGE).groups()
    steps.append((command + "\n", shown))
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert list(map(without_build_ids, printed)) == [
        without_build_ids(shown) for _, shown in steps]
    assert len(steps) == 4 and all(shown for _, shown in steps)
