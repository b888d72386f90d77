"""docs/benchmarks.md and README.md show the results that docs/benchmarks.json stores."""

import json
import re
import sys

import pytest
from conftest import ROOT, run

PAGE = "docs/benchmarks.md"


@pytest.fixture
def tree(tmp_path):
    """A copy of what the page is made of and by."""
    for name in ("bench/page.py", "bench/reasons.py", PAGE, "docs/benchmarks.json",
                 "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    pictures = tmp_path / "docs/pictures/bench"
    pictures.mkdir(parents=True)
    for plot in (ROOT / "docs/pictures/bench").glob("*.svg"):
        (pictures / plot.name).write_bytes(plot.read_bytes())
    return tmp_path


def page(tree, *arguments):
    return run(sys.executable, tree / "bench/page.py", *arguments, check=False)


def test_the_page_equals_the_stored_results(tree):
    result = page(tree, "--check")
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_the_page_shows_each_stored_row_and_lists_each_that_misses_its_goal(tree):
    text = (tree / PAGE).read_text()
    stored = json.loads((tree / "docs/benchmarks.json").read_text())
    missed = text.partition("<!-- missed goals")[2]
    assert stored["rows"]
    for row in stored["rows"]:
        assert f"| {row['what']} | " in text, row
        if row.get("goal") is not None and row["value"] > row["goal"]:
            assert f"- {row['what']}:" in missed, row


def test_rows_of_user_processes_have_their_instructions(tree):
    """A quick try does not count them."""
    stored = json.loads((tree / "docs/benchmarks.json").read_text())
    counted = re.compile(r"^(stub|inline|first : |--bind now|one int|callback|blocking"
                         r"|interrupt : |disable|hello)")
    not_counted = re.compile(r"[24],000|16,384|4,096|0,000 functions|less bound")
    for row in stored["rows"]:
        if (not stored["quick"] and row["host"] == "process"
                and counted.match(row["what"]) and not not_counted.search(row["what"])):
            ours, peer = row["instructions"]
            assert ours > 0 and peer > 0, row


def test_all_hosts_stand_side_by_side_with_a_reason_in_each_empty_cell(tree):
    path = tree / "docs/benchmarks.json"
    stored = json.loads(path.read_text())
    what = "reading the clock : process host's"
    kept = [row for row in stored["rows"] if row["what"] != what]
    stored["rows"] = kept + [
        {"subject": "hosts", "host": host, "machine": "x86_64", "what": what,
         "unit": unit, "ours": ours, "peer": peer, "kind": "ratio", "value": ours / peer,
         "quartiles": [1, 1], "verdict": "no goal"}
        for host, unit, ours, peer in (("kvm", "ns", 11, 27),
                                       ("monitor", "instructions", 348, 129))]
    path.write_text(json.dumps(stored))
    command = [sys.executable, "-c", "import page, json\n"
              "stored = json.loads(page.STORED.read_text())\n"
              "print(page.side_by_side(stored))"]
    text = run(*command, cwd=tree / "bench").stdout
    assert ("| reading the clock | ns | 27.00 | 11.00 | no: QEMU emulates it; see "
            "instructions |\n") in text
    assert ("| reading the clock | instructions | 129.0 | no: nothing counts in the "
            "machine | 348.0 |\n") in text


def test_each_missed_goal_has_a_measured_reason(tree):
    assert "No reason was measured yet." not in (tree / PAGE).read_text()


def test_a_number_that_differs_is_found(tree):
    path = tree / "docs/benchmarks.json"
    stored = json.loads(path.read_text())
    stored["rows"][0]["ours"] += 1000
    path.write_text(json.dumps(stored))
    result = page(tree, "--check")
    assert result.returncode == 1
    assert "docs/benchmarks.md: differs from" in result.stderr


def test_new_results_replace_tables_rows_and_plots(tree, monkeypatch):
    built = tree / "build/bench"
    built.mkdir(parents=True)
    results = json.loads((tree / "docs/benchmarks.json").read_text())
    results["rows"][0]["ours"] = 98765
    size, = (row for row in results["rows"] if row["machine"] == "x86_64"
             and row["what"] == "size : ELF's, names of 16")
    size["value"] = 0.12
    (built / "results.json").write_text(json.dumps(results))
    (built / "calls.svg").write_text("<svg></svg>\n")
    monkeypatch.setenv("BUILD", str(tree / "build"))
    result = page(tree)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
    assert f"| {results['rows'][0]['what']} | 98,765 | " in (tree / PAGE).read_text()
    assert "| bytes per import, relative to those of ELF | 0.12 | " in \
        (tree / "README.md").read_text()
    assert (tree / "docs/pictures/bench/calls.svg").read_text() == "<svg></svg>\n"
    assert page(tree, "--check").returncode == 0


def test_results_of_some_subjects_are_refused(tree, monkeypatch):
    built = tree / "build/bench"
    built.mkdir(parents=True)
    results = json.loads((tree / "docs/benchmarks.json").read_text())
    results["rows"] = [row for row in results["rows"] if row["subject"] != "scale"]
    (built / "results.json").write_text(json.dumps(results))
    monkeypatch.setenv("BUILD", str(tree / "build"))
    result = page(tree)
    assert result.returncode == 1
    assert "no rows of scale; run make bench without ONLY" in result.stderr
