"""An interrupt between any two instructions is delivered once, and only where it may be.

A driver (tests/interrupts/step) traces the runner, raises interrupts where the guest asks
for them (guests/step_*), and the guest checks the result. Controls remove one protection
from the runner at a time: the same check must then fail.
"""

import json
import re
import shutil

import pytest
from changed_runner import ChangedRunner
from conftest import BUILD, MACHINE, ROOT, WARNINGS, Toolbox, run

pytestmark = pytest.mark.not_sanitized("changed runners are linked without them")

GUESTS = ROOT / "tests/interrupts/guests"


class Steps:
    """Driver, guest and provider for one architecture."""

    def __init__(self, directory, arch):
        self.tools, self.arch = Toolbox(directory, arch), arch
        self.driver = directory / "step"
        run("gcc", "-std=gnu11", "-O2", "-g", *WARNINGS, "-o", self.driver,
            *(ROOT / "tests/interrupts/step").glob("*.c"))
        self.guest = self.link_guest(directory)
        self.provider = self.make_provider()

    def make_provider(self, *flags):
        return self.tools.provider(GUESTS / "step_provider.c", "-Wno-attributes", *flags,
                                   name="_".join(["step", *flags]).replace("-", ""))

    def link_guest(self, directory, *flags):
        """Link without the script: the guest must write to its slots, to unbind them."""
        tools = Toolbox(directory, self.arch)
        calls = directory / "calls.o"
        run("gcc", MACHINE[self.arch], *flags, "-c",
            GUESTS / f"step_calls_{self.arch}.S", "-o", calls)
        return tools.link(*(tools.compile(GUESTS / f"step_{part}.c", "-msse2", *flags)
                            for part in ("guest", "rounds")), calls, script=False)

    def run(self, *windows, programs=BUILD / "bin", guest=None, provider=None,
            options=()):
        """Step through windows of the guest; without any, through all of them."""
        runner = programs / f"jumpslot-runner-{self.arch}"
        return run(self.driver, runner.name, *map(hex, resolver_range(runner)),
                   hex(address_of("kick", runner)), programs / "host-wrapper",
                   "--in-place", "--bind", "now", *options,
                   "--provider", provider or self.provider, guest or self.guest,
                   *windows, check=False)

    def runner_with(self, name, pattern, replacement):
        """The directory of a runner with one source file changed."""
        def edit(text):
            text, count = re.subn(pattern, replacement, text)
            assert count == 1, f"{name}: {count} times {pattern}"
            return text
        runner = ChangedRunner(self.tools.directory, self.arch)
        runner.change(name, edit)
        return runner.link()


def resolver_range(runner):
    symbols = re.findall(r"^(\w+) (\w+) \w jumpslot_resolver_",
                         run("nm", "-S", runner).stdout, re.MULTILINE)
    return (min(int(start, 16) for start, size in symbols),
            max(int(start, 16) + int(size, 16) for start, size in symbols))


def address_of(symbol, runner):
    return int(re.search(rf"^(\w+) \w {symbol}$", run("nm", runner).stdout,
                         re.MULTILINE)[1], 16)


@pytest.fixture(scope="module", params=["x86_64", "i386"])
def steps(request, tmp_path_factory):
    return Steps(tmp_path_factory.mktemp("steps"), request.param)


def expect_right(result):
    assert result.stdout.endswith("\n0 wrong\n"), result.stdout
    assert (result.stderr, result.returncode) == ("", 0)


def compares_mxcsr(steps, guest, provider):
    """Whether gated calls read MXCSR, and whether their returns do."""
    report = json.loads(steps.tools.wrapper("--json", "--provider", provider,
                                            guest).stdout)
    returns = {each["compares_mxcsr"] for each in report["imports"]
               if each["provider"] == str(provider) and each["carried"] != "direct"}
    return report["compares_mxcsr"], *returns


