"""The language check finds what it says, where it says, and nothing in good English."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import check_language  # noqa: E402
from patterns import PATTERNS  # noqa: E402

KIND = {"comment": ("a.c", "/* %s */\n"), "message": ("a.c", 'f("%s");\n'),
        "prose": ("a.md", "%s\n")}


def names(path, text):
    return [finding.name for finding in check_language.check(path, text, [], set())]


def placed(path, text):
    return [(finding.line, finding.name)
            for finding in check_language.check(path, text, [], set())]


@pytest.mark.parametrize("pattern, example", [
    (pattern, example) for pattern in PATTERNS for example in pattern.bad],
    ids=lambda value: getattr(value, "name", value))
def test_each_pattern_finds_its_examples(pattern, example):
    path, form = KIND[pattern.kinds[0]]
    assert pattern.name in names(path, form % example)


@pytest.mark.parametrize("pattern, example", [
    (pattern, example) for pattern in PATTERNS for example in pattern.good],
    ids=lambda value: getattr(value, "name", value))
def test_no_pattern_finds_a_good_example(pattern, example):
    path, form = KIND[pattern.kinds[0]]
    assert names(path, form % example) == []


def test_comments_of_every_language_are_read():
    for path, text in (
            ("a.c", "int a; // the one behind it\n"), ("a.S", "\tnop\t/* behind it */\n"),
            ("a.ld", "/* behind it */\n"), ("a.py", "a = 1  # behind it\n"),
            ("rules.mk", "# behind it\n"), ("Makefile", "a: b # behind it\n"),
            ("tool", "#!/bin/sh\n\n# behind it\n"), ("a.lua", "-- behind it\n")):
        assert names(path, text) == ["behind"], path


def test_docstrings_and_messages_are_read():
    assert names("a.py", '"""The slot behind it."""\n') == ["behind"]
    assert names("a.py", 'fail(f"{name} is no such file")\n') == ["is-no"]
    assert names("a.c", 'fail("%s is no such file", name);\n') == ["is-no"]
    assert names("tool", '#!/bin/sh\necho "this is no such file"\n') == ["is-no"]


def test_code_names_and_formats_are_not_prose():
    assert names("a.c", 'int behind = 1; puts("behind"); x = \'"\'; /* fine */\n') == []
    assert names("a.py", 'behind = "behind"\n') == []
    assert names("tool", '#!/bin/sh\necho "${x#behind}"\n') == []
    assert names("a.md", "Call `behind()`.\n\n```sh\nbehind\n```\n") == []
    assert names("a.md", "```\nbehind it\n```\n") == []


def test_words_are_found_across_the_ends_of_lines_and_of_strings():
    assert placed("a.c", "/*\n * It is\n * no power of two.\n */\n") == [(2, "is-no")]
    assert placed("a.c", 'x = f("the size is "\n      "no power of two");\n') == [
        (1, "is-no")]
    assert placed("a.py", "# It is\n# no power of two.\n") == [(1, "is-no")]
    assert placed("a.md", "One.\n\nIt is\nno power of two.\n") == [(3, "is-no")]


def test_each_finding_has_its_own_line():
    text = "a = 1\n# Behind it.\n#\n# One.\n# What it is stays.\n"
    assert placed("a.py", text) == [(2, "behind"), (5, "headless")]


def test_only_a_comment_may_not_continue_what_stands_above():
    assert names("a.c", "/* And the next. */\n") == ["continued"]
    assert names("a.md", "And the next.\n") == []


def test_lines_are_measured_with_tabs_of_eight():
    assert names("a.c", "\t" * 11 + "ab\n") == []
    assert names("a.c", "\t" * 11 + "abc\n") == ["long-line"]


def test_links_tables_and_shown_output_may_be_wide_and_code_may_not():
    wide = "x" * 91
    assert names("a.md", f"| {wide} |\nhttp://{wide}\n```\n{wide} \n```\n") == []
    assert names("a.md", f"```sh\n{wide}\n```\n{wide}\n") == ["long-line"] * 2


def test_blanks_at_the_end_of_a_line_are_found():
    assert names("a.c", "int a; \n") == ["trailing-space"]


def test_an_exception_covers_its_words_in_its_file_and_only_those():
    text = "/* a function behind the gate */\n\n/* the byte behind it */\n"
    exceptions = check_language.read_exceptions("# why\na.c behind behind the gate\n"
                                                "b.c *\n")
    used = set()
    found = list(check_language.check("a.c", text, exceptions, used))
    assert [finding.line for finding in found] == [3]
    assert [exemption.path for exemption in used] == ["a.c"]
    assert list(check_language.check("b.c", text, exceptions, used)) == []
    assert len(used) == 2


def command(*arguments):
    return subprocess.run([sys.executable, HERE / "check_language.py", *arguments],
                          capture_output=True, text=True, check=False)


def test_a_finding_says_where_it_is_and_what_to_write(tmp_path):
    path = tmp_path / "a.c"
    path.write_text("int a;\n/* The byte behind it. */\n")
    result = command(path)
    assert result.stdout == f'{path}:2: behind: write "after", "past" or "at" [behind]\n'
    assert result.returncode == 1


def test_good_text_is_silent(tmp_path):
    path = tmp_path / "a.c"
    path.write_text("/* The byte after it. */\n")
    result = command(path)
    assert (result.stdout, result.returncode) == ("", 0)


def test_counts_are_per_pattern(tmp_path):
    path = tmp_path / "a.c"
    path.write_text("/* behind, behind, and it is none */\n")
    result = command("--count", path)
    counts = dict(line.split() for line in result.stdout.splitlines())
    assert (counts["behind"], counts["is-no"], counts["all"]) == ("2", "1", "3")
    assert set(counts) == {pattern.name for pattern in PATTERNS} | {
        "long-line", "trailing-space", "all"}
