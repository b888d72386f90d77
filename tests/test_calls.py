"""Arguments and results are right on the first call and on every later one."""

import itertools

import pytest
from conftest import ROOT

GUESTS = ROOT / "tests/guests"


@pytest.fixture(scope="module")
def calls_provider(tmp_path_factory):
    from conftest import Toolbox
    tools = Toolbox(tmp_path_factory.mktemp("provider"))
    return tools.provider(GUESTS / "calls_provider.c", "-mavx", "-I", GUESTS)


def build(tools, cc, optimize, inline, pie):
    flags = ["-mavx", "-I", GUESTS, optimize]
    if inline:
        flags.append("-DJUMPSLOT_INLINE_CALLS")
    return tools.guest(GUESTS / "calls_guest.c", *flags, cc=cc, pie=pie)


@pytest.mark.parametrize("cc,optimize,inline,pie", itertools.product(
    ["gcc", "clang"], ["-O0", "-O2"], [False, True], [False, True]))
def test_every_kind_of_call_is_right_first_and_later(tools, calls_provider, cc, optimize,
                                                     inline, pie):
    guest = build(tools, cc, optimize, inline, pie)
    for bind in "lazy", "now":
        result = tools.wrapper("--bind", bind, "--provider", calls_provider, guest)
        assert (result.stdout, result.stderr, result.returncode) == ("done\n", "", 0), bind


def test_the_calls_are_right_without_read_only_slots(tools, calls_provider):
    source = GUESTS / "calls_guest.c"
    guest = tools.guest(source, "-mavx", "-I", GUESTS, script=False)
    result = tools.wrapper("--provider", calls_provider, guest)
    assert (result.stdout, result.returncode) == ("done\n", 0)


def test_a_register_that_a_first_call_loses_is_seen(tools, calls_provider):
    """The checker can fail: a stub that destroys one register on its first call."""
    stub = (ROOT / "guest-macros/jumpslot/external_stub_x86_64.h").read_text()
    headers = tools.directory / "jumpslot"
    headers.mkdir()
    for header in (ROOT / "guest-macros/jumpslot").iterdir():
        (headers / header.name).write_text(header.read_text())
    bind = '"\tcall\t__external_bind\\n"'
    assert bind in stub
    (headers / "external_stub_x86_64.h").write_text(
        stub.replace(bind, bind + '\n"\txor\t%r9d, %r9d\\n"'))
    guest = tools.guest(GUESTS / "calls_guest.c", "-mavx", "-I", GUESTS,
                        "-I", tools.directory)
    result = tools.wrapper("--provider", calls_provider, guest)
    assert "wrong on the first call: general registers\n" in result.stdout
    assert "wrong on a later call" not in result.stdout
    assert result.returncode == 3
