"""docs/partitions.md: every command prints what the page shows."""

import tomllib

import doc_page
from conftest import BUILD, ROOT

PAGE = (ROOT / "docs/partitions.md").read_text()


def test_every_step_prints_the_output_of_the_page(tmp_path):
    commands, shown = zip(*doc_page.steps(PAGE), strict=True)
    assert len(commands) == 3
    assert doc_page.run(commands, doc_page.tree(tmp_path)) == list(shown)


def test_the_table_of_the_example_is_that_of_the_model():
    model = tomllib.loads((BUILD / "partitions/flight.toml").read_text())
    for slot in model["schedule"][0]["slots"]:
        row, = (line for line in PAGE.splitlines()
                if line.startswith(f"| `{slot['partition']}` |"))
        assert row.endswith(f"| {slot['length']} |")
