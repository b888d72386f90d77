"""Traces, rules and sockets of a model's partitions in processes and virtual machines."""

import fcntl
import os
import re
import signal
import socket
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, Toolbox, run
from control_client import ctl
from partition import MODEL_HOSTS, run_model, write_model
from terminal_session import wait_until
from trace_guest import read_events

HOSTS = [host for host in MODEL_HOSTS if host != "monitor"]
LONG = "a_function_with_a_long_name_" + "x" * 250
SOURCE = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    EXTERNAL_FUNC(int, sensor_read, int)
    EXTERNAL_FUNC(int, LONG, void)
    static void print(const char *text)
    {
            size_t length = 0;
            while (text[length])
                    length++;
            _BSP_Virtual_Console_write(text, length);
    }
    static volatile int ticks;
    static void handler(int vector, void *frame)
    {
            (void)frame;
            _CPU_Virtual_Irq_ack(vector);
            ticks++;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            (void)print;
            (void)handler;
            BODY
    }
    """.replace("LONG", LONG)
PROVIDER = """
    #include <jumpslot/provider.h>
    EXTERNAL_FUNC(int, sensor_read, int)
    EXTERNAL_FUNC(int, LONG, void)
    EF(sensor_read)
    EF(LONG)
    int sensor_read(int channel) { return channel; }
    int LONG(void) { return 0; }
    """.replace("LONG", LONG)
BODIES = {
    "reads": "return sensor_read(3);",
    "long": f"return {LONG}();",
    "prints": 'print("text\\n"); return 0;',
    "chance": """
        for (int i = 1; i <= 64; i++)
                print(sensor_read(i) ? "1" : "0");
        print("\\n");
        return 0;
        """,
    "ready": 'print("ready\\n"); for (;;) sensor_read(1);',
    "waits": """
        _CPU_Virtual_Set_handler(handler);
        _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK);
        _BSP_Virtual_Clock_init();
        _BSP_Virtual_Clock_oneshot(1000);
        while (!ticks)
                _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
        return 0;
        """,
    "flood": 'for (;;) print("more\\n");',
}


class Models:
    """Guests, their provider, and models of them."""

    def __init__(self, folder):
        tools = Toolbox(folder)
        self.provider = tools.provider(PROVIDER)
        self.guests = {name: tools.guest(SOURCE.replace("BODY", body), name=name)
                       for name, body in BODIES.items()}

    def write(self, directory, **partitions):
        """`partitions`: {name: guest}."""
        return write_model(directory, {name: (self.guests[guest], 1000, {})
                                       for name, guest in partitions.items()})

    def run(self, directory, *options, host="process", **partitions):
        return run_model(self.write(directory, **partitions), "--provider",
                         self.provider, *options, host=host)

    def start(self, directory, *options, host="process", **partitions):
        return subprocess.Popen(
            [BUILD / "bin/host-wrapper", *MODEL_HOSTS[host], *options, "--provider",
             self.provider, "--model", self.write(directory, **partitions)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True)


@pytest.fixture(scope="module", name="models")
def build_models(tmp_path_factory):
    return Models(tmp_path_factory.mktemp("guests"))


def of_partition(errors, name):
    """Lines of a partition on standard error, without times."""
    return re.findall(rf"^\[{name}\] +\d+\.\d{{6}} .*?: (.*) <\d\.\d{{9}}>$", errors,
                      re.M)


@pytest.mark.parametrize("host", HOSTS)
def test_lines_of_a_trace_begin_with_their_partitions_name(models, tmp_path, host):
    result = models.run(tmp_path, "--trace", host=host, one="reads", two="prints")
    assert of_partition(result.stderr, "one") == ["sensor_read(3) = 3"]
    assert of_partition(result.stderr, "two") == [
        '_BSP_Virtual_Console_write("text\\n", 5) = 5']
    assert result.returncode == 3


def test_a_pattern_is_for_all_partitions_or_for_the_one_before_the_colon(models,
                                                                         tmp_path):
    result = models.run(tmp_path, "--trace=two:sensor*", "--trace=[[:alpha:]_]*BSP_*",
                        one="reads", two="reads", three="prints")
    assert of_partition(result.stderr, "one") == []
    assert of_partition(result.stderr, "two") == ["sensor_read(3) = 3"]
    assert len(of_partition(result.stderr, "three")) == 1


def test_a_partition_without_a_match_shows_no_waits_either(models, tmp_path):
    result = models.run(tmp_path, "--trace=one:*", "--stats", "--control",
                        tmp_path / "ctl", one="waits", two="waits")
    assert "[one] " in result.stderr and "[two] " not in result.stderr
    assert result.stderr.count("interrupt 0 (clock): ") == 2
    assert result.returncode == 0


def test_a_long_line_of_a_trace_is_not_divided(models, tmp_path):
    result = models.run(tmp_path, "--trace", one="long", two="prints")
    assert of_partition(result.stderr, "one") == [f"{LONG}() = 0"]


@pytest.mark.parametrize("options,problem", [
    (["--trace=none*"], "--trace=none*: no import has such a name"),
    (["--trace=one:_BSP_*"], "--trace=one:_BSP_*: no import has such a name"),
    (["--trace=one:sensor_raed"],
     "--trace=one:sensor_raed: no import has such a name; similar: sensor_read"),
    (["--trace=two:sensor_raed"], "--trace=two:sensor_raed: no import has such a name"),
    (["--trace=three:*"],
     "--trace=three:*: no partition has the name before the colon"),
    (["--on", "three:*=deny"],
     "--on three:*=deny: no partition has the name before the colon"),
    (["--trace=twoo:sensor_read"],
     "--trace=twoo:sensor_read: no partition has the name before the colon; "
     "similar: two"),
    (["--on", "two:sensor_read=deny"],
     "--on two:sensor_read=deny: no import has such a name"),
])
def test_a_pattern_that_matches_nothing_is_refused_before_any_start(models, tmp_path,
                                                                    options, problem):
    result = models.run(tmp_path, *options, one="reads", two="prints")
    model = tmp_path / "model.toml"
    assert (result.stderr, result.stdout, result.returncode) == (
        f"host-wrapper: {model}: {problem}\n", "", 125)


def test_a_value_that_does_not_fit_names_the_partition(models, tmp_path):
    result = models.run(tmp_path, "--on", "sensor_read=fail:x", one="prints", two="reads")
    assert result.stderr.startswith(
        "host-wrapper: two: --on sensor_read=fail:x: sensor_read: invalid value; ")
    assert (result.stdout, result.returncode) == ("", 125)


@pytest.mark.parametrize("host", HOSTS)
def test_rules_apply_to_each_partition_or_to_one(models, tmp_path, host):
    rules = tmp_path / "rules"
    rules.write_text("two:sensor_* = fail:5  # it alone\nsensor_read=log\n")
    result = models.run(tmp_path, "--policy", rules, "--on", "_BSP_*=log", host=host,
                        one="reads", two="reads", three="prints")
    ends = dict(re.findall(r"^host-wrapper: (\w+): exit (\d)$", result.stderr, re.M))
    assert ends == {"one": "3", "two": "5", "three": "0"}
    assert of_partition(result.stderr, "one") == ["sensor_read(3) = 3"]
    assert of_partition(result.stderr, "two") == ["sensor_read(3) = 5 (by the policy)"]
    assert len(of_partition(result.stderr, "three")) == 1


def test_a_denied_call_ends_its_partition_alone(models, tmp_path):
    result = models.run(tmp_path, "--on", "one:*=deny", one="reads", two="reads")
    assert "one: stopped by signal 11 (Segmentation fault): called sensor_read, which " \
           "the policy denies (--on one:*=deny), from" in result.stderr
    assert "host-wrapper: two: exit 3\n" in result.stderr


def test_chance_differs_between_partitions_and_is_the_same_in_each_run(models, tmp_path):
    def printed(seed):
        result = models.run(tmp_path, "--on", "sensor_read=fail:0%50", "--seed", seed,
                            one="chance", two="chance")
        return dict(line.split() for line in result.stdout.splitlines())
    first = printed("1")
    assert len(first["[one]"]) == 64 and first["[one]"] != first["[two]"]
    assert printed("1") == first != printed("2")


def processes_of(events):
    return {event["pid"]: event["args"]["name"] for event in events
            if event["name"] == "process_name"}


@pytest.mark.parametrize("host", HOSTS)
def test_a_trace_file_has_a_process_for_each_partition(models, tmp_path, host):
    path = tmp_path / "trace.json"
    result = models.run(tmp_path, "--trace-file", path, "--trace=sensor*",
                        "--trace=three:*", host=host, one="reads", two="prints",
                        three="prints")
    events = read_events(path)
    names = processes_of(events)
    assert list(names.values()) == ["one", "two", "three"]
    calls = [(names[event["pid"]], event["name"]) for event in events
             if event.get("cat") == "call"]
    assert sorted(calls) == [("one", "sensor_read(3)"),
                             ("three", '_BSP_Virtual_Console_write("text\\n", 5)')]
    assert "sensor_read(" not in result.stderr
    assert result.returncode == 3


def test_a_trace_file_of_one_partition_is_like_that_of_a_guest(models, tmp_path):
    path = tmp_path / "trace.json"
    models.run(tmp_path, "--trace-file", path, one="reads")
    events = read_events(path)
    assert processes_of(events) == {1: "one"}
    assert [event["name"] for event in events if event["ph"] == "X"] == [
        "sensor_read(3)"]


def supervisors(process):
    """The kernel lists children in the order of their start."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(child) for child in children.read_text().split()]


