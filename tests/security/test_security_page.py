"""SECURITY.md: each promise names tests that exist, or says that it has none yet."""

import re

import pytest
from conftest import ROOT

PAGE = ROOT / "SECURITY.md"
TEST = re.compile(r"`(tests/[\w/]+\.(?:py|c))::(\w+)`")
DEFINITION = {".py": r"^def {}\(", ".c": r"^START_TEST\({}\)"}


def promises():
    """[(promise, last column)] of the tables below "Promises"."""
    text = PAGE.read_text().split("\n## Promises\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (.*) \| (.*) \|$", text, re.MULTILINE)
    return [row for row in rows if row[0] != "promise"]


@pytest.mark.parametrize("promise,tests", promises())
def test_a_promise_names_tests_that_exist(promise, tests):
    if tests == "none yet":
        return
    assert TEST.sub("", tests).strip(", ") == "", promise
    for path, name in TEST.findall(tests):
        definition = DEFINITION["." + path.rpartition(".")[2]].format(name)
        assert re.search(definition, (ROOT / path).read_text(), re.MULTILINE), name


def test_there_are_promises():
    assert len(promises()) > 20
