"""docs/partitions.md: every command prints what the page shows."""

import re
import tomllib

import doc_page
from conftest import BUILD, ROOT
from partition import lines_of, run_model

FLIGHT = BUILD / "partitions/flight.toml"
EXPECTED = (ROOT / "tests/monitor/flight.txt").read_text()
PAGE = (ROOT / "docs/partitions.md").read_text()


def without_durations(text):
    return re.sub(r"<\d+\.\d{9}>", "<...>", text)


def test_every_step_prints_the_output_of_the_page(tmp_path):
    commands, shown = zip(*doc_page.steps(PAGE), strict=True)
    assert len(commands) == 7
    printed = doc_page.run(commands, doc_page.tree(tmp_path))
    assert [without_durations(text) for text in printed] == \
        [without_durations(text) for text in shown]


def test_the_table_of_the_example_is_that_of_the_model():
    model = tomllib.loads(FLIGHT.read_text())
    for slot in model["schedule"][0]["slots"]:
        row, = (line for line in PAGE.splitlines()
                if line.startswith(f"| `{slot['partition']}` |"))
        assert row.endswith(f"| {slot['length']} |")


def test_the_whole_output_of_the_example_is_the_same_in_each_run():
    """Both streams, byte for byte; the console's is that of a file, too."""
    first, second = (run_model(FLIGHT) for _ in range(2))
    assert (first.stdout, first.returncode) == (EXPECTED, 0)
    assert (first.stdout, first.stderr) == (second.stdout, second.stderr)
    assert first.stderr.count("display: ") == 4


def test_every_reading_arrives_at_each_partition():
    result = run_model(FLIGHT)
    for name in "sensor", "control", "display", "logger":
        numbers = [line.split()[1].rstrip(":") for line in lines_of(result, name)]
        assert numbers == [str(number) for number in range(1, 13)]