def test_an_interrupt_at_any_instruction_is_delivered_once_where_it_may_be(steps):
    """Guest and provider may change MXCSR, so the gate reads it on both ways."""
    provider = steps.make_provider("-DLOADS_MXCSR")
    assert compares_mxcsr(steps, steps.guest, provider) == (True, True)
    result = steps.run(provider=provider)
    expect_right(result)
    windows = re.findall(r'^\t\{ "(.*?)", ', (GUESTS / "step_guest.c").read_text(),
                         re.MULTILINE)
    places = {raised: dict(re.findall(rf"^(.*), {raised} raised: (\d+) places$",
                                      result.stdout, re.MULTILINE))
              for raised in (0, 1, 2)}
    assert len(windows) > 30 and list(places[0]) == list(places[1]) == windows
    # At least the instructions of the window, and those of the handler's call and return.
    assert min(map(int, places[0].values())) > 40
    assert min(map(int, places[1].values())) > 100
    assert list(places[2]) == ["registers, three times"]


def test_the_same_holds_in_a_gate_that_does_not_read_mxcsr(steps, tmp_path):
    guest = steps.link_guest(tmp_path, "-DKEEPS_MXCSR")
    assert compares_mxcsr(steps, guest, steps.provider) == (False, False)
    expect_right(steps.run("none", "copied", "double", "stdcall", "variadic", "blocking",
                           "blocking, clock is set", "callback", "callback, variadic",
                           guest=guest))


def test_the_same_holds_where_only_the_guest_changes_mxcsr(steps):
    assert compares_mxcsr(steps, steps.guest, steps.provider) == (True, False)
    expect_right(steps.run("rounding"))


@pytest.mark.parametrize("window", ["wait", "wait, time is up", "set the clock",
                                    "stop the clock", "blocking, set and stopped"])
def test_no_interrupt_is_lost_where_the_guest_has_a_clock_of_its_own(steps, window):
    expect_right(steps.run(window, options=["--clock", "guest"]))


def label_after_compare(label):
    """An interrupt after the compare then continues there, without another look."""
    return (rf"({re.escape(label)}:\n)((?:.*\n)*?\tcmpb\t.*\n)",
            r"\2\1")


LOST = "an interrupt was lost"
UNPROTECTED = {
    "gate looks once": (
        "{arch}/gate.S", *label_after_compare(".Lcheck"), LOST, "none"),
    "gate on the guest's stack looks once": (
        "{arch}/gate.S", *label_after_compare(".Lstay_check"), LOST, "variadic"),
    "resolver looks once": (
        "{arch}/gate.S", *label_after_compare(".Lbind_check"), LOST, "direct, unbound"),
    "gate's last steps defer": (
        "interrupt.c", r" \|\| code_range_find\(CODE_GUEST, pc\)\.end", "", LOST, "none"),
    "gate is guest code": (
        "interrupt.c", r"gate\.state \|\| sees_at_gate\(context, pc\)",
        "gate.state && pc",
        "the guest ended by signal 11", "none"),
    "host function is guest code": (
        "interrupt.c", r"gate\.state \|\| sees_at_gate", "sees_at_gate",
        "delivered within a host function", "variadic"),
    "resolver is guest code": (
        "{arch}/gate.S", r"\tmov\w\t\$GATE_RESOLVING, .*\n", "",
        "delivered within the resolver", "direct, unbound"),
    "resume does not look": (
        "interrupt_{arch}.S", r"\tcmpl\t\$0, VCPU.WAITING.*\n\tjne\tjumpslot_resume\n",
        "", LOST, "registers"),
    "resume does not restart": (
        "interrupt_{arch}.S", r"CODE_RETURNING, jumpslot_resume, \.Lresumed",
        "CODE_RETURNING, .Lresumed, .Lresumed", "the stack has grown", "registers"),
    "resume does not restart at its start": (
        "interrupt_{arch}.S", r"CODE_RETURNING, jumpslot_resume, \.Lresumed",
        "CODE_RETURNING, jumpslot_resume + 40, .Lresumed",
        "the guest ended by signal 11|the guest does not end|the stack has grown",
        "registers, three times"),
    "restoring vectors does not restart": (
        "{arch}/interrupt.S", r"CODE_RETURNING, vcpu_restore_vectors, \.Lrestored",
        "CODE_RETURNING, .Lrestored, .Lrestored", "the stack has grown", "registers"),
    "flags are not restored": (
        "interrupt_frame_x86.c", r"\{ interrupted->flags,", "{ X86_FLAGS_DEFAULT,",
        "registers, or what the window did", "registers"),
    "sleep does not look": (
        "{arch}/interrupt.S", r"\tcmp\tVCPU_DELIVERED.*\n\tjne\t\.Lwoken\n", "",
        "sleeps, although an interrupt came", "wait"),
    "sleep begins after a delivery": (
        "{arch}/interrupt.S", r"CODE_SLEEP, \.Lenabled, \.Lwoken",
        "CODE_SLEEP, .Lenabled, .Lenabled", "sleeps, although an interrupt came", "wait"),
    "deliver does not look": (
        "services_interrupt.c", r"while \(vcpu_reopen\(&frame\)\)",
        "while ((vcpu_reopen(&frame), 0))", LOST, "deliver"),
}


