"""Ports between two partitions: values, order, overflow, validity, time-outs, and rights.

The guests check each call themselves, and print the line of one that fails.
"""

import pytest
from partition import build, run_model, write_model

CHANNELS = """
[[channel]]
name = "queue"
kind = "queuing"
size = 8192
depth = 2
from = { partition = "sender", port = "out" }
to = [{ partition = "receiver", port = "in", vector = 5 }]
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


def model(tools, directory, sender, receiver, health=()):
    path = write_model(directory, {
        "receiver": (build(tools, "ports_receiver", receiver), 5000, {}),
        "sender": (build(tools, "ports_sender", sender), 5000, {})}, health=health)
    path.write_text(path.read_text() + CHANNELS)
    return path


@pytest.mark.parametrize("sender,receiver", [("x86_64", "x86_64"), ("i386", "x86_64"),
                                             ("x86_64", "i386")])
def test_messages_arrive_whole_and_in_order_in_the_other_partition(
        tools, tmp_path, sender, receiver):
    result = run_model(model(tools, tmp_path, sender, receiver))
    assert sorted(result.stdout.splitlines()) == ["[receiver] received", "[sender] sent"]
    assert result.returncode == 0, result.stderr


def test_a_port_of_the_other_direction_or_undeclared_is_an_error_of_the_partition(
        tools, tmp_path):
    rule = {"partition": "sender", "error": "port", "action": "stop"}
    result = run_model(model(tools, tmp_path, "x86_64", "x86_64", [rule]))
    assert "[sender] sent" not in result.stdout
    assert "[receiver] received" in result.stdout
    assert result.returncode == 128 + 11, result.stderr
