"""The partitions of a model in processes: output, ends, signals, options and ports.

tests/monitor/test_ports.py has what ports do in every host.
"""

import fcntl
import json
import os
import re
import select
import signal
import subprocess
from pathlib import Path

import maps_provider
import pytest
from conftest import BUILD, HANGS, ROOT, Toolbox, children, run
from jsonschema import Draft202012Validator
from partition import build, on_host, run_model, write_model
from terminal_session import wait_until
from time_limits import end_in_time

WRITES = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    static void print(const char *text)
    {
            size_t length = 0;
            while (text[length])
                    length++;
            _BSP_Virtual_Console_write(text, length);
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            (void)print;
            %s
    }
    """
FAULT = "{ int *volatile nowhere = (int *)16; *nowhere = 0; } return 0;"
SOURCES = {
    "parts": 'print("first "); print("line\\nand a rest"); return 0;',
    "long": 'for (int i = 0; i < 50; i++) { print("0123456789"); } return 0;',
    "much": 'for (int i = 0; i < 2000; i++) { print("0123456789\\n"); } return 0;',
    "errors": '_BSP_Virtual_Console_error("trouble\\n", 8); return 3;',
    "fault": FAULT,
    "spin": 'print("spins\\n"); for (;;) ;',
    "flood": 'for (;;) print("more\\n");',
    "echo": """
        for (;;) {
                int byte = _BSP_Virtual_Console_read();
                char text[] = "<.>";
                if (byte == 10)
                        return 0;
                text[1] = (char)byte;
                if (byte > 0)
                        print(text);
        }
        """,
    "silent": "return _BSP_Virtual_Console_read() + 1;",
}


@pytest.fixture(scope="module", name="guests")
def build_guests(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guests")
    built = {name: Toolbox(folder).guest(WRITES % source, name=name)
             for name, source in SOURCES.items()}
    return built | {"hello": BUILD / "guests/hello-x86_64.elf",
                    "hello-i386": BUILD / "guests/hello-i386.elf"}


def write(directory, guests, names, run=None, **keys):
    """A model of one partition for each of the guests."""
    return write_model(directory, {
        re.sub(r"\W", "_", name): (guests[name], 1000, keys.get(name, {}))
        for name in names}, run=run)


def start(path, *options, stdout=subprocess.PIPE, **more):
    return subprocess.Popen([BUILD / "bin/host-wrapper", *options, "--model", path],
                            stdin=subprocess.DEVNULL, stdout=stdout,
                            stderr=subprocess.PIPE, text=True, **more)


def ends(result):
    return sorted(re.findall(r"^host-wrapper: (\w+): (exit \d+|halted|stopped by signal "
                             r"\d+|its supervisor was stopped)", result.stderr, re.M))


def run_with_limit(directory, guests, names, run):
    """run(model) with a limit of the run in which the last of the guests ends itself."""
    return end_in_time(
        lambda seconds: run(write(directory, guests, names, run=f"{seconds} s")),
        lambda result: (names[-1], "halted") not in ends(result))


def test_output_is_whole_lines_after_the_partitions_name(tmp_path, guests):
    result = run_model(write(tmp_path, guests, ["parts", "long", "errors"]),
                       host="process")
    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith("[parts]")] == [
        "[parts] first line", "[parts] and a rest"]
    digits = "0123456789" * 50
    assert [line for line in lines if line.startswith("[long]")] == [
        f"[long] {digits[at:at + 199]}" for at in range(0, 500, 199)]
    assert "\n[errors] trouble\n" in result.stderr
    assert result.returncode == 3


def test_a_single_partition_prints_its_bytes_as_they_are(tmp_path, guests):
    result = run_model(write(tmp_path, guests, ["parts"]), host="process")
    assert result.stdout == "first line\nand a rest"
    assert result.returncode == 0


def test_the_report_says_what_has_no_effect(tmp_path, guests):
    path = write(tmp_path, guests, ["hello"])
    result = run_model(path, host="process")
    assert result.stderr == (
        f"host-wrapper: {path}: slots, schedules, limits of memory and the health table "
        "have no effect with --host process\nhost-wrapper: hello: exit 0\n")


def test_a_partition_that_crashes_takes_no_other_along(tmp_path, guests):
    names = ["hello", "fault", "hello-i386", "errors"]
    result = run_model(write(tmp_path, guests, names), host="process")
    assert ends(result) == [("errors", "exit 3"), ("fault", "stopped by signal 11"),
                            ("hello", "exit 0"), ("hello_i386", "exit 0")]
    assert result.stdout.count("Hello from a guest.") == 2
    assert result.returncode == 128 + 11


def test_the_run_limit_halts_partitions_with_status_0(tmp_path, guests):
    result = run_with_limit(tmp_path, guests, ["spin", "hello"],
                            lambda model: run_model(model, host="process"))
    assert ends(result) == [("hello", "exit 0"), ("spin", "halted")]
    assert result.returncode == 0


def test_the_time_out_ends_all_partitions(tmp_path, guests):
    result = run_model(write(tmp_path, guests, ["spin", "flood"], run="3000 s"),
                       "--timeout", "0.3", host="process")
    assert ends(result) == [("flood", "stopped by signal 9"),
                            ("spin", "stopped by signal 9")]
    assert result.stderr.count("its time is up (--timeout)") == 2
    assert result.returncode == 128 + 9


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_partitions(tmp_path, guests, number):
    with start(write(tmp_path, guests, ["spin", "flood"])) as process:
        for _ in range(100):
            process.stdout.readline()
        process.send_signal(number)
        process.stdout.read()
        printed = process.stderr.read()
    assert len(re.findall(rf"stopped by signal {int(number)} ", printed)) == 2
    assert process.returncode == 128 + number


def test_a_reader_that_does_not_read_does_not_outlast_a_signal(tmp_path, guests):
    with start(write(tmp_path, guests, ["spin", "flood"])) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 128 + signal.SIGTERM


def below(pid):
    """Process numbers of all descendants."""
    try:
        found = [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
                 for child in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return found + [each for child in found for each in below(child)]


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def runners(pid):
    return [each for each in below(pid) if "jumpslot-runner" in command(each)]


def have_ended(pids):
    children()  # this process waits for those without a parent
    return not any(command(each) for each in pids)


def test_nothing_survives_the_death_of_the_launcher(tmp_path, guests):
    with start(write(tmp_path, guests, ["spin", "flood"])) as process:
        for _ in range(100):
            process.stdout.readline()
        wait_until(lambda: len(runners(process.pid)) >= 2 or
                   process.poll() is not None)  # one may be slow to start
        assert process.poll() is None
        all_of_them = below(process.pid)
        process.kill()
        process.wait()
        wait_until(lambda: have_ended(all_of_them))


@pytest.mark.parametrize("victim", ["supervisor", "runner"])
def test_a_killed_process_of_one_partition_ends_that_one_alone(tmp_path, guests, victim):
    path = write(tmp_path, guests, ["spin", "echo"], echo={"console": True})
    with start(path) as process:
        assert process.stdout.readline() == "[spin] spins\n"
        first = first_supervisor(process)
        os.kill(first if victim == "supervisor" else runners(first)[0], signal.SIGKILL)
        report = process.stderr.readline() + process.stderr.readline()
        assert "spin: " in report
        assert "stopped by signal 9 (Killed)" in report
        assert process.poll() is None
        process.terminate()
        process.stdout.read()
        process.stderr.read()
    assert process.returncode == 128 + signal.SIGKILL


def test_the_partition_of_the_console_reads_it_and_others_have_no_input(tmp_path, guests):
    path = write(tmp_path, guests, ["silent", "echo"], echo={"console": True})
    result = run_model(path, host="process", input="ab\n")
    assert "[echo] <a><b>\n" in result.stdout
    assert result.returncode == 0


@pytest.mark.parametrize("options,name", [
    (["--line", "2=fd:0"], "--line"), (["--raw"], "--raw"),
    (["--wait-gdb"], "--wait-gdb"), (["--in-place"], "--in-place"),
    (["--standby", "x", "--control", "x"], "--standby"),
    (["--host", "kvm", "--gdb", "x"], "--gdb"),
])
def test_options_for_one_guest_are_refused(options, name):
    result = run(BUILD / "bin/host-wrapper", *options, "--model", "model", check=False)
    if options[0] != "--line":
        assert result.stderr == f"host-wrapper: {name} cannot be combined with --model\n"
    assert result.returncode == 125


def test_the_guests_clock_is_refused():
    result = run(BUILD / "bin/host-wrapper", "--clock", "guest", "--model", "model",
                 check=False)
    assert result.stderr == ("host-wrapper: --clock guest with --model needs --host "
                             "monitor: here, the partitions share the host's time\n")
    assert result.returncode == 125


SCRIBBLER = maps_provider.SOURCE + """
    #include <stdint.h>
    #include <stdio.h>
    #include <string.h>
    EXTERNAL_FUNC(void, scribble, void)
    EF(scribble)
    static uint64_t state = 1;
    static uint64_t next(void)
    {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return state;
    }
    static void spoil(uint32_t *words, size_t count)
    {
            for (size_t i = 0; i < count; i++)
                    if (next() % 4)
                            words[i] = next() % 3 ? (uint32_t)(next() % 9)
                                                  : (uint32_t)next();
    }
    /* All memory of channels that it may write, and all counts of eventfds. */
    void scribble(void)
    {
            const uint64_t most = UINT64_MAX - 1;
            char *line = read_maps();
            for (; *line; line = strchr(line, '\\n') + 1) {
                    unsigned long start, end;
                    char access[5];
                    if (sscanf(line, "%lx-%lx %4s", &start, &end, access) == 3 &&
                        access[1] == 'w' && strstr(line, "the channel") &&
                        strstr(line, "the channel") < strchr(line, '\\n'))
                            spoil((uint32_t *)start, (end - start) / 4);
            }
            for (int fd = 3; fd < 64; fd++)
                    if (write(fd, &most, sizeof(most)) < 0)
                            continue;
    }
    """
HOSTILE = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    #include <jumpslot/ports.h>
    EXTERNAL_FUNC(void, scribble, void)
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            jumpslot_port_open("bad_out", JUMPSLOT_PORT_SOURCE);
            for (;;)
                    scribble();
    }
    """


