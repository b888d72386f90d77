"""docs/control.md: the example prints the output of the page."""

import doc_page
from conftest import ROOT


def test_the_example_prints_the_output_of_the_page(tmp_path):
    (commands, shown), = doc_page.steps((ROOT / "docs/control.md").read_text())
    assert doc_page.run([commands], doc_page.tree(tmp_path)) == [shown]