def test_a_trace_file_has_whole_events_also_if_a_supervisor_is_killed(models, tmp_path):
    path = tmp_path / "trace.json"
    with models.start(tmp_path, "--trace-file", path, one="flood",
                      two="reads") as process:
        while (line := process.stdout.readline()) != "[one] more\n":
            assert line
        os.kill(supervisors(process)[0], signal.SIGKILL)
        process.stdout.read()
        process.stderr.read()
    events = read_events(path)
    counts = Counter(event["pid"] for event in events if event["ph"] == "X")
    assert counts[2] == 1
    assert process.returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize("kind", ["guest", "provider", "model"])
def test_a_trace_file_does_not_replace_an_input(models, tmp_path, kind):
    model = models.write(tmp_path, one="prints", two="reads")
    path, word = {"guest": (models.guests["reads"], "the guest"),
                  "provider": (models.provider, "a provider"),
                  "model": (model, "the model")}[kind]
    before = path.read_bytes()
    result = run_model(model, "--provider", models.provider, "--trace-file", path,
                       host="process")
    assert result.stderr == (f"host-wrapper: {model}: {path}: is {word} (expected a file "
                             "to overwrite)\n")
    assert (path.read_bytes(), result.returncode) == (before, 125)


def test_a_trace_file_that_is_full_fails_the_run(models, tmp_path):
    result = models.run(tmp_path, "--trace-file", "/dev/full", one="prints", two="prints")
    assert result.stderr.endswith("/dev/full: No space left on device: the trace is "
                                  "incomplete\n")
    assert result.returncode == 125


