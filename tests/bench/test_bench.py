"""The bench measures everything that docs/benchmarks.md lists. Times have no limit."""

import json
import os
import re
import sys

import pytest
from conftest import BUILD, MAKE_BUILD, ROOT, run

LENGTHS = 8, 16, 24, 32
BOUND = {
    "x86_64": [*(f"{what}, {place}" for what in ("stub : PLT", "inline : direct")
                 for place in ("near", "far")),
               "stub : -fno-plt, near", "stub : pointer, near", "stub : linked"],
    "i386": ["stub : PLT of a library", "stub : PLT of a program", "inline : direct",
             "stub : -fno-plt", "stub : pointer", "stub : linked"],
}
MACHINES = tuple(BOUND)
UNTRACED = "gated, another traced : gated", "direct, another traced : direct"
COUNTS = "1 function", "16 functions", "128 functions", "1,000 functions"
# {subject: {machine: ratios}}
RATIOS = {
    "start": {machine: [
        "hello : /bin/true", "hello with a provider : /bin/true",
        "hello : static program", "hello : dynamic program", "hello : linked to its host",
        *(f"first output : {kind} program{image}" for kind in ("static", "dynamic")
          for image in ("", ", image of 1 MB")),
        *(f"peak memory of the {name} : dynamic program"
          for name in ("launcher", "runner")),
        "private memory more, each of 20 guests : 1 MiB",
        "start of each of 20 guests : dynamic program",
        *(f"2,000 imports{how}, {what} : dlopen"
          for how in ("", " bound at the start")
          for what in ("first output", "to the end")),
        "2,000 names found, nothing checked : dlopen",
    ] for machine in MACHINES},
    "calls": {machine: [
        *(f"{what}, {count}" for what in BOUND[machine] for count in COUNTS),
        *UNTRACED, "gated : getppid()", "gated : trap and signal",
        "gated : pipe to a process and back"] for machine in MACHINES},
    "first": {machine: [
        f"{what}, {count} functions" for count in ("10", "100", "1,000")
        for what in ("first : lazy first", "first : lazy first, cold caches",
                     "--bind now : lazy first", "--bind now : LD_BIND_NOW=1",
                     "first, gated : lazy first", "first : chain of compares")]
        for machine in MACHINES},
    "interrupts": {machine: [
        "interrupt : signal", "idle at 1,000 Hz",
        *(f"switch of RTOS threads : {peer}" for peer in ("ucontext", "pthread")),
        *(f"clock : signal, {name} at {rate} Hz"
          for name in ("median", "99th percentile") for rate in ("1,000", "10,000"))]
        for machine in MACHINES},
    "programs": {machine: [f"Lua, {does} : {peer}" for does in (
        "computes", "calls the host")] for machine, peer in (
            ("x86_64", "Debian's"), ("i386", "native"))},
    "sizes": {machine: [f"size : ELF's, names of {length}" for length in LENGTHS]
              for machine in MACHINES},
    "scale": {"x86_64": [f"{what} : straight line" for what in (
        "report, by imports", "load and run, by imports", "bind all and run, by imports",
        "launcher of a start, by imports",
        *(f"{cost}, by {what}" for cost in ("report", "load and run")
          for what in ("size of the image", "providers")))]},
}
for machine, plt, place in ("x86_64", "PLT", ", far"), ("i386", "PLT of a program", ""):
    RATIOS["calls"][machine] += [f"{what}{place}, 2,000 functions" for what in (
        f"stub : {plt}", "stub : -fno-plt", "stub : pointer", "inline : direct")]
    RATIOS["first"][machine] += [f"{what} : lazy first, 2,000 functions"
                                 for what in ("first", "--bind now")]
SERVICES = [f"{what} : process host's" for what in (
    "call of a provider's function", "blocking call", "callback and its call",
    "first call", "reading the clock", "interrupt that the guest raises",
    "disable and enable", "hello")]
PORTS = [f"port, {what} 64 bytes : pipe" for what in ("write and read",
                                                       "send and receive")]
# {host: {machine: ratios}} of the subject that compares hosts
HOSTS = {
    "process": {machine: PORTS for machine in MACHINES},
    "monitor": {machine: [
        *SERVICES, "slot's begin to its guest : 3 us", "hello : RTOS booted by QEMU",
        "reset to the guest : 8 million",
        *(f"port, {call} {size} bytes : reading the clock"
          for call in ("write", "read", "send", "receive") for size in ("64", "8,192"))]
        for machine in MACHINES}}
