"""Examples of all pages compile guests and providers by jumpslot-cc."""

import re

import doc_page
from conftest import ROOT

# A program that is not a guest, and flags of pkg-config in place of jumpslot-cc's.
BY_GCC = {"link-time.md": 1, "installing.md": 2}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
COMPILER = re.compile(r"^(?:gcc|cc|clang|ld)\b", re.M)


def test_only_these_pages_call_another_compiler():
    found = {page.name: len(COMPILER.findall("".join(
        commands for commands, _ in doc_page.steps(page.read_text()))))
        for page in PAGES}
    assert {name: count for name, count in found.items() if count} == BY_GCC
