"""The command line says what it takes, and what is wrong with what it got."""

import subprocess

import pytest
from conftest import BUILD

NOTHING = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    JUMPSLOT_ENTRY(info) { (void)info; return 0; }
    """


@pytest.mark.parametrize("arguments,message", [
    ([], "no guest is named; see --help"),
    (["--list"], "no guest is named; see --help"),
    (["--nonsense", "x"], "--nonsense: no such option; see --help"),
    (["-x"], "-x: no such option; see --help"),
    (["--", ], "no guest is named; see --help"),
    (["--provider"], "--provider: its value is missing"),
    (["--list=3", "x"], "--list takes no value"),
    (["--bind", "soon", "x"], "--bind soon: neither lazy nor now"),
    (["--stack", "0", "x"], "--stack 0: not a size from 1 to 1024G, with K, M or G"),
    (["--stack", "-1", "x"], "--stack -1: not a size from 1 to 1024G, with K, M or G"),
    (["--stack", "12Q", "x"], "--stack 12Q: not a size from 1 to 1024G, with K, M or G"),
    (["--host-stack", "8m", "x"],
     "--host-stack 8m: not a size from 1 to 1024G, with K, M or G"),
    (["--work-area", "99999999999999999999", "x"],
     "--work-area 99999999999999999999: not a size from 1 to 1024G, with K, M or G"),
    (["--work-area=1025G", "x"], "--work-area 1025G: not a size from 1 to 1024G, with K, M or G"),
    (["--timeout", "never", "x"], "--timeout never: not a number of seconds above 0 and up to 1e9"),
    (["--timeout", "nan", "x"], "--timeout nan: not a number of seconds above 0 and up to 1e9"),
    (["--timeout", "-3", "x"], "--timeout -3: not a number of seconds above 0 and up to 1e9"),
    (["--in-place", "--timeout", "1", "x"],
     "--timeout needs the supervisor that --in-place does without"),
    (["--raw", "--in-place", "x"],
     "--raw needs the supervisor that --in-place does without"),
    (["--raw=1", "x"], "--raw takes no value"),
    (["--provider", "", "GUEST"], "--provider: no file is named"),
    (["--provider=,x=1", "GUEST"], "--provider: no file is named"),
    (["--provider", "/nonexistent.so", "GUEST"],
     "/nonexistent.so: No such file or directory"),
])
def test_a_wrong_command_line_is_one_line_and_125(tools, arguments, message):
    guest = tools.guest(NOTHING)
    arguments = [guest if word == "GUEST" else word for word in arguments]
    result = tools.wrapper(*arguments)
    assert (result.stdout, result.stderr) == ("", f"host-wrapper: {message}\n")
    assert result.returncode == 125


@pytest.mark.parametrize("option,reason", [
    ("--stack", ": not a size from 1 to 1024G, with K, M or G"),
    ("--bind", ": neither lazy nor now"),
    ("--provider", ": File name too long"),
])
def test_a_long_argument_does_not_hide_the_reason(tools, option, reason):
    result = tools.wrapper(option, "9" * 100000, tools.guest(NOTHING))
    assert result.stderr.startswith("host-wrapper: ")
    assert result.stderr.endswith(f"{reason}\n") and result.stderr.count("\n") == 1
    assert result.returncode == 125


def test_help_names_every_option(tools):
    result = tools.wrapper("--help")
    for option in ("--provider --bind --allow-missing --list --json --report --stack "
                   "--host-stack --work-area --raw --timeout --perf-map --in-place --help --version").split():
        assert f"  {option} " in result.stdout, option
    assert "Exit status" in result.stdout
    assert (result.stderr, result.returncode) == ("", 0)


def test_version_names_program_and_abi(tools):
    result = tools.wrapper("--version")
    assert result.stdout.startswith("host-wrapper ")
    assert result.stdout.endswith(", ABI 1\n")
    assert result.returncode == 0


def test_options_end_at_the_guest(tools):
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/arguments.h>
        JUMPSLOT_ENTRY(info) { (void)info; return jumpslot_argument_count(); }
        """)
    assert tools.wrapper(guest, "--list").returncode == 2
    assert tools.wrapper("--", guest, "--list").returncode == 2


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_what_cannot_be_printed_is_an_error(option):
    with open("/dev/full", "w") as full:
        result = subprocess.run([BUILD / "bin/host-wrapper", option], stdout=full,
                                stderr=subprocess.PIPE, text=True)
    assert result.stderr == "host-wrapper: standard output: No space left on device\n"
    assert result.returncode == 125