HOSTS["monitor"]["x86_64"] += ["kernel : 6,000 lines", "kernel : 65,536 bytes of code"]
if os.access("/dev/kvm", os.R_OK | os.W_OK):
    HOSTS["kvm"] = {"x86_64": [
        *SERVICES, *PORTS, "trapped call : bare exit", "inline call : bare exit",
        "inline call : process host's", "loop : process host's",
        "Lua, computes : process host's",
        "hello : process host's and 1.3 bare machines", "hello : bare machine",
        "hello : /bin/true", "hello with a provider : /bin/true",
        "first output : static program", "peak memory of the runner : dynamic program"]}
RATIOS["start"]["i386"].append("RTOS as a guest : booted by QEMU")
LEVELS = "disable and enable : nothing"
WITH_GOAL = {"no arguments", "one int", "one int, 16 functions in turn", LEVELS,
             "one int, any guest", "blocking, one int", "blocking, one int, with a clock",
             "blocking, one int, clock runs",
             "callback : plain call", "callback : plain call, any guest"}
DIFFERENCES = WITH_GOAL | {"six words on the stack", "variadic, on the guest's stack",
                           "one int, 2,000 functions in turn"}
# {subject: plots}
PLOTS = {"calls": ["calls", "gate"], "start": ["start"], "first": ["first"],
         "interrupts": ["interrupts", "latency-x86_64", "latency-i386"],
         "programs": ["programs"], "sizes": ["sizes"],
         "scale": ["scale", "scale-imports", "scale-size", "scale-providers"]}
MOST_BYTES = {"x86_64": 0.85, "i386": 0.95}


