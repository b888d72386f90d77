"""Names of files cannot control the terminal or look like lines of host-wrapper's own."""

import json
import shutil

import pytest
from conftest import BUILD, run

FORGED = "a\nhost-wrapper: all is well\x1b[31m\u202e\x9b"
ESCAPED = r"a\x0ahost-wrapper: all is well\x1b[31m\xe2\x80\xae\xc2\x9b"
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, answer, int)
    JUMPSLOT_ENTRY(info) { (void)info; return answer(1); }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    EXTERNAL_FUNC(int, %s, int)
    EF(%s)
    int %s(int a) { return a; }
    """


@pytest.fixture
def guest(tools):
    return tools.guest(GUEST).rename(tools.directory / FORGED)


def provider(tools, function):
    return tools.provider(PROVIDER % ((function,) * 3)).rename(
        tools.directory / f"{FORGED}.so")


def shown(tools, *arguments):
    """Everything that was printed, which must be printable lines."""
    result = tools.wrapper(*arguments)
    for line in (result.stdout + result.stderr).split("\n"):
        assert line.isprintable(), line
        assert not line.startswith("host-wrapper: all is well")
    return result


def test_a_guests_name_is_escaped_in_errors(tools):
    path = tools.directory / FORGED
    path.write_text("no guest")
    assert shown(tools, path).stderr == (
        f"host-wrapper: {tools.directory}/{ESCAPED}: not an ELF file\n")


def test_a_guests_name_is_escaped_in_the_link_report(tools, guest):
    assert shown(tools, guest).stderr.startswith(
        f"host-wrapper: {tools.directory}/{ESCAPED}: of 1 import, 1 missing")
    assert f"{ESCAPED}: x86_64" in shown(tools, "--list", guest).stdout


def test_names_are_escaped_in_the_report_of_a_run(tools, guest):
    result = shown(tools, "--report", "--provider", provider(tools, "answer"), guest)
    assert f"{ESCAPED}: bound 1 of 1\n" in result.stderr
    assert f"{ESCAPED}.so" in result.stderr
    assert result.returncode == 1


def test_a_providers_name_is_escaped_beside_a_similar_function(tools, guest):
    assert f"similar: answers in {tools.directory}/{ESCAPED}.so\n" in shown(
        tools, "--provider", provider(tools, "answers"), guest).stderr


def test_names_are_escaped_when_the_guest_faults(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        JUMPSLOT_ENTRY(info) { (void)info; __builtin_trap(); }
        """).rename(tools.directory / FORGED)
    assert f"{ESCAPED}: stopped by signal 4" in shown(tools, guest).stderr


def test_names_are_escaped_when_the_runner_refuses_a_provider(tools, guest):
    library = provider(tools, "answer")
    assert f"{ESCAPED}.so takes no options, but was given x\n" in shown(
        tools, "--provider", f"{library},x", guest).stderr


def test_an_option_is_escaped_in_errors(tools, guest):
    assert f"--bind {ESCAPED}: invalid mode; expected lazy or now" in shown(
        tools, "--bind", FORGED, guest).stderr


def test_bytes_that_are_not_utf8_are_escaped(tools):
    name = bytes(tools.directory) + b"/\xff\xe2\x82"
    with open(name, "wb"):
        pass
    assert shown(tools, name.decode(errors="surrogateescape")).stderr == (
        rf"host-wrapper: {tools.directory}/\xff\xe2\x82: the file is empty" "\n")


def test_json_keeps_names_and_is_printable(tools, guest):
    result = shown(tools, "--json", "--provider", provider(tools, "answer"), guest)
    report = json.loads(result.stdout)
    assert report["guest"] == str(guest)
    assert report["imports"][0]["provider"] == f"{tools.directory}/{FORGED}.so"


def test_a_long_path_of_the_runner_does_not_hide_the_reason(tools, guest):
    programs = tools.directory
    for _ in range(12):
        programs /= "d" * 150
    programs.mkdir(parents=True)
    shutil.copy(BUILD / "bin/host-wrapper", programs)
    result = run(programs / "host-wrapper", guest, check=False)
    assert result.stderr.endswith(": No such file or directory\n")
    assert result.returncode == 125
