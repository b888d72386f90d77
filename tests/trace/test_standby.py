"""A provider that stands by takes functions over while a guest runs, and back."""

import re
import subprocess

import pytest
from conftest import BUILD, WRAPPER, each_arch as arch, only_x86_64
from control_client import ctl
from report_schema import validate

# Calls which() without end. Vector 5 lets it print what the next call gives, 20 ends it;
# the status tells wrong results.
GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    EXTERNAL_FUNC(int, which, int, int, int, int, int, int, int, int)
    static volatile int seen[64];
    static void handler(int vector, void *frame)
    {
            (void)frame;
            _CPU_Virtual_Irq_ack(vector);
            seen[vector] = 1;
    }
    JUMPSLOT_ENTRY(info)
    {
            int wrong = 0;
            (void)info;
            _CPU_Virtual_Set_handler(handler);
            _CPU_Virtual_Irq_request(5);
            _CPU_Virtual_Irq_request(20);
            _CPU_Virtual_Interrupts_open();
            _BSP_Virtual_Console_write("ready\\n", 6);
            for (int i = 0; !seen[20]; i = (i + 1) % 1000000) {
                    int result = which(i, 2, 3, 4, 5, 6, 7, 8) - 2 * i;
                    wrong += result != 'A' && result != 'B';
                    if (seen[5]) {
                            char text[] = { (char)which(0, 2, 3, 4, 5, 6, 7, 8), '\\n' };
                            seen[5] = 0;
                            _BSP_Virtual_Console_write(text, 2);
                    }
            }
            return wrong ? 1 : 10;
    }
    """
PROVIDER = """
    #define _GNU_SOURCE
    #include <jumpslot/provider.h>
    #include <unistd.h>
    EXTERNAL_FUNC(%(type)s, which, int, int, int, int, int, int, int, int)
    EF(which)
    %(statements)s
    %(type)s which(int a, int b, int c, int d, int e, int f, int g, int h)
    {
            %(body)s
            return (%(type)s)('%(letter)s' + a + (b + c + d + e + f + g + h == 35) * a);
    }
    """
DIRECT = "JUMPSLOT_DIRECT(which)"
BLOCKING = "JUMPSLOT_BLOCKING(which)"
# Makes a system call that only this provider states.
ASKS = 'JUMPSLOT_SYSCALLS(which, JUMPSLOT_ALLOW("getppid"))'
NONE = "JUMPSLOT_SYSCALLS(which, JUMPSLOT_NO_SYSCALLS)"


def provider(tools, letter, statements="", body="", returns="int"):
    return tools.provider(PROVIDER % {
        "type": returns, "letter": letter, "body": body,
        "statements": f"{statements}\n{ASKS if 'getppid' in body else NONE}"},
        name=letter)


# Calls which() only when vector 5 asks for it. Interrupts are masked except in the wait,
# so none comes between the check and the wait.
QUIET = GUEST.replace("_CPU_Virtual_Interrupts_open();", "").replace("""\
int result = which(i, 2, 3, 4, 5, 6, 7, 8) - 2 * i;
                    wrong += result != 'A' && result != 'B';
