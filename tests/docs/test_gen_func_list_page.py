"""docs/gen-func-list.md: its commands print the output of the page.

Build-ids depend on the compiler and on the place, and line numbers on headers:
both are left out of the comparison. The page has the tree in a user's home.
"""

import re

import doc_page
from conftest import ROOT

PAGE = (ROOT / "docs/gen-func-list.md").read_text()
JSON = re.compile(r"^```\n\$ (\S+ --json [^\n]*)\n(.*?)^```$", re.M | re.S)


def comparable(text):
    text = text.replace(f'"{ROOT}/', '"/home/you/jumpslot/')
    return re.sub(r"[0-9a-f]{40}|(?<=virt_bsp\.h:)\d+", "...", text)


def test_every_command_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps(PAGE)
    command, shown = JSON.search(PAGE).groups()
    steps.append((command + "\n", shown))
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert list(map(comparable, printed)) == [
        comparable(shown) for _, shown in steps]
    assert len(steps) == 4 and all(shown for _, shown in steps)
