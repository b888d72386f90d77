"""Host functions call the guest back, to any depth; misuse ends with a report."""

import re

import pytest
from conftest import ROOT, Toolbox, without_account

GUESTS = ROOT / "tests/calls/guests"


class Callbacks:
    """callbacks_guest.c and its provider, for one architecture."""

    def __init__(self, directory, arch):
        self.tools = Toolbox(directory, arch)
        self.guest = self.tools.guest(GUESTS / "callbacks_guest.c", "-msse2",
                                      "-Wno-psabi", name="callbacks")
        self.provider = self.build_provider()

    def build_provider(self, *flags, **options):
        return self.tools.provider(GUESTS / "callbacks_provider.c", "-pthread",
                                   "-Wno-psabi", "-Wl,--no-as-needed,-lm", *flags,
                                   **{"name": "callbacks", **options})

    def run(self, case, *options, provider=None):
        return self.tools.wrapper("--provider", provider or self.provider, *options,
                                  self.guest, case)


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def callbacks(request, tmp_path_factory):
    return Callbacks(tmp_path_factory.mktemp("callbacks"), request.param)


@pytest.fixture(scope="module")
def run_case(callbacks):
    """Run one case of callbacks_guest.c."""
    return callbacks.run


def ended(result):
    """The reason in the report, and the exit status; addresses are not compared. A test
    that fails shows the whole report."""
    print(result.stderr)
    line = without_account(result.stderr).replace("\n", "")
    _, _, reason = line.partition(".elf: ")
    return re.sub(r"0x[0-9a-f]+", "0x", reason), result.returncode


BINDS = pytest.mark.parametrize("bind", ["lazy", "now"])
# Cases that depend on the provider's compiler.
OF_TYPES = ["arguments", "types", "structs", "wide", "variadic", "end-of-memory", "sort",
            "stubs"]


@pytest.mark.parametrize("case,promise", [
    ("arguments", "arguments and results arrive for each way to carry a host function"),
    ("types", "arguments of every type arrive, and structs and x87 results return"),
    ("structs", "functions without arguments return structs of any size"),
    ("wide", "arguments of the largest alignment arrive, between others"),
    ("variadic", "variadic functions get doubles, as callbacks and within one"),
    ("end-of-memory", "a call's arguments may end where memory ends"),
    ("sort", "libc's qsort() sorts with the guest's comparison"),
    ("stack", "the callback runs on the stack that the guest called from"),
    ("sides", "the host's errno, rounding and signal mask survive a callback that "
              "changes them, and the guest has its own"),
    ("thousand", "a thousand callbacks nest"),
    ("exit", "the guest may end in a callback"),
    ("jump-inside", "longjmp within guest code works"),
    ("switch", "threads may switch in a callback, and return in order"),
    ("switch-up", "a callback may switch to a thread whose stack lies above"),
    ("stubs", "the host may call an external function's stub, in both ways"),
    ("not-the-guests", "an address outside the guest's code is refused"),
])
def test_a_callback_does_what_a_call_does(run_case, case, promise):
    for bind in "lazy", "now":
        result = run_case(case, "--bind", bind)
        assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), promise


@pytest.mark.parametrize("cc,optimize", [("gcc", "-O0"), ("clang", "-O2"),
                                         ("clang", "-O0")])
def test_callbacks_do_not_depend_on_the_providers_compiler(callbacks, cc, optimize):
    provider = callbacks.build_provider(optimize, cc=cc, name=f"callbacks-{cc}{optimize}")
    for case in OF_TYPES:
        result = callbacks.run(case, provider=provider)
        assert (result.stdout, result.stderr, result.returncode) == ("", "", 0), case


@pytest.mark.parametrize("case,where,function", [
    ("fault", "fault", "call_back"),
    ("fault-variadic", "fault", "call_back_variadic"),
    ("fault-aligned", "fault_aligned", "call_back"),
])
def test_a_callback_that_faults_is_reported_with_its_host_function(run_case, case, where,
                                                                   function):
    """On each way through the gate, and with the guest's EFLAGS.AC set."""
    reason, status = ended(run_case(case))
    assert re.fullmatch(r"stopped by signal 11 \(Segmentation fault\) at 0x "
                        rf"<{where}\+0x>, accessing 0x, in {function}, called from 0x "
                        r"<(_start|faults\w*)\+0x>, 1 callback deep", reason), reason
    assert status == 128 + 11


