"""The README's picture is drawn from a trace of the RTOS, which can be made again."""

import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import BUILD, HANGS, ROOT, run
from trace_guest import read_events

SVG = "{http://www.w3.org/2000/svg}"


def shapes(path):
    """The names of rows, and the numbers of bars and of interrupts' marks."""
    picture = ElementTree.parse(path).getroot()
    rows = [each.text.strip() for each in picture.iter(f"{SVG}text")
            if each.get("text-anchor") == "end"]
    titled = [each.tag for each in picture.iter() if each.find(f"{SVG}title") is not None]
    return rows, titled.count(f"{SVG}rect"), titled.count(f"{SVG}circle")


def test_the_picture_can_be_drawn_again_from_a_valid_trace(tmp_path):
    trace, picture = tmp_path / "rtos.json", tmp_path / "rtos.svg"
    run(BUILD / "bin/host-wrapper", "--trace-file", trace,
        BUILD / "guests/rtos-scenario-x86_64.elf")
    assert len(read_events(trace)) > 500
    run(ROOT / "docs/pictures/draw-trace", trace, picture)
    rows, bars, marks = shapes(picture)
    assert rows[0] == "interrupts" and len(rows) > 2
    assert bars > 10 and marks > 0


@pytest.mark.parametrize("trace,picture,problem", [
    ("none.json", "x.svg", "none.json: No such file or directory"),
    ("text", "x.svg", "text: not a trace file (expected one of host-wrapper "
     "--trace-file)"),
    ("empty.json", "none/x.svg", "none/x.svg: No such file or directory"),
])
def test_a_file_that_cannot_be_used_is_one_line(tmp_path, trace, picture, problem):
    (tmp_path / "text").write_text("calls\n")
    (tmp_path / "empty.json").write_text('{"traceEvents": []}')
    result = subprocess.run([ROOT / "docs/pictures/draw-trace", trace, picture],
                            cwd=tmp_path, capture_output=True, text=True, timeout=HANGS)
    assert (result.stdout, result.stderr, result.returncode) == (
        "", f"draw-trace: {problem}\n", 1)


def test_the_picture_of_the_readme_has_threads_calls_and_interrupts():
    rows, bars, marks = shapes(ROOT / "docs/pictures/rtos-trace.svg")
    assert rows == ["interrupts", "stack", "stacks", "idle_stack"]
    assert bars > 10 and marks > 0
    assert "docs/pictures/rtos-trace.svg" in (ROOT / "README.md").read_text()