def test_a_trace_file_that_nobody_reads_fails_the_run(models, tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDWR)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    os.write(reader, bytes(4096))
    result = models.run(tmp_path, "--timeout", "0.5", "--trace-file", path, one="ready")
    os.close(reader)
    assert result.stderr.endswith(f"{path}: Connection timed out: the trace is "
                                  "incomplete\n")
    assert result.returncode == 125


def has_events(path):
    """Some of both partitions."""
    counts = Counter(event["pid"] for event in read_events(path))
    return counts[1] > 5 and counts[2] > 5


@pytest.mark.parametrize("options", [["--trace"], ["--trace-file", "trace.json"]],
                         ids=["text", "file"])
def test_a_trace_that_nobody_reads_does_not_outlast_the_time_out(models, tmp_path,
                                                                 options, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writer, bytes(4096))
    model = models.write(tmp_path, one="ready", two="ready")
    for seconds in "0.5", "3", "15":  # a busy machine takes some of it for the start
        result = subprocess.run(
            [BUILD / "bin/host-wrapper", "--timeout", seconds, *options, "--on",
             "sensor*=log", "--provider", models.provider, "--model", model],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writer,
            timeout=HANGS, check=False)
        assert result.returncode == 128 + signal.SIGKILL
        if "--trace-file" not in options or has_events(tmp_path / "trace.json"):
            break
    os.close(reader)
    os.close(writer)
    assert "--trace-file" not in options or has_events(tmp_path / "trace.json")


def wait_until_ready(process, count):
    for _ in range(count):
        assert process.stdout.readline().endswith("] ready\n")


@pytest.mark.parametrize("host", HOSTS)
def test_each_partition_has_a_socket_of_its_own(models, tmp_path, host):
    with models.start(tmp_path, "--control", tmp_path / "ctl", host=host, one="ready",
                      two="ready") as process:
        wait_until_ready(process, 2)
        one, two = tmp_path / "ctl.one", tmp_path / "ctl.two"
        assert f"sensor_read\t{models.provider}\n" in ctl(one, "list").stdout
        ctl(one, "trace", "on", "sensor_read")
        while not (line := process.stderr.readline()).startswith("[one] "):
            assert line
        ctl(one, "trace", "off", "sensor_read")
        ctl(one, "revoke", "sensor_read")
        while "one: stopped" not in (line := process.stderr.readline()):
            assert line
        assert ("stopped by signal 4 (Illegal instruction): called sensor_read, which "
                "was revoked (host-wrapper ctl), from 0x") in line
        assert process.poll() is None
        ctl(two, "stop")
        process.stdout.read()
        rest = process.stderr.read()
    assert "host-wrapper: two: stopped by signal 15 (Terminated)" in rest
    assert process.returncode == 127
    assert not one.exists() and not two.exists()


