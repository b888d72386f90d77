"""The documentation holds together: links lead somewhere, indexes and lists are whole."""

import re

import pytest
from conftest import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md",
                ROOT / "SECURITY.md", ROOT / "tests/README.md",
                *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```$", re.M | re.S)


def prose(page):
    return CODE.sub("", page.read_text())


def anchors(page):
    """The anchors that GitHub makes of the page's headings."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_page_and_a_heading(page):
    for link in LINK.findall(prose(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_an_index():
    for index, pages in ((ROOT / "docs/README.md", ROOT.glob("docs/*.md")),
                         (ROOT / "docs/decisions/README.md",
                          ROOT.glob("docs/decisions/*.md"))):
        linked = {(index.parent / link).resolve() for link in LINK.findall(prose(index))}
        assert {page for page in pages if page != index} <= linked


def test_every_decision_has_context_decision_and_consequences():
    for page in ROOT.glob("docs/decisions/*.md"):
        if page.name != "README.md":
            assert re.findall(r"^## (.*)$", page.read_text(), re.M) == [
                "Context", "Decision", "Consequences"], page


def test_the_glossary_is_alphabetical_and_defines_the_terms_that_it_uses():
    text = (ROOT / "docs/glossary.md").read_text()
    terms = re.findall(r"^\*\*(.*?)\*\*", text, re.M)
    assert terms == sorted(terms, key=str.lower) and len(terms) == len(set(terms))
    for used in re.findall(r"(?<!\*)\*([\w ]+)\*(?!\*)", text):
        assert any(used.lower().startswith(term.lower()) for term in terms), used
