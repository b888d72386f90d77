"""The README's picture is drawn from a trace of the RTOS, which can be made again."""

import json
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import BUILD, HANGS, ROOT, run
from trace_guest import read_events

SVG = "{http://www.w3.org/2000/svg}"


LEFT, RIGHT = 110, 930  # of the time line in the picture


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


NAMES = "interrupts", "director_stack", "first_stack", "second_stack"


def test_the_part_is_the_one_with_calls_of_most_threads_all_over(tmp_path):
    """The trace is quiet but for 150 us, in which three threads take turns; and for a
    time with more calls, which are of one thread."""
    events = [{"ph": "M", "pid": 1, "tid": track, "name": "thread_name",
               "args": {"name": name}} for track, name in enumerate(NAMES)]

    def call(track, time, name, duration=1.0):
        events.append({"ph": "X", "pid": 1, "tid": track, "name": name, "cat": "call",
                       "ts": time, "dur": duration, "args": {}})
    for step in range(100):
        call(1, 100.0 + step, "many(1)", 0.5)
    for step in range(30):
        call(1 + step % 3, 5000.0 + 5 * step, "turn(1)")
    call(2, 5071.5, "longest(1)", 3.0)
    (tmp_path / "trace.json").write_text(json.dumps({"traceEvents": events}))
    run(ROOT / "docs/pictures/draw-trace", tmp_path / "trace.json", tmp_path / "x.svg")
    rows, bars, _ = shapes(tmp_path / "x.svg")
    assert (rows, bars) == (list(NAMES[1:]), 31)
    check_threads(tmp_path / "x.svg")
    assert "\nlongest</text>" in (tmp_path / "x.svg").read_text()


def check_threads(path):
    """Raise unless three threads have names and calls, and each third has calls."""
    picture = ElementTree.parse(path).getroot()
    names = {float(each.get("y")) - 4: each.text.strip()
             for each in picture.iter(f"{SVG}text") if each.get("text-anchor") == "end"}
    calls = [(float(each.get("y")) + 7, float(each.get("x")))
             for each in picture.iter(f"{SVG}rect")
             if each.get("fill") == "#2f6fb0" and each.find(f"{SVG}title") is not None]
    threads = {names[y] for y, _ in calls}
    assert len(threads & {"director_stack", "first_stack", "second_stack", "third_stack",
                          "idle_stack"}) >= 3, threads
    third = (RIGHT - LEFT) / 3
    assert {int((x - LEFT) // third) for _, x in calls} == {0, 1, 2}
    assert any(each.get("font-size") == "9" for each in picture.iter(f"{SVG}text"))


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
    picture = ROOT / "docs/pictures/rtos-trace.svg"
    rows, bars, marks = shapes(picture)
    assert rows == ["interrupts", "director_stack", "first_stack", "second_stack",
                    "third_stack", "idle_stack"]
    check_threads(picture)
    assert bars > 10 and marks > 0
    assert "docs/pictures/rtos-trace.svg" in (ROOT / "README.md").read_text()
