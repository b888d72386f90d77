"""The command line says what it takes, and what is wrong with what it got."""

import subprocess

import pytest
from conftest import BUILD

NOTHING = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    JUMPSLOT_ENTRY(info) { (void)info; return 0; }
    """
SIZE = "invalid size; expected 1..1024G, optional suffix K, M or G"
SECONDS = "invalid number of seconds; expected above 0, up to 1e9"


@pytest.mark.parametrize("arguments,message", [
    ([], "no guest given; see --help"),
    (["--list"], "no guest given; see --help"),
    (["--nonsense", "x"], "--nonsense: unknown option; see --help"),
    (["-x"], "-x: unknown option; see --help"),
    (["--", ], "no guest given; see --help"),
    (["--provider"], "--provider: missing value"),
    (["--list=3", "x"], "--list takes no value"),
    (["--bind", "soon", "x"], "--bind soon: invalid mode; expected lazy or now"),
    (["--stack", "0", "x"], f"--stack 0: {SIZE}"),
    (["--stack", "-1", "x"], f"--stack -1: {SIZE}"),
    (["--stack", "12Q", "x"], f"--stack 12Q: {SIZE}"),
    (["--host-stack", "8m", "x"],
     f"--host-stack 8m: {SIZE}"),
    (["--work-area", "99999999999999999999", "x"],
     f"--work-area 99999999999999999999: {SIZE}"),
    (["--work-area=1025G", "x"], f"--work-area 1025G: {SIZE}"),
    (["--timeout", "never", "x"], f"--timeout never: {SECONDS}"),
    (["--timeout", "nan", "x"], f"--timeout nan: {SECONDS}"),
    (["--timeout", "-3", "x"], f"--timeout -3: {SECONDS}"),
    (["--in-place", "--timeout", "1", "x"],
     "--timeout cannot be combined with --in-place"),
    (["--core", "--sandbox=strict", "x"],
     "--core cannot be combined with --sandbox=strict"),
    (["--raw", "--in-place", "x"],
     "--raw cannot be combined with --in-place"),
    (["--raw=1", "x"], "--raw takes no value"),
    (["--provider", "", "GUEST"], "--provider: missing file name"),
    (["--provider=,x=1", "GUEST"], "--provider: missing file name"),
    (["--policy", "", "GUEST"], "--policy: missing file name"),
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
    ("--stack", f": {SIZE}"),
    ("--bind", ": invalid mode; expected lazy or now"),
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
                   "--host-stack --work-area --raw --timeout --perf-map --in-place "
                   "--wait-gdb --gdb --core --host --image --model "
                   "--help --version").split():
        assert f"  {option} " in result.stdout, option
    assert "Exit status" in result.stdout
    assert (result.stderr, result.returncode) == ("", 0)


def test_a_short_option_prints_the_help_as_well(tools):
    result = tools.wrapper("-h")
    assert result.stdout == tools.wrapper("--help").stdout
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


def test_a_provider_after_the_guest_is_hinted_at_when_functions_are_missing(tools):
    guest = BUILD / "guests/calculator-x86_64.elf"
    result = tools.wrapper(guest, "--provider", BUILD / "providers/calculator-x86_64.so")
    assert result.stderr.endswith("  hint: --provider after the guest's name is an "
                                  "argument of the guest\n")
    assert result.returncode == 127


def test_an_unknown_format_of_the_report_is_refused(tools):
    result = tools.wrapper("--report=xml", BUILD / "guests/hello-x86_64.elf")
    assert result.stderr == ("host-wrapper: --report=xml: invalid format; expected "
                             "json\n")
    assert result.returncode == 125