def test_a_callback_that_never_returns_can_be_timed_out(run_case):
    assert ended(run_case("spin", "--timeout", "0.5")) == (
        "stopped by signal 9 (Killed): its time is up (--timeout)", 128 + 9)


def test_the_hosts_stack_ends_in_a_guard(run_case):
    reason, status = ended(run_case("endless", "--host-stack", "64K", "--stack", "64M"))
    assert re.fullmatch(r"stopped by signal 11 \(Segmentation fault\): the host's stack "
                        r"is full \(--host-stack\), in call_back, called from 0x "
                        r"<bottomless\+0x>, \d+ callbacks deep", reason), reason
    assert status == 128 + 11


def test_the_guests_stack_ends_in_a_guard(run_case):
    reason, status = ended(run_case("endless", "--host-stack", "64M", "--stack", "64K"))
    assert re.search(r": the guest's stack is full \(--stack\), in call_back, "
                     r"called from 0x <bottomless\+0x>, \d+ callbacks deep$",
                     reason), reason
    assert status == 128 + 11


def test_depth_is_limited_by_memory_alone(run_case):
    """Four times the memory allows four times the depth."""
    def depth(size):
        reason, _ = ended(run_case("endless", "--host-stack", size, "--stack", "256M"))
        return int(re.search(r", (\d+) callbacks deep$", reason)[1])
    few, many = depth("1M"), depth("4M")
    assert few > 1000
    assert 3.9 < many / few < 4.1


LEFT = "it called from 0x <{}+0x> after it had left a callback of {}, as by longjmp"


@BINDS
@pytest.mark.parametrize("case,reason", [
    ("jump-across", LEFT.format("jumps_across", "call_back")),
    ("jump-across-to-variadic", LEFT.format("jumps_across_to_variadic", "call_back")),
    ("jump-across-variadic", LEFT.format("jumps_across_variadic", "call_back_variadic")),
    ("jump-far", LEFT.format("use_the_stack", "call_back")),
    ("jump-return", "its entry returned, but call_back, which it called, has not"),
])
def test_longjmp_across_a_callback_is_diagnosed(run_case, bind, case, reason):
    """By an overwritten word on the stack or, for a bound call, by the caller's frame."""
    assert ended(run_case(case, "--bind", bind)) == (
        f"stopped by signal 4 (Illegal instruction): {reason}", 128 + 4)


# The record of an abandoned call is below the stack, and may no longer tell the caller.
NOT_LAST = "a {} returned that was not the last one called, in {}, called from "


@pytest.mark.parametrize("case,reason", [
    ("host-jump", NOT_LAST.format("host function", "leave_by_longjmp")),
    ("host-jump-direct", NOT_LAST.format("host function", "call_back_with_setjmp")),
    ("host-jump-to-variadic", NOT_LAST.format("host function", "leave_by_longjmp")),
    ("host-jump-variadic", NOT_LAST.format("host function", "leave_by_longjmp_variadic")),
    ("host-jump-and-call", NOT_LAST.format("host function", "leave_by_longjmp")),
    ("pop", NOT_LAST.format("host function", "pop_too_much")),
    ("pop-in-callback", NOT_LAST.format("callback", "call_back")),
    ("switch-out-of-order", NOT_LAST.format("callback", "call_back") +
     "0x <switches_out_of_order+0x>"),
])
def test_leaving_the_gate_out_of_order_is_diagnosed(run_case, case, reason):
    result = run_case(case, "--timeout", "60")
    text, status = ended(result)
    assert text.startswith(f"stopped by signal 4 (Illegal instruction): {reason}"), text
    assert (result.stdout, status) == ("", 128 + 4)


@pytest.mark.parametrize("case,where", [
    ("direct", ""),
    ("thread", ", in call_back_from_thread, called from 0x <"),
    ("return-and-call", ""),
    ("end-and-call", ""),
])
def test_a_callback_from_elsewhere_is_diagnosed(run_case, case, where):
    """From a direct function, another thread, and (the last two) an atexit() handler."""
    result = run_case(case, "--sandbox=off")
    text, status = ended(result)
    reason = ("stopped by signal 4 (Illegal instruction): a callback from elsewhere than "
              "a gated function on the guest's thread")
    assert text.startswith(reason + where) and (where or text == reason), text
    assert (result.stdout, status) == ("", 128 + 4)