def channel(kind, source, port, destination, to_port, more):
    return f"""
[[channel]]
name = "{source}_{port}"
kind = "{kind}"
size = 64
{more}
from = {{ partition = "{source}", port = "{port}" }}
to = [{{ partition = "{destination}", port = "{to_port}", vector = 5 }}]
"""


def test_a_hostile_end_harms_nothing_but_its_channels(tmp_path):
    tools = Toolbox(tmp_path)
    hostile = tools.guest(HOSTILE, name="hostile")
    scribbler = tools.provider(SCRIBBLER, name="scribbler")
    path = write_model(tmp_path, {
        "victim": (build(tools, "ports_victim", "x86_64"), 1000, {}),
        "honest": (build(tools, "ports_rally", "x86_64"), 1000, {}),
        "hostile": (hostile, 1000, {})})
    path.write_text(path.read_text() + "".join([
        channel("queuing", "victim", "out", "honest", "in", "depth = 1"),
        channel("queuing", "honest", "out", "victim", "in", "depth = 1"),
        channel("queuing", "hostile", "bad_out", "victim", "bad_in", "depth = 4"),
        channel("queuing", "victim", "bad_out", "hostile", "bad_in", "depth = 4"),
        channel("sampling", "hostile", "bad_sample", "victim", "bad_sample",
                'refresh = "1 s"')]))
    with start(path, "--sandbox=off", "--provider", scribbler) as process:
        lines = sorted(process.stdout.readline() for _ in range(2))
        process.terminate()
        process.stdout.read()
        printed = process.stderr.read()
    assert lines == ["[honest] done\n", "[victim] done\n"], printed
    assert "hostile: stopped by signal 15" in printed


