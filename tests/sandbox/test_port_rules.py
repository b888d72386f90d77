"""The filter of a guest with ports is minimal: something fails when a rule is taken out.

Each case is a guest with one port that needs one rule, and its peer at the other end. It
runs with the runner as it is, and with a copy that lacks the rule. The guest does not
open its port, which has number 0: that function needs the clock, too.
"""

import shutil
from dataclasses import dataclass

import pytest
from conftest import BUILD, ROOT, Toolbox, run
from hide_ability import build_hide_ability
from partition import write_model
from stated_rules import stated_rules, take_out

ENDED, FORBIDDEN = 3, 128 + 31
GUEST = """
    #include <limits.h>
    #include <jumpslot/entry.h>
    #include <jumpslot/ports.h>
    #include <jumpslot/virt_cpu.h>
    #define FOREVER JUMPSLOT_PORT_FOREVER
    #define NEVER   INT64_MAX
    #define WHILE   2000000000 /* the guest at the other end may have ended */
    enum { ENOENT = 2, ETIMEDOUT = 110 };
    static char byte;
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            %s
            return %d;
    }
    """
SEND = "jumpslot_port_send(0, &byte, 1, %s)"
RECEIVE = "jumpslot_port_receive(0, &byte, 1, %s)"
OFTEN = "for (long i = 0; i < TIMES; i++) if (%s < 0) return 98;"


@dataclass(frozen=True)
class Case:
    body: str
    peer: str = ""
    kind: str = "queuing"
    source: bool = False  # the guest has the channel's beginning
    hides_clock: bool = False

    def model(self, tools, times):
        def guest(name, body, status):
            return tools.guest(GUEST % (body, status), "-Wno-unused-variable",
                               f"-DTIMES={times}", name=name)
        path = write_model(tools.directory, {
            "tested": (guest("tested", self.body, ENDED), 1000, {}),
            "peer": (guest("peer", self.peer, 0), 1000, {})})
        begin, end = ("tested", "peer") if self.source else ("peer", "tested")
        more = 'refresh = "1 s"' if self.kind == "sampling" else "depth = 4"
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"""
                [[channel]]
                name = "channel"
                kind = "{self.kind}"
                size = 1
                {more}
                from = {{ partition = "{begin}", port = "port" }}
                to = [{{ partition = "{end}", port = "port", vector = 5 }}]
                """)
        return path


def sampling(body, **more):
    return Case(body, kind="sampling", source=True, **more)


def fails(call, error):
    return f"if ({call} != -{error}) return 98;"


FULL = "for (int i = 0; i < 4; i++) " + fails(SEND % 0, 0) + "\n"
CASES = {
    "jumpslot_port_open clock_gettime": sampling(
        fails('jumpslot_port_open("none", 0)', "ENOENT"), hides_clock=True),
    "jumpslot_port_write clock_gettime": sampling(
        fails("jumpslot_port_write(0, &byte, 1)", 0), hides_clock=True),
    # Its end has a vector if the peer takes interrupts.
    "jumpslot_port_write write 0=peer": sampling(
        fails("jumpslot_port_write(0, &byte, 1)", 0),
        peer="_CPU_Virtual_Irq_request(5);"),
    "jumpslot_port_read clock_gettime": Case(
        "while (jumpslot_port_read(0, &byte, 1, NULL) < 0) ;", kind="sampling",
        peer="jumpslot_port_write(0, &byte, 1);", hides_clock=True),
    "jumpslot_port_status clock_gettime": Case(
        "struct jumpslot_port_state state;"
        "do jumpslot_port_status(0, &state); while (!state.count);", kind="sampling",
        peer="jumpslot_port_write(0, &byte, 1);", hides_clock=True),
    "jumpslot_port_send clock_gettime": Case(
        fails(SEND % 0, 0), source=True, hides_clock=True),
    "jumpslot_port_send write 0=peer": Case(fails(SEND % 0, 0), source=True),
    "jumpslot_port_receive clock_gettime": Case(
        fails(RECEIVE % 1000, "ETIMEDOUT"), hides_clock=True),
    "jumpslot_port_receive write 0=peer": Case(
        RECEIVE % "FOREVER" + ";", peer=SEND % "FOREVER" + ";"),
}
for call, rest in {"read": " 0=port", "ppoll": " 1=1"}.items():
    CASES |= {
        f"jumpslot_port_send {call}{rest}": Case(
            FULL + fails(SEND % 1000000, "ETIMEDOUT"), source=True),
        f"jumpslot_port_receive {call}{rest}": Case(
            fails(RECEIVE % 1000000, "ETIMEDOUT"))}
CASES |= {
    # A message comes, or goes, between a try and the wait: now and then. Without the
    # rule, the guests try until it does.
    "jumpslot_port_send write 0=port": Case(
        OFTEN % (SEND % "FOREVER"), source=True,
        peer=OFTEN % (RECEIVE % "WHILE")),
    "jumpslot_port_receive write 0=port": Case(
        OFTEN % (RECEIVE % "FOREVER"),
        peer=OFTEN % (SEND % "WHILE")),
}
# For times that 32 bits cannot hold. The guest waits where its peer is slower: now and
# then, too.
LONG_CASES = {
    "jumpslot_port_send ppoll_time64 1=1": Case(
        OFTEN % (SEND % "NEVER"), source=True, peer=OFTEN % (RECEIVE % "WHILE")),
    "jumpslot_port_receive ppoll_time64 1=1": Case(
        OFTEN % (RECEIVE % "NEVER"), peer=OFTEN % (SEND % "WHILE")),
}


def cases_of(arch):
    return CASES | (LONG_CASES if arch == "i386" else {})


def rules_of(arch):
    """The rules of ports, by names that are the same for both machines."""
    rules = {}
    for rule in stated_rules(BUILD / f"bin/jumpslot-runner-{arch}-static"):
        call = rule.call.rpartition(":")[2].replace("clock_gettime64", "clock_gettime")
        if rule.who.startswith("jumpslot_port_"):
            rules[f"{rule.who} {call} {rule.checks}".strip()] = rule
    return rules


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_each_rule_of_ports_has_a_case(arch):
    assert set(rules_of(arch)) == set(cases_of(arch))


@pytest.fixture(scope="module", name="hide_ability")
def make_hide_ability(tmp_path_factory):
    return build_hide_ability(tmp_path_factory.mktemp("hide"))


@pytest.mark.parametrize("arch,name", [
    (arch, name) for arch in ("x86_64", "i386") for name in cases_of(arch)])
def test_something_fails_without_the_rule(tmp_path, arch, name, hide_ability):
    case, runner = cases_of(arch)[name], f"jumpslot-runner-{arch}-static"
    (tmp_path / "bin").mkdir()
    (tmp_path / "gen").symlink_to(ROOT / "gen")
    for program in "host-wrapper", runner:
        shutil.copy(BUILD / "bin" / program, tmp_path / "bin")
    before = [hide_ability, "vdso"] if case.hides_clock else []

    def run_case(times):
        model = case.model(Toolbox(tmp_path, arch), times)
        return run(*before, tmp_path / "bin/host-wrapper", "--timeout", 300, "--model",
                   model, check=False)
    result = run_case("100000")
    assert result.returncode == ENDED, result.stderr
    take_out(tmp_path / "bin" / runner, rules_of(arch)[name])
    result = run_case("LONG_MAX")
    assert result.returncode == FORBIDDEN, result.stderr
