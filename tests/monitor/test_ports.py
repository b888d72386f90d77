"""Ports between two partitions: values, order, overflow, validity, time-outs, and rights.

The same guests run in partitions of the monitor, in processes and in virtual machines.
They check each call themselves, and print the line of one that fails.
"""

import pytest
from conftest import ARCHES
from partition import MODEL_HOSTS, build, on_host, run_model, write_model

CHANNELS = """
[[channel]]
name = "queue"
kind = "queuing"
size = 8192
depth = 2
from = { partition = "sender", port = "out" }
to = [{ partition = "receiver", port = "in", vector = 5 }]
[[channel]]
name = "quiet"
kind = "queuing"
size = 8192
depth = 1
from = { partition = "sender", port = "quiet" }
to = [{ partition = "receiver", port = "nothing" }]
[[channel]]
name = "samples"
kind = "sampling"
size = 4000
refresh = "500 ms"
from = { partition = "sender", port = "samples" }
to = [{ partition = "receiver", port = "temperature" }]
[[channel]]
name = "full"
kind = "queuing"
size = 4
depth = 3
from = { partition = "sender", port = "full" }
to = [{ partition = "receiver", port = "unused" }]
[[channel]]
name = "empty"
kind = "sampling"
size = 4
refresh = "1 s"
from = { partition = "sender", port = "silent" }
to = [{ partition = "receiver", port = "empty" }]
"""
# Sender and receiver, in each host that has both architectures.
PAIRS = [on_host(host, sender, receiver) for host in MODEL_HOSTS
         for sender, receiver in [("x86_64", "x86_64"), ("i386", "x86_64"),
                                  ("x86_64", "i386")]
         if {sender, receiver} <= set(ARCHES[host])]


def model(tools, directory, sender, receiver, health=()):
    path = write_model(directory, {
        "receiver": (build(tools, "ports_receiver", receiver), 5000, {}),
        "sender": (build(tools, "ports_sender", sender), 5000, {})}, health=health)
    path.write_text(path.read_text() + CHANNELS)
    return path


@pytest.mark.parametrize("host,sender,receiver", PAIRS)
def test_messages_arrive_whole_and_in_order_in_the_other_partition(
        tools, tmp_path, host, sender, receiver):
    result = run_model(model(tools, tmp_path, sender, receiver), host=host)
    assert sorted(result.stdout.splitlines()) == ["[receiver] received", "[sender] sent"]
    assert result.returncode == 0, result.stderr


def test_a_port_of_the_other_direction_or_undeclared_is_an_error_of_the_partition(
        tools, tmp_path):
    rule = {"partition": "sender", "error": "port", "action": "stop"}
    result = run_model(model(tools, tmp_path, "x86_64", "x86_64", [rule]))
    assert "[sender] sent" not in result.stdout
    assert "[receiver] received" in result.stdout
    assert result.returncode == 128 + 11, result.stderr


def channel(name, source, port, destination, to_port, depth=1):
    return f"""
[[channel]]
name = "{name}"
kind = "queuing"
size = 8
depth = {depth}
from = {{ partition = "{source}", port = "{port}" }}
to = [{{ partition = "{destination}", port = "{to_port}" }}]
"""


def run_pair(tools, directory, host, guests, channels):
    """Run two partitions: {name: (guest, architecture, arguments)}."""
    path = write_model(directory, {
        name: (build(tools, guest, arch), 5000, {"arguments": arguments})
        for name, (guest, arch, arguments) in guests.items()})
    path.write_text(path.read_text() + "".join(channels))
    result = run_model(path, host=host)
    assert result.returncode == 0, result.stdout + result.stderr
    return sorted(result.stdout.splitlines())


@pytest.mark.parametrize("host,first,second", PAIRS)
def test_interrupts_are_delivered_while_a_port_waits(tools, tmp_path, host, first,
                                                     second):
    assert run_pair(tools, tmp_path, host, {
        "one": ("ports_asks", first, []), "two": ("ports_answers", second, [])}, [
        channel("questions", "one", "questions", "two", "questions"),
        channel("answers", "two", "answers", "one", "answers"),
        channel("room", "one", "room", "two", "room")]) == ["[one] asked",
                                                            "[two] answered"]


@pytest.mark.parametrize("host,first,second", PAIRS)
def test_messages_stay_when_a_partition_starts_again(tools, tmp_path, host, first,
                                                     second):
    assert run_pair(tools, tmp_path, host, {
        "one": ("ports_again", first, []), "two": ("ports_again", second, ["receive"])},
        [channel("c", "one", "port", "two", "port", 2)]) == ["[one] sent 3",
                                                             "[two] received 3"]


@pytest.mark.parametrize("host,first,second", [pair for pair in PAIRS
                                               if pair[0] != "monitor"])
def test_no_wake_is_lost_between_processes(tools, tmp_path, host, first, second):
    assert run_pair(tools, tmp_path, host, {
        "one": ("ports_rally", first, []), "two": ("ports_rally", second, ["begin"])}, [
        channel("to", "one", "out", "two", "in"),
        channel("fro", "two", "out", "one", "in")]) == ["[one] done",
                                                            "[two] done"]