def ports_model(tmp_path, **others):
    """Two guests that end when a channel is not as they expect."""
    tools = Toolbox(tmp_path)
    path = write_model(tmp_path, {
        "sender": (build(tools, "ports_answers", "x86_64"), 1000, {}),
        "receiver": (build(tools, "ports_rally", "x86_64"), 1000,
                     {"arguments": ["begin"]}),
        **{name: (guest, 1000, {}) for name, guest in others.items()}})
    path.write_text(path.read_text() + channel(
        "queuing", "sender", "questions", "receiver", "in", "depth = 1"))
    return path


def test_the_first_wrong_use_of_a_port_is_reported(tmp_path):
    result = run_model(ports_model(tmp_path), host="process")
    assert re.search(r"^host-wrapper: sender: \d+\.\d{6} ms: wrong use of a port: "
                     r"questions is a source: goes on \(the first of 3\)$",
                     result.stderr, re.M)
    assert re.search(r"^host-wrapper: receiver: \d+\.\d{6} ms: wrong use of a port: "
                     r"out is not declared: goes on$", result.stderr, re.M)


def rules(result, name):
    """The rules of one partition in the output of --print-sandbox."""
    text = result.stdout.partition(f"{name}: sandbox on\n")[2].partition(": sandbox")[0]
    return text.partition("NEEDED BY\n")[2]