def expect_failure(steps, file, pattern, replacement, wrong, window):
    result = steps.run(window, programs=steps.runner_with(file, pattern, replacement))
    assert re.search(f": ({wrong})\n", result.stdout), result.stdout
    assert result.returncode == 1


@pytest.mark.parametrize("name", UNPROTECTED)
def test_a_runner_without_one_of_its_protections_fails(steps, name):
    expect_failure(steps, *UNPROTECTED[name])


@pytest.mark.parametrize("pattern,replacement", [
    (r"(\tif \()(vcpu\.state && !vcpu)", r"\g<1>0 && \2"),  # does not look
    (r"(void kick_release\(void\)\n\{\n)(.*\n)((?:.*\n)*?)\}", r"\1\3\2}"),  # too early
])
def test_a_blocking_function_must_look_after_it_lets_signals_come(
        steps, pattern, replacement):
    expect_failure(steps, "kick.c", pattern, replacement, LOST, "blocking")


# A rule that waits no time: the thunk of a trace, without the supervisor.
WATCHED = ["--on", "step_*=delay:0ns"]


def test_no_interrupt_is_lost_in_a_call_that_is_watched(steps):
    windows = ["none", "copied", "double", "record", "stdcall", "variadic", "blocking",
               "direct", "callback", "direct, unbound"]
    result = steps.run(*windows, options=WATCHED)
    assert result.stdout.endswith("\n0 wrong\n"), result.stdout
    assert (result.stderr, result.returncode) == ("", 0)


def test_a_watched_call_must_look_after_it_lets_interrupts_come(steps):
    programs = steps.runner_with("trace_gate.c", r"if \(!gate\.deferred\)", "if (true)")
    result = steps.run("direct", programs=programs, options=WATCHED)
    assert LOST in result.stdout, result.stdout


@pytest.mark.parametrize("window,before,level", [
    ("wait", r"\tunlock\(\);\n", "0"),
    ("set the clock", r"set_hosts\(at, period\);\n", "level"),
    ("stop the clock", r"\t\tthe\.armed = false;\n", "level")])
def test_a_clock_that_does_not_look_when_it_enables_loses_interrupts(
        steps, window, before, level):
    programs = steps.runner_with("clock.c", rf"({before})\trestore_level\({level}\)",
                                 rf"\1\tvcpu_set_level({level})")
    result = steps.run(window, programs=programs, options=["--clock", "guest"])
    assert re.search(r": (sleeps, although an interrupt came|" + LOST + r")\n",
                     result.stdout), result.stdout
    assert result.returncode == 1


@pytest.mark.parametrize("steps", ["i386"], indirect=True)
def test_a_gate_that_looks_once_when_the_host_function_popped_its_arguments_fails(steps):
    expect_failure(steps, "{arch}/gate.S", *label_after_compare(".Lpop_check"), LOST,
                   "stdcall")


def test_a_guest_that_does_not_look_when_it_enables_loses_interrupts(steps, tmp_path):
    include = tmp_path / "include"
    shutil.copytree(ROOT / "guest-macros", include)
    header = include / "jumpslot/virt_cpu_inline.h"
    text = header.read_text().replace("if (!previous && ", "if (previous && ")
    assert text != header.read_text()
    header.write_text(text)
    result = steps.run("enable", guest=steps.link_guest(tmp_path, "-I", include))
    assert f": {LOST}\n" in result.stdout, result.stdout
    assert result.returncode == 1