def quick_try(**environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    return run("make", "-C", ROOT, MAKE_BUILD, "bench", "QUICK=1",
               env=clean | environment, check=False)


@pytest.fixture(scope="module")
def bench():
    """The output and the results of a quick try."""
    result = quick_try()
    assert result.returncode == 0, result.stderr
    return result.stdout, json.loads((BUILD / "bench/quick/results.json").read_text())


def rows_of(results, kind, subject=None):
    return {(row["machine"], row["what"]): row for row in results["rows"]
            if row["kind"] == kind and subject in (None, row["subject"])}


@pytest.mark.parametrize("subject", RATIOS)
def test_every_promised_ratio_is_written_and_printed_with_its_verdict(bench, subject):
    printed, results = bench
    rows = rows_of(results, "ratio", subject)
    promised = {(machine, what) for machine, names in RATIOS[subject].items()
                for what in names}
    assert promised <= set(rows)
    for machine, what in promised:
        row = rows[machine, what]
        assert row["host"] == "process"
        assert row["samples"]
        # The slope of what does not grow may be slightly below 0.
        assert subject == "scale" or (row["ours"] >= 0 and row["peer"] >= 0)
        part = printed.partition(f", {machine}, host process\n")[2]
        assert any(line.startswith(f"{what}  ") and line.endswith(row["verdict"])
                   for line in printed.splitlines()), (what, part)
        if row["goal"] is not None:
            assert row["verdict"] in ("meets the goal", "above the goal")


@pytest.mark.parametrize("host", HOSTS)
def test_each_other_host_is_measured_beside_the_process_host(bench, host):
    printed, results = bench
    found = {(row["machine"], row["what"]) for row in results["rows"]
             if row["host"] == host and row["subject"] == "hosts" and row["ours"] > 0}
    for machine, names in HOSTS[host].items():
        assert {(machine, what) for what in names} <= found
        assert f"\nHosts, {machine}, host {host}\n" in printed


@pytest.mark.parametrize("machine", MACHINES)
def test_a_call_takes_the_same_instructions_while_another_function_is_traced(
        bench, machine):
    _, results = bench
    rows = rows_of(results, "ratio", "calls")
    for what in UNTRACED:
        ours, peer = rows[machine, what]["instructions"]
        assert ours == peer > 0


@pytest.mark.parametrize("machine", MACHINES)
def test_every_difference_is_written_in_ns_and_in_cycles(bench, machine):
    _, results = bench
    rows = {what: row for (of, what), row in rows_of(results, "difference").items()
            if of == machine}
    assert set(rows) == DIFFERENCES
    clock = results["clocks"]["process"][machine]
    ns_per_cycle = clock["ns_per_tick"] * clock["ticks_per_cycle"]["median"]
    for what, row in rows.items():
        assert (row["goal"] is not None) == (what in WITH_GOAL)
        assert row["cycles"] * ns_per_cycle == pytest.approx(row["value"])


@pytest.mark.parametrize("subject", PLOTS)
def test_each_subject_has_its_plots(bench, subject):
    for name in PLOTS[subject]:
        assert "</svg>" in (BUILD / f"bench/quick/{name}.svg").read_text(), name


def test_the_machine_and_its_load_are_said(bench):
    printed, results = bench
    assert printed.count(", quick try\n") == 1
    assert results["quick"] is True
    assert results["processor"] in printed
    assert len(results["load_before"].split()) == len(results["load_after"].split()) == 3


def test_an_unknown_subject_is_refused_in_one_line():
    result = quick_try(ONLY="speed")
    assert result.returncode != 0
    assert "bench: speed: unknown subject; expected one of calls start" in result.stderr


@pytest.mark.parametrize("machine", MACHINES)
def test_callgrind_and_single_steps_count_the_same_instructions(monkeypatch, machine):
    monkeypatch.syspath_prepend(ROOT / "bench")
    monkeypatch.setenv("BUILD", str(BUILD))
    from hosts import HOSTS as hosts
    from instructions import marked, parts
    from runs import BENCH, guest_command

    def command(repetitions, times):
        return guest_command(hosts[0], BENCH / machine / "16-16", "gated-guest.elf",
                             "gated-provider.so", f"{repetitions},{times}",
                             ("--in-place",))

    counted = parts(command(1, 1000))
    stepped = iter(marked(command(0, 10)))
    for name in "no arguments", "one int", "one int, 16 functions in turn":
        for side in "ours", "peer":
            count = counted[f"{name}|{side}"] / 1000
            assert count > 5
            assert next(stepped) / 10 == pytest.approx(count, abs=2), (name, side)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("machine", MACHINES)
def test_an_import_has_at_most_its_share_of_the_bytes_of_elf_lazy_binding(
        bench, machine, length):
    _, results = bench
    row = rows_of(results, "ratio")[machine, f"size : ELF's, names of {length}"]
    sides = results["series"]["sizes"]["process"][machine][str(length)]
    assert row["ours"] == sum(sides["ours"].values()) > 0
    assert row["peer"] == sum(sides["peer"].values())
    assert row["goal"] == MOST_BYTES[machine]
    assert row["value"] <= MOST_BYTES[machine]


@pytest.mark.parametrize("peer", ["16-128/bound-plt.so", "16-128/bound-program",
                                  "16-128/bound-ibt-program", "16-100/first-peer"])
@pytest.mark.parametrize("machine", MACHINES)
def test_the_peers_of_lazy_binding_bind_lazily(machine, peer):
    """A function that is also called by the GOT gets a PLT entry bound at load."""
    relocations = run("readelf", "--relocs", "--wide", BUILD / "bench" / machine / peer)
    lazy = [line for line in relocations.stdout.splitlines()
            if "JUMP_SLO" in line and "sensor_read_" in line]
    assert len(lazy) == int(peer.partition("/")[0].partition("-")[2])


@pytest.mark.parametrize("machine", MACHINES)
def test_the_peer_of_very_many_functions_binds_lazily_too(bench, machine):
    peers = list((BUILD / "bench/bulk").glob(f"{machine}-1000-*/rounds2-peer"))
    assert peers
    for peer in peers:
        relocations = run("readelf", "--relocs", "--wide", peer).stdout
        assert len(re.findall("JUMP_SLO.* bulk_", relocations)) == 2000


def test_a_program_that_fails_costs_its_own_lines_alone(tmp_path):
    """Without its clock's guest, gated calls fail; bytes are still counted."""
    (tmp_path / "bench").mkdir()
    for name in MACHINES:
        (tmp_path / "bench" / name).symlink_to(BUILD / "bench" / name)
    result = run(sys.executable, ROOT / "bench/bench.py", check=False, env=os.environ | {
        "BUILD": str(tmp_path), "QUICK": "1", "ONLY": "interrupts sizes"})
    assert result.returncode == 1
    assert "\nSizes, i386, host process\n" in result.stdout
    assert "bench: interrupts, x86_64, host process: " in result.stderr
    written = json.loads((tmp_path / "bench/quick/results.json").read_text())
    assert {row["subject"] for row in written["rows"]} == {"sizes"}