@pytest.mark.not_sanitized("they allow no filter")
@pytest.mark.parametrize("host", [on_host("process"), on_host("kvm")])
def test_a_partition_may_do_what_its_ports_need(tmp_path, guests, host):
    path = ports_model(tmp_path, other=guests["hello"])
    result = run_model(path, "--print-sandbox", host=host)
    assert result.returncode == 0, result.stderr
    for rule in ["write if arg0 is what wakes another port",
                 "read if arg0 is where a port waits",
                 "write if arg0 is where a port waits", "ppoll if arg1 == 1"]:
        assert re.search(rf"^  {rule} +jumpslot_port_send, jumpslot_port_receive$",
                         rules(result, "sender"), re.M), result.stdout
        assert rule not in rules(result, "other")


def test_the_report_in_json_has_all_partitions(tmp_path, guests):
    names = ["hello", "fault", "spin", "errors"]
    result = end_in_time(
        lambda seconds: run_model(write(tmp_path, guests, names, run=f"{seconds} s"),
                                  "--report=json", host="process"),
        lambda result: result.stderr.count("halted") == 1)
    report = json.loads(result.stderr.splitlines()[-1])
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    Draft202012Validator({**schema,
                          "oneOf": [{"$ref": "#/$defs/model_report"}]}).validate(report)
    found = {each["name"]: (each["standing"], each["end"]["end"], each["end"]["status"])
             for each in report["partitions"]}
    assert found == {"hello": ("exited", "exit", 0), "fault": ("stopped", "signal", 139),
                     "spin": ("halted", "exit", 0), "errors": ("exited", "exit", 3)}
    assert report["status"] == result.returncode == 139
    assert "no effect" not in result.stderr


def test_the_report_in_json_says_why_nothing_starts(tmp_path, guests):
    names = {"good": guests["hello"], "bad": BUILD / "guests/calculator-x86_64.elf"}
    path = write_model(tmp_path, {name: (guest, 1000, {})
                                  for name, guest in names.items()})
    result = run_model(path, "--report=json", host="process")
    report = json.loads(result.stderr)
    assert [each["standing"] for each in report["partitions"]] == ["not started",
                                                                  "refused"]
    assert (report["status"], result.stdout) == (127, "")


