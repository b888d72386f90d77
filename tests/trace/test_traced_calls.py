"""Arguments and results of traced calls are right, in every convention and carriage."""

import pytest
from conftest import ROOT

GUESTS = ROOT / "tests/calls/guests"
FLAGS = ("-mavx", "-I", GUESTS)
CARRIES = {"gated": (), "direct": ("-DCARRY=JUMPSLOT_DIRECT",),
           "blocking": ("-DCARRY=JUMPSLOT_BLOCKING",)}


@pytest.mark.parametrize("source,arch,types", [
    ("calls", "x86_64", ()), ("calls", "x86_64", ("-DUNTYPED",)), ("calls", "i386", ()),
    ("calls", "i386", ("-DUNTYPED",)), ("calls_conventions_i386", "i386", ())])
def test_every_kind_of_call_is_right_while_it_is_traced(tools, source, arch, types):
    guest = tools.guest(GUESTS / f"{source}_guest.c", *FLAGS, *types, arch=arch)
    for name, flags in CARRIES.items():
        provider = tools.provider(GUESTS / f"{source}_provider.c", *FLAGS, *types, *flags,
                                  arch=arch, name=name)
        for bind in "lazy", "now":
            result = tools.wrapper("--trace-file", tools.directory / "trace.json",
                                   "--stats", "--report=json", "--bind", bind,
                                   "--provider", provider, guest)
            assert (result.stdout, result.returncode) == ("done\n", 0), (name, bind)
