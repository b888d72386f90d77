"""Host functions call the guest back, to any depth; what cannot go on ends with a report."""

import re

import pytest
from conftest import ROOT, Toolbox

GUESTS = ROOT / "tests/guests"


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def run_case(request, tmp_path_factory):
    """Run one case of callbacks_guest.c; without arguments, the next one's architecture."""
    tools, arch = Toolbox(tmp_path_factory.mktemp("callbacks")), request.param
    guest = tools.guest(GUESTS / "callbacks_guest.c", "-msse2", arch=arch, name="callbacks")
    provider = tools.provider(GUESTS / "callbacks_provider.c", "-pthread",
                              "-Wl,--no-as-needed,-lm",
                              arch=arch, name="callbacks")

    def run(case, *options):
        return tools.wrapper("--provider", provider, *options, guest, case)
    return run


def ended(result):
    """The reason in the report, and the exit status; addresses are not compared."""
    line = result.stderr.replace("\n", "")
    _, _, reason = line.partition(".elf: ")
    return re.sub(r"0x[0-9a-f]+", "0x", reason), result.returncode


@pytest.mark.parametrize("case,promise", [
    ("arguments", "arguments and results arrive however the host function is carried"),
    ("types", "every type arrives, on the stack too, and structs and x87 come back"),
    ("sort", "libc's qsort() sorts with the guest's comparison"),
    ("stack", "the callback runs on the stack that the guest called from"),
    ("sides", "errno, rounding and signal mask of the host outlive a callback that "
              "changes them, and the guest's are the guest's"),
    ("thousand", "a thousand callbacks nest"),
    ("exit", "the guest may end in a callback"),
    ("jump-inside", "longjmp within guest code is the guest's own matter"),
    ("switch", "a switch of threads in a callback that comes back in order"),
    ("stubs", "an external function is a function to call back, or to call plainly"),
    ("not-the-guests", "an address that is not the guest's code is found out"),
])
def test_a_callback_does_what_a_call_does(run_case, case, promise):
    for bind in "lazy", "now":
        result = run_case(case, "--bind", bind)
        assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


def test_a_callback_that_faults_is_reported_with_its_host_function(run_case):
    reason, status = ended(run_case("fault"))
    assert reason.startswith("stopped by signal 11 (Segmentation fault) at 0x <fault+0x>, "
                             "accessing 0x, in call_back, called from 0x <")
    assert reason.endswith(", 1 callback deep")
    assert status == 128 + 11


def test_a_callback_that_never_returns_can_be_timed_out(run_case):
    assert ended(run_case("spin", "--timeout", "0.5")) == (
        "stopped by signal 9 (Killed): its time is up (--timeout)", 128 + 9)


def test_the_hosts_stack_ends_in_a_guard(run_case):
    reason, status = ended(run_case("endless", "--host-stack", "64K", "--stack", "64M"))
    assert re.fullmatch(r"stopped by signal 11 \(Segmentation fault\): the host's stack is "
                        r"full \(--host-stack\), in call_back, called from 0x "
                        r"<bottomless\+0x>, \d+ callbacks deep", reason), reason
    assert status == 128 + 11


def test_the_guests_stack_ends_in_a_guard(run_case):
    reason, status = ended(run_case("endless", "--host-stack", "64M", "--stack", "64K"))
    assert re.search(r": the guest's stack is full \(--stack\), in call_back, called from 0x "
                     r"<bottomless\+0x>, \d+ callbacks deep$", reason), reason
    assert status == 128 + 11


def test_depth_is_limited_by_memory_alone(run_case):
    """Four times the memory, four times as deep."""
    def depth(size):
        reason, _ = ended(run_case("endless", "--host-stack", size, "--stack", "256M"))
        return int(re.search(r", (\d+) callbacks deep$", reason)[1])
    few, many = depth("1M"), depth("4M")
    assert few > 1000
    assert 3.9 < many / few < 4.1


@pytest.mark.parametrize("case,reason", [
    ("jump-across", "it called from 0x <jumps_across+0x> after it had left a callback of "
                    "call_back, as by longjmp"),
    ("jump-far", "it called from 0x <use_the_stack+0x> after it had left a callback of "
                 "call_back, as by longjmp"),
    ("jump-return", "its entry returned, but call_back, which it called, has not"),
])
def test_longjmp_across_a_callback_is_diagnosed(run_case, case, reason):
    assert ended(run_case(case)) == (
        f"stopped by signal 4 (Illegal instruction): {reason}", 128 + 4)


@pytest.mark.parametrize("case,reason", [
    ("host-jump", "a host function returned that was not the last one called, in "
                  "leave_by_longjmp, called from 0x"),
    ("switch-out-of-order", "a callback returned that was not the last one called, in "
                            "call_back, called from 0x <switches_out_of_order+0x>"),
])
def test_leaving_the_gate_out_of_order_is_diagnosed(run_case, case, reason):
    text, status = ended(run_case(case))
    assert text.startswith(f"stopped by signal 4 (Illegal instruction): {reason}"), text
    assert status == 128 + 4


@pytest.mark.parametrize("case,where", [
    ("direct", ""),
    ("thread", ", in call_back_from_thread, called from 0x <"),
])
def test_a_callback_from_elsewhere_is_diagnosed(run_case, case, where):
    text, status = ended(run_case(case))
    assert text.startswith("stopped by signal 4 (Illegal instruction): a callback from "
                           "elsewhere than a gated function on the guest's thread" + where)
    assert status == 128 + 4