def standings(result):
    """(standing, whether its own report is there) of each partition, by its name."""
    report = json.loads(result.splitlines()[-1])
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    Draft202012Validator({**schema,
                          "oneOf": [{"$ref": "#/$defs/model_report"}]}).validate(report)
    return {each["name"]: (each["standing"], each["end"] is not None)
            for each in report["partitions"]}


def first_supervisor(process):
    """The kernel lists children in the order of their start."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return int(children.read_text().split()[0])


def test_the_report_in_json_knows_a_partition_whose_supervisor_was_killed(tmp_path,
                                                                          guests):
    path = write(tmp_path, guests, ["spin", "hello"])
    with start(path, "--report=json") as process:
        while (line := process.stdout.readline()) != "[spin] spins\n":
            assert line
        os.kill(first_supervisor(process), signal.SIGKILL)
        process.stdout.read()
        printed = process.stderr.read()
    assert standings(printed) == {"spin": ("stopped", False), "hello": ("exited", True)}
    assert process.returncode == 128 + signal.SIGKILL


@pytest.mark.parametrize("options", [[], ["--report=json"]], ids=["text", "json"])
def test_a_report_that_nobody_reads_does_not_outlast_the_time_out(tmp_path, guests,
                                                                  options):
    path = write(tmp_path, guests, ["spin", "hello"])
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.write(writer, b"x" * 4096)
    result = subprocess.run(
        [BUILD / "bin/host-wrapper", "--timeout", "0.3", *options, "--model", path],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writer,
        timeout=HANGS, check=False)
    os.close(reader)
    os.close(writer)
    assert result.returncode == 128 + signal.SIGKILL


def run_before_reading(model):
    """With a pipe that has room for less."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    with open(reader) as output, start(model, stdout=writer) as process:
        os.close(writer)
        select.select([output], [], [])  # then, all partitions have started
        wait_until(lambda: not below(process.pid))
        text = output.read()
        errors = process.stderr.read()
    return subprocess.CompletedProcess(process.args, process.returncode, text, errors)


def test_a_slow_reader_gets_all_lines_at_the_end_of_the_run(tmp_path, guests):
    """It starts to read when the partitions have ended."""
    result = run_with_limit(tmp_path, guests, ["spin", "much"], run_before_reading)
    assert result.stdout.splitlines().count("[much] 0123456789") == 2000
    assert result.returncode == 0


REFUSES = """
    #include <jumpslot/provider.h>
    #include <errno.h>
    #include <stdio.h>
    EXTERNAL_FUNC(int, answer, int)
    EF(answer)
    int answer(int a) { return a; }
    int jumpslot_provider_init(const char *options, char *message, size_t size)
    {
            (void)options;
            snprintf(message, size, "not today");
            return -EINVAL;
    }
    """


def test_a_runner_that_refuses_is_not_reported_as_an_exit(tmp_path):
    tools = Toolbox(tmp_path)
    guest = tools.guest("""
        #include <jumpslot/entry.h>
        #include <jumpslot/external_func.h>
        EXTERNAL_FUNC(int, answer, int)
        JUMPSLOT_ENTRY(info) { (void)info; return answer(0); }
        """)
    path = write(tmp_path, {"asks": guest}, ["asks"])
    options = "--provider", tools.provider(REFUSES)
    text = run_model(path, *options, host="process")
    provider = options[1]
    assert text.stderr.splitlines()[1:] == [
        f"host-wrapper: asks: provider {provider}: not today"]
    result = run_model(path, "--report=json", *options, host="process")
    assert "not today" in result.stderr
    assert standings(result.stderr) == {"asks": ("refused", True)}
    assert text.returncode == result.returncode == 125
