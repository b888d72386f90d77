"""The sandbox page shows what --print-sandbox prints."""

import re

import doc_page
from conftest import ROOT


def as_on_any_kernel(text):
    """Without the lines' parts that depend on the kernel and the user."""
    return re.sub(r"^(  (Landlock|processes) ).*", r"\1", text, flags=re.MULTILINE)


def test_the_page_shows_what_is_printed(tmp_path):
    steps = doc_page.steps((ROOT / "docs/sandbox.md").read_text())
    printed = doc_page.run([commands for commands, _ in steps], doc_page.tree(tmp_path))
    assert [as_on_any_kernel(text) for text in printed] == [
        as_on_any_kernel(expected) for _, expected in steps]
    assert len(steps) >= 1 and "RULE" in printed[0]