def leave_socket(path):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))


def test_a_socket_that_was_left_is_replaced_and_nothing_else(models, tmp_path):
    leave_socket(tmp_path / "ctl.one")
    with models.start(tmp_path, "--control", tmp_path / "ctl", one="ready",
                      two="ready") as process:
        wait_until_ready(process, 2)
        again = models.run(tmp_path, "--control", tmp_path / "ctl", one="prints",
                           two="prints")
        ctl(tmp_path / "ctl.one", "stop")
        ctl(tmp_path / "ctl.two", "stop")
        process.communicate()
    model = tmp_path / "model.toml"
    assert (again.stderr, again.stdout, again.returncode) == (
        f"host-wrapper: {model}: --control {tmp_path}/ctl.one: Address already in use\n",
        "", 125)
    (tmp_path / "ctl.two").write_text("precious")
    result = models.run(tmp_path, "--control", tmp_path / "ctl", one="prints",
                        two="prints")
    assert (result.stderr, result.stdout, result.returncode) == (
        f"host-wrapper: {model}: --control {tmp_path}/ctl.two: File exists\n", "", 125)
    assert (tmp_path / "ctl.two").read_text() == "precious"
    assert not (tmp_path / "ctl.one").exists()


def test_a_path_that_is_too_long_with_a_partitions_name_is_refused(models, tmp_path):
    path = "x" * 104
    result = models.run(tmp_path, "--control", path, a="prints", two="prints")
    assert result.stderr == (f"host-wrapper: {tmp_path}/model.toml: --control "
                             f"{path}.two: File name too long\n")
    assert result.returncode == 125
    assert not Path(f"{path}.a").exists()


def test_the_sockets_do_not_outlive_a_launcher_that_is_killed(models, tmp_path):
    with models.start(tmp_path, "--control", tmp_path / "ctl", one="ready",
                      two="ready") as process:
        wait_until_ready(process, 2)
        assert len(list(tmp_path.glob("ctl.*"))) == 2
        process.kill()
        process.communicate()
        wait_until(lambda: not list(tmp_path.glob("ctl.*")))


def test_an_error_of_a_provider_names_the_partition(models, tmp_path):
    result = models.run(tmp_path, "--provider", "none.so", one="prints", two="prints")
    assert result.stderr == "".join(
        f"host-wrapper: {name}: none.so: No such file or directory\n"
        for name in ("one", "two"))
    assert (result.stdout, result.returncode) == ("", 125)


@pytest.mark.not_sanitized("their processes cannot be traced")
def test_a_signal_during_the_start_of_a_supervisor_ends_its_partition_in_order(
        models, tmp_path):
    """Each supervisor gets it from strace, before it serves signals."""
    started = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=socketpair", "-e",
               "inject=socketpair:signal=TERM:when=1"]
    result = run(*started, BUILD / "bin/host-wrapper", "--provider", models.provider,
                 "--model", models.write(tmp_path, one="ready", two="ready"),
                 check=False, stdin=subprocess.DEVNULL)
    assert re.findall(r"^host-wrapper: (\w+): (stopped by signal 15 \(Terminated\)|its "
                      r"supervisor .*)", result.stderr, re.M) in (
        [("one", "stopped by signal 15 (Terminated)"),
         ("two", "stopped by signal 15 (Terminated)")],
        [("two", "stopped by signal 15 (Terminated)"),
         ("one", "stopped by signal 15 (Terminated)")]), result.stderr
    assert result.returncode == 128 + signal.SIGTERM


def test_core_files_of_partitions_have_different_names_or_are_refused(models, tmp_path):
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().rstrip("\n")
    result = models.run(tmp_path, "--core", one="prints", two="prints")
    if pattern.startswith("|") or "%P" in pattern or "%I" in pattern:
        assert result.returncode == 0
        return
    assert result.stderr == (
        f'host-wrapper: {tmp_path}/model.toml: --core: with kernel.core_pattern '
        f'"{pattern}", partitions would overwrite each other\'s core files (expected %P '
        'in it)\n')
    assert result.returncode == 125
    assert models.run(tmp_path, "--core", one="prints").returncode == 0
