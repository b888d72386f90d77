"""The clock that the guest reads is the timers' clock; on kvm, reading it needs no exit.

On the kvm host, `inline` functions run in the virtual machine. strace counts the exits.
"""

import pytest
from conftest import BUILD, HOST, ROOT, each_arch as arch, run  # noqa: F401
from host_abilities import KVM_MACHINE

ROUNDS = 20000
# A long time, also where each read may be an exit.
READS = 10000 if KVM_MACHINE == "nested" else 1000000


@pytest.fixture(name="guest")
def link_guest(tools):
    return tools.guest(ROOT / "tests/interrupts/guests/inline_guest.c", "-lgcc")


@pytest.mark.parametrize("case,rounds,promise", [
    ("goes-on", READS, "time never goes back, whatever interrupts the reader"),
    ("timer", 100, "no handler and no end of a wait comes before its time"),
    ("exits", 100, "raised, masked and held back, a vector comes when it is enabled"),
])
def test_the_guests_time_is_that_of_its_timers(tools, guest, case, rounds, promise):
    result = tools.wrapper("--timeout", 60, guest, case, rounds)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


def exits(tmp_path, guest, case, rounds):
    """Count the entries of the machine."""
    calls = tmp_path / "calls"
    run("strace", "-f", "-qq", "-e", "trace=ioctl", "-o", calls,
        BUILD / "bin/host-wrapper", "--host", "kvm", guest, case, rounds)
    return calls.read_text().count("KVM_RUN")


if HOST == "kvm":
    @pytest.mark.parametrize("case", ["goes-on", "exits"])
    def test_no_inline_function_needs_an_exit(tmp_path, guest, case):
        """Ticks, and a look at the host's clock each millisecond, are exits."""
        assert exits(tmp_path, guest, case, ROUNDS) < ROUNDS / 10
