"""--report=json in the monitor: one object about all partitions of a model."""

import json
import tomllib

import pytest
from conftest import BUILD, ROOT, run
from jsonschema import Draft202012Validator
from partition import in_partition, run_model, write_model

SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text())
FLIGHT = BUILD / "partitions/flight.toml"
HELLO = BUILD / "guests/hello-x86_64.elf"
UNRESOLVED = BUILD / "guests/calculator-i386.elf"


def report_of(result, kind="model_report"):
    """The only line of standard error, which is valid."""
    assert result.stderr.count("\n") == 1, result.stderr
    report = json.loads(result.stderr)
    Draft202012Validator({**SCHEMA, "oneOf": [{"$ref": f"#/$defs/{kind}"}]}).validate(
        report)
    assert report["status"] == result.returncode
    return report


def standings(report):
    return {each["name"]: each["standing"] for each in report["partitions"]}


@pytest.fixture(scope="module")
def flight():
    return report_of(run_model(FLIGHT, "--report=json"))


def test_the_report_has_the_tables_of_the_model(flight):
    model = tomllib.loads(FLIGHT.read_text())
    assert (flight["frame_ns"], flight["run_ns"]) == (20_000_000, 5_000_000_000)
    assert [(each["name"], each["guest"]) for each in flight["partitions"]] == \
        [(each["name"], each["guest"]) for each in model["partition"]]
    slots, = (each["slots"] for each in flight["schedules"])
    assert [(f"{each['at_ns'] // 1_000_000} ms", each["partition"]) for each in slots] \
        == [(each["at"], each["partition"]) for each in model["schedule"][0]["slots"]]
    for found, declared in zip(flight["channels"], model["channel"], strict=True):
        assert found["depth"] == declared.get("depth")
        for key in "name", "kind", "size":
            assert found[key] == declared[key]
        ends = [found["from"], *found["to"]]
        assert [(each["partition"], each["port"], each["vector"]) for each in ends] == [
            (each["partition"], each["port"], each.get("vector"))
            for each in (declared["from"], *declared["to"])]


def test_the_report_tells_how_each_partition_ended_and_what_happened(flight):
    assert set(standings(flight).values()) == {"exited"} and flight["refusal"] is None
    assert {each["partition"]: each["action"] for each in flight["events"]} == \
        {"display": "restart warm"}
    assert [(each["count"], each["rule"]) for each in flight["events"]] == \
        [(1, 0), (2, 0), (3, 0)]
    assert {each["name"]: each["restarts"] for each in flight["partitions"]} == \
        {"sensor": 0, "control": 0, "display": 3, "logger": 0}
    for each in flight["partitions"]:
        assert (each["end"]["end"], each["end"]["status"]) == ("exit", 0)
        assert each["link"]["guest"] == each["name"]
        assert each["link"]["missing"] == 0 and each["link"]["imports"]


def test_the_report_has_the_health_table_and_which_rule_acted(tools, tmp_path):
    """A rule for one partition, one for all, none; and how often each was restarted."""
    guest = tools.guest("""
        #include <jumpslot/arguments.h>
        #include <jumpslot/entry.h>
        JUMPSLOT_ENTRY(info)
        {
                char letter[2] = "";
                (void)info;
                jumpslot_argument(1, letter, sizeof(letter));
                if (letter[0] == 'e')
                        return 3;
                if (letter[0] == 'f')
                        __asm__ volatile("incl 16");
                __asm__ volatile("ud2");
                return 0;
        }
        """, arch="x86_64")
    path = write_model(tmp_path, {
        name: (guest, 1000, {"arguments": [letter]})
        for name, letter in (("one", "i"), ("other", "i"), ("fails", "f"),
                             ("exits", "e"))}, health=[
        {"error": "illegal", "action": "stop"},
        {"partition": "one", "error": "illegal", "action": "restart cold", "restarts": 3},
        {"error": "exit", "action": "restart warm", "restarts": 2, "then": "stop"}])
    report = report_of(run_model(path, "--report=json"))
    keys = "partition", "error", "level", "action", "then", "restarts"
    assert [tuple(rule[key] for key in keys) for rule in report["health"]] == [
        (None, "illegal", "partition", "stop", "stop", None),
        ("one", "illegal", "partition", "restart cold", "stop", 3),
        (None, "exit", "partition", "restart warm", "stop", 2)]
    acts = {name: [(each["action"], each["count"], each["rule"])
                   for each in report["events"] if each["partition"] == name]
            for name in standings(report)}
    assert acts == {
        "one": [*(("restart cold", count, 1) for count in (1, 2, 3)), ("stop", None, 1)],
        "other": [("stop", None, 0)], "fails": [("stop", None, None)],
        "exits": [("restart warm", 1, 2), ("restart warm", 2, 2), ("stop", None, 2)]}
    assert {each["name"]: each["restarts"] for each in report["partitions"]} == {
        "one": 3, "other": 0, "fails": 0, "exits": 2}


def test_a_partition_that_is_refused_keeps_the_others_from_the_start(tmp_path):
    path = write_model(tmp_path, {"good": (HELLO, 1000, {}),
                                  "bad": (UNRESOLVED, 1000, {})})
    result = run_model(path, "--report=json")
    report = report_of(result)
    assert standings(report) == {"good": "not started", "bad": "refused"}
    good, bad = report["partitions"]
    assert (good["end"], good["link"]["missing"]) == (None, 0)
    assert bad["end"]["refusal"]["by"] == "host-wrapper" and bad["link"]["missing"]
    assert (report["refusal"], report["events"]) == (None, [])
    assert (result.returncode, result.stdout) == (127, "")


def test_a_guest_that_is_not_one_has_no_link_report(tmp_path):
    path = write_model(tmp_path, {"text": (ROOT / "README.md", 1000, {})})
    text, = report_of(run_model(path, "--report=json"))["partitions"]
    assert (text["standing"], text["link"], text["end"]["machine"]) == \
        ("refused", None, None)


def test_partitions_that_stop_or_are_halted_say_so(tools, tmp_path):
    guest = tools.guest("""
        #include <jumpslot/arguments.h>
        #include <jumpslot/entry.h>
        JUMPSLOT_ENTRY(info)
        {
                (void)info;
                if (jumpslot_argument_count() > 1)
                        __asm__ volatile("ud2");
                for (;;)
                        ;
        }
        """, arch="x86_64")
    path = write_model(tmp_path, {"stops": (guest, 1000, {"arguments": ["now"]}),
                                  "spins": (guest, 1000, {})}, run="50 ms")
    report = report_of(run_model(path, "--report=json"))
    assert standings(report) == {"stops": "stopped", "spins": "halted"}
    stops, spins = (each["end"] for each in report["partitions"])
    assert (stops["signal"], stops["runner_account"]["kind"]) == (4, "signal")
    assert (spins["end"], report["status"]) == ("exit", 128 + 4)
    event, = report["events"]
    assert (event["error"], event["action"], event["count"]) == ("illegal", "stop", None)


def test_a_model_that_is_not_read_is_a_report_without_partitions(tmp_path):
    report = report_of(run(BUILD / "bin/host-wrapper", "--host", "monitor",
                           "--report=json", "--model", tmp_path / "none", check=False))
    assert report["partitions"] == report["schedules"] == []
    assert "No such file" in report["refusal"]["reason"]


def test_one_guest_has_the_report_of_every_host():
    report = report_of(in_partition("--report=json", HELLO), "exit_report")
    assert (report["end"], report["processes"]) == ("exit", None)
    assert report["sandbox"]["mode"] == "off"
