"""Each statement of the comparison's table about another project names a source."""

import re

from conftest import ROOT

PAGE = (ROOT / "docs/comparison.md").read_text()
SIGN = re.compile(r"\b[SZWHQ]\d\b")
# Of each column: the letter of its sources, and the cells that state no fact.
LETTERS = ["S", "Z", "W", "H", "Q"]
NO_FACT = {"never: there are none"}


def rows_after(heading):
    """The cells of the table below a heading, without its first two lines."""
    lines = PAGE.partition(f"\n## {heading}\n")[2].split("\n## ")[0].splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table]


def test_each_cell_about_another_project_names_a_source_of_that_project():
    for what, _, *cells in rows_after("Properties"):
        assert len(cells) == len(LETTERS), what
        for letter, cell in zip(LETTERS, cells):
            signs = SIGN.findall(cell)
            assert signs or cell in NO_FACT, (what, cell)
            assert {sign[0] for sign in signs} <= {letter}, (what, cell)


def test_each_source_is_used_and_has_an_address_and_a_version():
    sources = rows_after("Sources")
    signs = [sign for sign, *_ in sources]
    assert len(signs) == len(set(signs))
    assert set(signs) == set(SIGN.findall(PAGE.partition("\n## Sources\n")[0]))
    for _, claims, document, version in sources:
        assert claims and version and re.fullmatch(r"\[.+\]\(\S+\)", document)
