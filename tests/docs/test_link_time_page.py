"""docs/link-time.md: the commands link a program, which prints the page's output."""

import doc_page
from conftest import ROOT


def test_the_example_prints_the_output_of_the_page(tmp_path):
    steps = doc_page.steps((ROOT / "docs/link-time.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert printed == [shown for _, shown in steps]
    assert len(steps) == 1
