"""The build is quiet and never stale; `make deps` installs before anything else runs.

Each test that changes files works on a copy of the tree.
"""

import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import ROOT, run

ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith(("MAKE", "MFLAGS")) and name != "BUILD"}


def copy_tree(directory):
    """The files that git knows, or would add, with the contents that they have now."""
    names = run("git", "-C", ROOT, "ls-files", "-z", "--cached", "--others",
                "--exclude-standard").stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, directory / name)
    return directory


def make(tree, *arguments, check=True, **options):
    return run("make", "-C", tree, "--no-print-directory", *arguments, check=check,
               env=options.pop("env", ENVIRONMENT), **options)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A tree whose launcher is built, and what make printed for it."""
    tree = copy_tree(tmp_path_factory.mktemp("built"))
    return tree, make(tree, "-j2", "build/bin/host-wrapper").stdout


@pytest.fixture
def tree(tmp_path):
    return copy_tree(tmp_path)


def build(tree, *arguments):
    """Build the launcher; returns which files make said it made, without build/."""
    printed = make(tree, *arguments, "build/bin/host-wrapper").stdout
    return re.findall(r"^  \w+ +(\S+)$", printed, re.M)


MAIN = "obj/launcher/host-wrapper/launcher/main.o"
IMAGE = "obj/launcher/host-wrapper/launcher/scan/image.o"
PROGRAM = "bin/host-wrapper"
# The tables of built-in services, which a program of the launcher's objects makes.
TABLES = {"tables/tables", "tables/block.bin", "obj/built-in/host-wrapper/tables/block.o"}


def test_a_build_prints_one_line_per_file_and_the_commands_with_v_1(built):
    tree, printed = built
    lines = printed.splitlines()
    assert lines and all(re.fullmatch(r"  [A-Z]+ +\S+", line) for line in lines)
    assert f"  CC       {MAIN}" in lines and lines[-1] == f"  LD       {PROGRAM}"
    (tree / "build" / MAIN).unlink()
    commands = make(tree, "V=1", f"build/{MAIN}").stdout
    assert re.search(r"^gcc .* -c -o build/\S*/main\.o \S*/main\.c$", commands, re.M)


def test_nothing_is_made_again_where_nothing_changed(built):
    tree, _ = built
    build(tree)
    assert build(tree) == []


def test_a_header_that_changes_makes_its_users_again(built):
    tree, _ = built
    build(tree)
    with open(tree / "host-wrapper/launcher/scan/image.h", "a") as header:
        header.write("/* changed */\n")
    users = {str(deps.relative_to(tree / "build").with_suffix(".o"))
             for deps in (tree / "build/obj/launcher").rglob("*.d")
             if "host-wrapper/launcher/scan/image.h" in deps.read_text()}
    assert IMAGE in users
    assert set(build(tree)) == users | TABLES | {PROGRAM}


def test_the_version_that_changes_is_the_version_that_is_printed(built):
    tree, _ = built
    (tree / "VERSION").write_text("9.8.7\n")
    build(tree)
    version = run(tree / "build" / PROGRAM, "--version").stdout
    assert version.startswith("host-wrapper 9.8.7,")


@pytest.mark.parametrize("file", ["Makefile", "mk/flags.mk", "host-wrapper/rules.mk"])
def test_a_makefile_that_changes_makes_everything_again(built, file):
    tree, _ = built
    build(tree)
    with open(tree / file, "a") as makefile:
        makefile.write("# changed\n")
    assert {MAIN, IMAGE, PROGRAM} <= set(build(tree))


def test_flags_of_the_command_line_that_change_make_everything_again(built):
    tree, _ = built
    build(tree)
    assert {MAIN, IMAGE, PROGRAM} <= set(build(tree, "CC=gcc -DCHANGED"))
    assert build(tree, "CC=gcc -DCHANGED") == []


def test_a_source_that_is_removed_leaves_the_program(built):
    tree, _ = built
    extra = tree / "host-wrapper/launcher/extra.c"
    extra.write_text("int extra_function(void);\n"
                     "int extra_function(void) { return 1; }\n")
    assert "obj/launcher/host-wrapper/launcher/extra.o" in build(tree)
    assert "extra_function" in run("nm", tree / "build" / PROGRAM).stdout
    extra.unlink()
    assert build(tree) == [PROGRAM]
    assert "extra_function" not in run("nm", tree / "build" / PROGRAM).stdout


def test_tables_are_linked_before_anything_of_the_launcher_alone_is_made(built):
    tree, _ = built
    (tree / "build/musl").rename(tree / "musl")
    (tree / "build/tables/tables").unlink()
    result = make(tree, "build/tables/tables", check=False)
    (tree / "musl").rename(tree / "build/musl")
    assert (result.stdout, result.stderr) == ("  LD       tables/tables\n", "")


def test_a_compiler_that_fails_is_heard(tree):
    main = tree / "host-wrapper/launcher/main.c"
    main.write_text("int main(void) { return nonsense; }\n")
    result = make(tree, f"build/{MAIN}", check=False)
    assert result.returncode == 2 and "'nonsense' undeclared" in \
        result.stderr.replace("‘", "'").replace("’", "'")


def test_a_path_with_a_space_is_refused_in_one_line(tmp_path):
    (tmp_path / "a b").mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path / "a b")
    for directory, arguments in ("a b", []), ("", ["-f", ROOT / "Makefile", "BUILD=c d"]):
        result = make(tmp_path / directory, *arguments, check=False)
        assert result.returncode == 2 and result.stdout == ""
        line, = result.stderr.splitlines()
        assert "*** the path of the checkout and BUILD must not contain spaces" in line


@pytest.fixture
def tree_without_tools(tree):
    """A tree, and a PATH without compiler, Python and git; deps only prints its sets."""
    tools = tree / "tools"
    tools.mkdir()
    for name in "make", "sh", "find", "mkdir", "cmp", "rm", "mv", "printf", "echo", "cat":
        if shutil.which(name):
            (tools / name).symlink_to(shutil.which(name))
    (tree / "install-packages").write_text('#!/bin/sh\necho "deps: $*"\n')
    return tree, ENVIRONMENT | {"PATH": str(tools)}


@pytest.mark.parametrize("goals,sets", [
    (["deps", "help"], "build"), (["help", "deps"], "build"),
    (["deps", "demo"], "build"), (["deps", "check"], "build test"),
    (["deps", "check-gen"], "build test"), (["deps", "bench"], "build test"),
])
def test_deps_comes_first_and_needs_nothing_that_it_installs(
        tree_without_tools, goals, sets):
    tree, environment = tree_without_tools
    other, = set(goals) - {"deps"}
    (tree / "Makefile").write_text(re.sub(
        r"^else\n.*?^endif", "else\nMADE := made\n" + (
            "include mk/output.mk mk/flags.mk mk/objects.mk\n"
            if other == "help" else "") +
        f".PHONY: {other}\n{other}: ; @echo $(MADE) {other}\nendif",
        (tree / "Makefile").read_text(), flags=re.M | re.S))
    printed = make(tree, "-j2", *goals, env=environment).stdout
    assert printed.replace("make: Nothing to be done for 'deps'.\n", "") == \
        f"deps: {sets}\nmade {other}\n"


def test_the_makefiles_are_read_without_any_package(tree_without_tools):
    tree, environment = tree_without_tools
    result = make(tree, "help", env=environment)
    assert "make deps check" in result.stdout and result.stderr == ""


def test_a_check_without_its_packages_ends_with_the_line_that_names_the_command(tree):
    with open(tree / "packages.txt", "a") as packages:
        packages.write("no-such-package-of-debian\n")
    result = make(tree, "check-shell", check=False)
    assert result.returncode == 2
    assert result.stderr.splitlines()[0] == (
        "these packages are missing: no-such-package-of-debian; "
        "install them with 'make deps check'")


def test_install_packages_refuses_unknown_sets_and_none():
    for arguments, line in ([], "./install-packages SET ..."), \
            (["tests"], "install-packages: packages.txt has no set [tests]"):
        result = run(ROOT / "install-packages", *arguments, check=False)
        assert result.returncode == 2 and line in result.stderr


def test_help_names_every_goal(tree):
    database = make(tree, "-pn", "help").stdout
    goals = {goal for line in re.findall(r"^\.PHONY: (.*)$", database, re.M)
             for goal in line.split()}
    printed = make(tree, "help").stdout
    assert {"all", "check", "check-code", "test"} < goals
    hidden = {"FORCE", "test-tools", "all"}
    for goal in goals - hidden:
        if not goal.startswith("run-"):
            name = goal.removeprefix("check-") if goal.startswith("check-") else goal
            assert re.search(rf"\b{re.escape(name)}\b", printed), goal


def test_compile_commands_have_every_source_of_the_programs(tree):
    make(tree, "compile_commands.json")
    commands = json.loads((tree / "compile_commands.json").read_text())
    files = {command["file"] for command in commands}
    for source in (ROOT / "host-wrapper").rglob("*.[cS]"):
        assert str(source.relative_to(ROOT)) in files
    main = next(c for c in commands if c["file"] == "host-wrapper/launcher/main.c")
    result = subprocess.run([*main["arguments"], "-fsyntax-only"], cwd=main["directory"])
    assert result.returncode == 0