""", """\
_CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
""")


class Running:
    """A guest that prints which provider serves it, when it is asked."""

    def __init__(self, tools, one, other, *options, source=GUEST):
        self.one, self.other = one, other
        self.path = tools.directory / "control"
        self.process = subprocess.Popen(
            [*WRAPPER, "--control", self.path, "--provider", one,
             "--standby", other, *options, tools.guest(source)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def ctl(self, *words, check=True):
        return ctl(self.path, *words, check=check)

    def asks(self):
        self.ctl("raise", "5")
        return self.process.stdout.readline()

    def end(self):
        self.ctl("raise", "20")
        _, errors = self.process.communicate()
        return errors, self.process.returncode


@pytest.fixture
def start(tools):
    started = []

    def start_one(*words, **keys):
        started.append(Running(tools, *words, **keys))
        return started[-1]
    yield start_one
    for each in started:
        each.process.kill()
        each.process.communicate()


@pytest.mark.parametrize("first,second", [
    ("", ""), ("", DIRECT), (DIRECT, ""), (DIRECT, DIRECT), (BLOCKING, ""),
    ("", BLOCKING)])
def test_the_next_call_goes_to_the_other_provider_and_back(tools, start, first, second):
    guest = start(provider(tools, "A", first),
                  provider(tools, "B", second, "getppid();"))
    assert guest.asks() == "A\n"
    for _ in range(3):
        guest.ctl("use", "which", guest.other)
        assert guest.asks() == "B\n"
        guest.ctl("use", "wh*", guest.one)
        assert guest.asks() == "A\n"
    assert guest.end() == ("", 10)


@only_x86_64
def test_the_list_trace_and_revoke_follow_the_provider(tools, start):
    guest = start(provider(tools, "A"), provider(tools, "B"))
    assert f"which\t{guest.one}\n" in guest.ctl("list").stdout
    guest.ctl("use", "which", guest.other)
    assert f"which\t{guest.other}\n" in guest.ctl("list").stdout
    guest.ctl("trace", "on", "which")
    call = re.search(r"which\((\d+), 2, .*\) = (\d+) ", guest.process.stderr.readline())
    assert int(call[2]) - 2 * int(call[1]) == ord("B")
    guest.ctl("revoke", "which")
    errors, status = guest.process.communicate()[1], guest.process.returncode
    assert "called which, which" in errors and status == 127


@only_x86_64
@pytest.mark.parametrize("uses", [False, True])
def test_restore_undoes_revoke_and_keeps_the_provider_in_use(tools, start, uses):
    """The guest does not call the function while it is revoked."""
    guest = start(provider(tools, "A"), provider(tools, "B"), source=QUIET)
    assert guest.asks() == "A\n"
    if uses:
        guest.ctl("use", "which", guest.other)
    guest.ctl("revoke", "which")
    guest.ctl("restore", "which")
    assert guest.asks() == ("B\n" if uses else "A\n")
    guest.ctl("revoke", "which")
    assert guest.asks() == ""
    assert "called which, which was revoked" in guest.process.communicate()[1]
    assert guest.process.returncode == 127


@only_x86_64
def test_a_path_with_a_blank_names_a_provider_too(tools, start):
    other = provider(tools, "B")
    guest = start(provider(tools, "A"), other.rename(other.with_name("the other.so")))
    guest.ctl("use", "which", guest.other.with_name("the other.so"))
    assert guest.asks() == "B\n"
    assert guest.end() == ("", 10)


@only_x86_64
def test_what_cannot_be_used_is_refused(tools, start):
    guest = start(provider(tools, "A"), provider(tools, "B"))
    for words, problem in (
            (["which", "none.so"], "no provider of that name has such a function "
             "(expected one as --provider or --standby names it)"),
            (["none", guest.other], "no import has such a name")):
        result = guest.ctl("use", *words, check=False)
        assert (result.stderr, result.returncode) == (
            f"host-wrapper: ctl: {problem}\n", 125)
    assert guest.end() == ("", 10)


@only_x86_64
@pytest.mark.parametrize("how,problem", [
    ({"returns": "long"}, "cannot stand by for which: it has another type"),
    ({"statements": "JUMPSLOT_STACK_BYTES(which, 64)"},
     "cannot stand by for which: its arguments take another number of bytes"),
])
def test_a_standby_that_cannot_take_the_place_is_refused_at_the_start(tools, how,
                                                                      problem):
    one, other = provider(tools, "A"), provider(tools, "B", **how)
    control = tools.directory / "control"
    result = tools.wrapper("--control", control, "--provider", one, "--standby", other,
                           tools.guest(GUEST))
    assert (result.stdout, result.stderr, result.returncode) == (
        "", f"host-wrapper: {other}: {problem}\n", 125)


@only_x86_64
def test_a_standby_for_nothing_and_one_without_control_are_refused(tools):
    other = provider(tools, "B")
    hello = BUILD / "guests/hello-x86_64.elf"
    result = tools.wrapper("--control", tools.directory / "control", "--standby", other,
                           hello)
    assert (result.stderr, result.returncode) == (
        f"host-wrapper: {other}: stands by for no import (expected a function that the "
        "guest imports and another provider serves)\n", 125)
    result = tools.wrapper("--standby", other, hello)
    assert (result.stderr, result.returncode) == (
        "host-wrapper: --standby needs --control PATH\n", 125)


@pytest.mark.not_sanitized("they allow no filter")
@only_x86_64
def test_report_and_sandbox_name_what_stands_by(tools):
    one, other = provider(tools, "A"), provider(tools, "B", "", "getppid();")
    options = ["--control", tools.directory / "control", "--provider", one, "--standby",
               other]
    guest = tools.guest(GUEST)
    shown = tools.wrapper("--list", *options, guest).stdout
    assert f"\n  standby: which of {other}\n" in shown
    assert re.search(rf"which .* {re.escape(str(one))} ", shown)
    rules = tools.wrapper("--print-sandbox", *options, guest).stdout
    assert re.search(r"\n  getppid +which\b", rules)


def standbys(provider, in_use):
    return [{"provider": str(provider),
             "functions": [{"name": "which", "in_use": in_use}]}]


@only_x86_64
def test_reports_in_json_say_what_stands_by_and_what_of_it_is_in_use(tools, start):
    one, other = provider(tools, "A"), provider(tools, "B")
    listed = tools.wrapper("--json", "--control", tools.directory / "none", "--provider",
                           one, "--standby", other, tools.guest(GUEST)).stdout
    assert validate(listed, "link_report")["standbys"] == standbys(other, False)
    for uses, in_use in (([], False), ([other], True), ([other, one], False)):
        guest = start(one, other, "--report=json")
        for used in uses:
            guest.ctl("use", "which", used)
        errors, status = guest.end()
        report = validate(errors, "exit_report")
        assert (report["standbys"], status) == (standbys(other, in_use), 10)


@only_x86_64
def test_a_refused_standby_is_in_the_report(tools):
    one, other = provider(tools, "A"), provider(tools, "B", returns="long")
    result = tools.wrapper("--report=json", "--control", tools.directory / "control",
                           "--provider", one, "--standby", other, tools.guest(GUEST))
    report = validate(result.stderr, "exit_report")
    assert report["refusal"]["object"] == str(other)
    assert report["standbys"] == [{"provider": str(other), "functions": []}]
