"""guests/rtos: one source that behaves the same on the bare machine and as a guest."""

import os
import pty
import re
import signal
import subprocess
import termios
import time
from pathlib import Path

import pytest
from conftest import BUILD, HOST, ROOT, WRAPPER, children, run
from host_abilities import ARCHES
from rtos_machine import Machine, Session
from terminal_session import children_of, is_runner

RTOS = ROOT / "guests/rtos"
# SOAK_SECONDS=600 runs the soak test for ten minutes.
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", 60))
VIRTUAL = ARCHES[HOST]
LIMIT = 600  # seconds: only a hang takes that long


@pytest.fixture(params=[*VIRTUAL, "native"])
def machine(request):
    return Machine(request.param)


@pytest.fixture(params=VIRTUAL)
def virtual(request):
    return Machine(request.param)


@pytest.mark.parametrize("options", [[], ["tickless"]], ids=["ticks", "tickless"])
def test_the_scenario_prints_the_same_lines_everywhere(machine, options):
    expected = (ROOT / "tests/rtos/scenario.txt").read_text()
    assert machine.run("scenario", *options) == (expected, "", 0)


@pytest.mark.parametrize("options", [[], ["tickless"]], ids=["ticks", "tickless"])
def test_the_scenario_prints_the_same_lines_on_a_clock_of_its_own(virtual, options):
    expected = (ROOT / "tests/rtos/scenario.txt").read_text()
    result = run(*WRAPPER, "--clock", "guest", "--timeout", LIMIT,
                 BUILD / f"guests/rtos-scenario-{virtual.name}.elf", *options,
                 check=False, stdin=subprocess.DEVNULL)
    assert (result.stdout, result.stderr, result.returncode) == (expected, "", 0)


def lua_results(jobs):
    """The results of Debian's lua5.4, one job after the other."""
    script = f"local work = dofile('{RTOS}/lua/jobs.lua')\n" \
             f"for n = 1, {jobs} do print(n .. ': ' .. work(n)) end"
    return run("lua5.4", "-", input=script).stdout


@pytest.mark.parametrize("jobs", [1, 120])
def test_preempted_lua_threads_compute_what_lua_computes(machine, jobs):
    last = "all 5 workers were interrupted, and computed the same\n"
    assert machine.run("lua", f"jobs={jobs}") == (lua_results(jobs) + last, "", 0)


SUMMARY = re.compile(
    r" *(\d+) s: (\d+) jobs, (\d+) late, 0 unexplained; (\d+) inherited, 0 held up\n"
    r"        (\d+) messages, 0 out of order; (\d+) interrupts, 0 lost\n"
    r"        (\d+) computed, 0 wrong; (\d+) restarts, 0 not released; (\d+) missed\n"
    r"soak: passed\n")


def check_soak(text, seconds):
    """Check the last summary; return its figures by name."""
    names = ("seconds jobs late inherited messages interrupts computed restarts "
             "missed").split()
    found = SUMMARY.search(text)
    assert found, text
    seen = dict(zip(names, map(int, found.groups())))
    assert seen["seconds"] == seen["restarts"] == seconds
    # The exact counts depend on the load of this machine. Where it misses most of the
    # thousand ticks of a second, some may never happen.
    often = "jobs inherited messages interrupts computed".split()
    assert (min(seen[name] for name in often) >= seconds or
            seen["missed"] > 500 * seconds), seen
    return seen


@pytest.fixture
def start():
    """Start an image in the background, with pipes; kill it at the end of the test."""
    processes = []

    def start(machine, application, *options, wrapper=(), **files):
        command = machine.command(application, *options, wrapper=wrapper)
        pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
        processes.append(subprocess.Popen([str(word) for word in command], **{
            "stdin": subprocess.DEVNULL, **pipes, **files}))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_32_threads_at_1000_hz_miss_nothing_that_the_backlog_does_not_explain(start):
    processes = [start(Machine(name), "soak", f"seconds={SOAK_SECONDS}")
                 for name in VIRTUAL]
    for process in processes:
        output, errors = process.communicate(timeout=SOAK_SECONDS + LIMIT)
        assert (errors, process.returncode) == (b"", 0), output.decode()
        check_soak(output.decode(), SOAK_SECONDS)


def test_the_soak_passes_without_ticks_in_idle_time_as_well(virtual):
    output, errors, status = virtual.run("soak", "seconds=2", "tickless")
    assert (errors, status) == ("", 0), output
    check_soak(output, 2)


def test_the_soak_is_never_late_on_a_clock_of_its_own(virtual):
    result = run(*WRAPPER, "--clock", "guest", "--timeout", LIMIT,
                 BUILD / f"guests/rtos-soak-{virtual.name}.elf", "seconds=2",
                 stdin=subprocess.DEVNULL)
    seen = check_soak(result.stdout, 2)
    assert (seen["late"], seen["missed"], result.stderr) == (0, 0, "")


def runner_of(process):
    """Wait until the guest uses its clock; return the process that holds it."""
    while True:
        assert process.poll() is None
        for child in filter(is_runner, children_of(process.pid)):
            if Path(f"/proc/{child}/timers").read_text():
                return child


def test_a_kernel_that_was_stopped_for_a_while_catches_up(virtual, start):
    """Each of the four stops misses about a hundred ticks, which explain late jobs."""
    process = start(virtual, "soak", "seconds=3")
    runner = runner_of(process)
    for _ in range(4):
        time.sleep(0.1)
        os.kill(runner, signal.SIGSTOP)
        time.sleep(0.1)
        os.kill(runner, signal.SIGCONT)
    output, errors = process.communicate(timeout=LIMIT)
    assert (errors, process.returncode) == (b"", 0), output.decode()
    seen = check_soak(output.decode(), 3)
    assert seen["missed"] >= 350 and seen["late"] >= 18


def test_the_native_soak_passes_where_the_clock_stands_still_with_the_processor():
    """QEMU derives the time from instructions, so no job is late."""
    native = Machine("native")
    result = subprocess.run([str(word) for word in native.command("soak", "seconds=5")] +
                            ["-icount", "shift=3,sleep=off"],
                            stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
    output = result.stdout.decode().replace("\r\n", "\n")
    assert (native.status(result.returncode), result.stderr) == (0, b""), output
    assert check_soak(output, 5)["late"] == 0


def test_a_killed_guest_leaves_nothing_that_affects_the_next_run(virtual, start):
    process = start(virtual, "soak", "seconds=60")
    runner = runner_of(process)
    process.kill()
    process.wait()
    while runner in children():
        time.sleep(0.01)
    output, errors, status = virtual.run("soak", "seconds=1")
    assert (errors, status) == ("", 0), output


LINK = {"x86_64": ["-m64", "-T", ROOT / "linkscripts/externals.ld"],
        "i386": ["-m32", "-T", ROOT / "linkscripts/externals.ld"],
        "native": ["-m32", "-T", ROOT / "linkscripts/guest-i386.ld"]}


def link(machine, application, image, changes=()):
    """Link the kernel with an application, a file or a folder. Each change is a pair of
    files: the second replaces the first."""
    cpu = "cpu/native" if machine.is_native else "cpu/virtual"
    context = "x86_64" if machine.name == "x86_64" else "i386"
    sources = {path for folder in ("kernel", cpu)
               for path in (RTOS / folder).glob("*.[cS]")}
    sources |= {RTOS / f"cpu/context_{context}.S"}
    sources |= set(application.glob("*.c")) if application.is_dir() else {application}
    sources = sources - {old for old, _ in changes} | {new for _, new in changes}
    run("gcc", "-O2", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-nostdlib",
        "-static", "-Wl,--gc-sections", f"-I{ROOT}/guest-macros",
        *(f"-I{RTOS / folder}" for folder in ("kernel", "cpu", cpu, "apps/scenario")),
        *LINK[machine.name], *sources, "-lgcc", "-o", image)
    return image


def changed(tmp_path, application, file, old, new):
    """Build an x86-64 image of the kernel with one change."""
    source = (RTOS / file).read_text()
    assert source.count(old) == 1
    other = tmp_path / Path(file).name
    other.write_text(source.replace(old, new))
    return link(Machine("x86_64"), RTOS / "apps" / application, tmp_path / "changed.elf",
                [(RTOS / file, other)])


@pytest.mark.parametrize("file, old, new, seen", [
    ("kernel/wait.c", "if (first && first->priority < priority)", "if (0)",
     r" 0 inherited, [1-9]\d* held up"),
    ("kernel/queue.c", "place(queue, 0)", "place(queue, queue->count - 1)",
     r"[1-9]\d* out of order"),
    ("kernel/thread.c", "\tgive_away(thread);", "", r"[1-9]\d* not released"),
    ("kernel/clock.c", "\twhile (periods--) {", "\tstatic int lost;\n\tif (lost++ % 8) {",
     r"soak: \d+ ticks, but \d+ interrupts"),
], ids=["inheritance", "order", "release", "ticks"])
def test_the_soak_detects_a_broken_kernel(tmp_path, file, old, new, seen):
    """On a clock of its own: on a busy machine, it does too little in 2 seconds."""
    image = changed(tmp_path, "soak.c", file, old, new)
    result = run(*WRAPPER, "--clock", "guest", "--timeout", LIMIT, image, "seconds=2",
                 check=False)
    assert re.search(seen, result.stdout) and "soak: failed" in result.stdout, result
    assert result.returncode == 1


@pytest.mark.parametrize("rate", [0, 24, 10001])
def test_a_clock_rate_out_of_range_is_refused(tmp_path, rate):
    image = changed(tmp_path, "soak.c", "apps/soak.c", "RATE	       1000",
                    f"RATE {rate}u")
    result = run(*WRAPPER, "--timeout", LIMIT, image, check=False)
    assert (result.stdout, result.returncode) == (
        f"kernel: clock rate {rate}: out of range (expected 25 to 10000 per second)\n",
        70)


def test_a_clock_rate_that_the_host_refuses_ends_the_kernel(tmp_path):
    """The shortest period of any host is longer."""
    changes = []
    for file, old, new in [("apps/soak.c", "RATE	       1000", "RATE 200000"),
                           ("kernel/clock.c", "> CLOCK_RATE_MAX", "> 200000")]:
        text = (RTOS / file).read_text()
        assert text.count(old) == 1
        (tmp_path / Path(file).name).write_text(text.replace(old, new))
        changes.append((RTOS / file, tmp_path / Path(file).name))
    image = link(Machine("x86_64"), RTOS / "apps/soak.c", tmp_path / "fast.elf", changes)
    result = run(*WRAPPER, "--timeout", LIMIT, image, check=False)
    assert (result.stdout, result.returncode) == (
        "kernel: clock rate 200000: too fast for this machine\n", 70)


def test_the_tick_counter_may_wrap(tmp_path):
    """It wraps while threads wait for ticks before and after the wrap."""
    image = changed(tmp_path, "scenario", "kernel/timeout.c", "uint32_t now;",
                    "uint32_t now = -61u;")
    result = run(*WRAPPER, "--timeout", LIMIT, image)
    assert result.stdout == (ROOT / "tests/rtos/scenario.txt").read_text()


def test_a_tick_before_a_restarted_thread_works_is_not_counted(tmp_path):
    """Three ticks come first. The killed thread in the same memory was at work."""
    image = changed(tmp_path, "scenario", "apps/scenario/endings.c",
                    '\tsay("started");\n', """
        extern uint64_t _BSP_Virtual_Clock_read(void);
        const uint64_t end = _BSP_Virtual_Clock_read() + 30000000;

        while (_BSP_Virtual_Clock_read() < end)
                ;
        say("started");
        """)
    result = run(*WRAPPER, "--timeout", LIMIT, image, check=False)
    assert (result.stdout, result.stderr, result.returncode) == (
        (ROOT / "tests/rtos/scenario.txt").read_text(), "", 0)


PANICS = {
    "overflow": "corners: stack overflow: 16384 bytes are too few",
    "idle-priority": "corners: priority 31: out of range (expected 0 to 30)",
    "below-idle": "other: priority 32: out of range (expected 0 to 30)",
    "little-stack": "other: stack of 16368 bytes: too small (expected at least 16384)",
    "odd-stack": "other: stack of 16384 bytes: address or size not aligned to 16",
}
PRINTED = """\
[ab] [ ab] [ab ] [ab] [c]
[2147483647] [-2147483648] [ -12] [-12 ]
[4294967295] [deadbeef] [  7] [7  ] [%]
""" + "0123456789" * 16


@pytest.fixture(scope="module", params=[*VIRTUAL, "native"])
def corners(request, tmp_path_factory):
    """Run tests/rtos/guests/corners.c with options."""
    machine = Machine(request.param)
    image = link(machine, ROOT / "tests/rtos/guests/corners.c",
                 tmp_path_factory.mktemp("rtos") / "corners")
    return lambda *options: machine.run(image, *options)


@pytest.mark.parametrize("option", PANICS)
def test_a_fatal_error_ends_the_kernel_with_a_message(corners, option):
    assert corners(option) == (f"kernel: {PANICS[option]}\n", "", 70)


@pytest.mark.parametrize("option, nesting", [
    ("handler", 1), ("open-handler", 1), ("closed", 0)])
def test_a_fault_outside_a_thread_ends_the_machine(corners, option, nesting):
    output, errors, status = corners(option)
    if errors:
        assert status == 128 + signal.SIGFPE and "stopped by signal 8" in errors
        assert output == "" and f"virtual CPU: level 1, nesting {nesting}," in errors
    else:
        assert status == 70
        assert re.fullmatch(r"kernel: exception 0 \(division\) at [0-9a-f]+, error 0\n",
                            output)


def test_a_thread_killed_by_a_handler_does_not_run_again(corners):
    assert corners("tick") == ("", "", 9)


def test_output_of_several_threads_is_not_mixed(corners):
    output, errors, status = corners("lines")
    assert (errors, status) == ("", 0)
    assert sorted(output.splitlines()) == 300 * ["a" * 159] + 300 * ["b" * 159]


def test_tickless_idle_takes_fewer_interrupts_than_ticks(corners):
    """A PC's timer skips at most four ticks; a host's clock skips any number."""
    output, errors, status = corners("naps", "tickless")
    assert (output, errors) == ("", "") and 0 < status <= 100


@pytest.mark.parametrize("options, number", [
    ([], 5), (["number=0"], 0), (["number=17", "number=18"], 17),
    (["number=1000001"], 1000000), (["number=99999999999"], 1000000),
    (["number="], 5), (["number=x"], 5), (["number"], 5),
    (["numbers=3", "anumber=4", "closed=1", "closedness", "number=12x"], 12)])
def test_options_are_whole_words_and_numbers_have_a_limit(corners, options, number):
    """The same image also shows the conversions of print()."""
    assert corners(*options) == (f"{PRINTED}\n{number}\n", "", 0)


@pytest.fixture
def shell(machine, start):
    """The shell with tickless idle, on pipes."""
    process = start(machine, "shell", "tickless", stdin=subprocess.PIPE)
    return Session(process, process.stdin.fileno(), process.stdout.fileno())


def test_the_shell_starts_again_warm_and_cold_and_ends_with_a_status(machine, shell):
    assert "shell: start 1, " in shell.read_until("> ")
    for mode, starts in ("warm", 2), ("warm", 3), ("cold", 1):
        shell.type(f"reboot {mode}\n")
        shell.read_until(f"shell: start {starts}, ")
        shell.read_until("> ")
    shell.type("exit 42\n")
    assert machine.status(shell.wait()) == 42


def test_input_during_tickless_idle_does_not_disturb_the_time(machine, shell):
    def ticks():
        """The shell's tick count, and the time before and after it, in ticks."""
        before = time.monotonic() * 100
        shell.type("ticks\n")
        said = int(re.search(r"(\d+) ticks, 100 per second",
                             shell.read_until("own\n"))[1])
        shell.read_until("> ")
        return said, before, time.monotonic() * 100

    shell.read_until("> ")
    first, first_before, first_after = ticks()
    for _ in range(500):
        shell.type("x\x7f")
        shell.read_until("\b \b")
    last, last_before, last_after = ticks()
    assert last - first <= last_after - first_before + 1
    # QEMU itself may stop for longer than its timer can count.
    assert machine.is_native or last - first >= last_before - first_after - 1


@pytest.fixture
def terminal(machine, start):
    """The shell on a new terminal, the terminal, and its mode before."""
    ours, its = pty.openpty()
    mode = termios.tcgetattr(its)
    files = dict.fromkeys(("stdin", "stdout", "stderr"), its)
    process = start(machine, "shell", wrapper=["--raw"], **files)
    yield Session(process, ours, ours), its, mode
    process.kill()
    process.wait()
    os.close(ours)
    os.close(its)


def test_the_shell_reads_single_keys_from_a_terminal(machine, terminal):
    shell, device, mode = terminal
    shell.read_until("> ")

    def answer(keys, echo):
        shell.type(keys)
        assert shell.read_until(echo) == echo
        return shell.read_until("> ")[:-len("> ")]

    shell.type("ec")
    assert shell.read_until("ec") == "ec", "before the line is complete"
    assert answer("X\x7fho hello\r", "X\b \bho hello\n") == "hello\n"
    assert answer("wrong\x15echo right\n",
                  "wrong" + 5 * "\b \b" + "echo right\n") == "right\n"
    assert answer("x" * 100 + "\r", "x" * 79 + "\n") == \
        "x" * 79 + ": unknown command (try help)\n"
    assert answer("work\r", "work\n") == answer("sleep 20\r", "sleep 20\n") == ""
    threads = answer("threads\r", "threads\n")
    assert re.search(r"^shell +4 +running ", threads, re.M)
    assert re.search(r"^worker +8 +ready +\d\d", threads, re.M), threads
    assert answer("fault\r", "fault\n") == "worker: ended by a fault: division\n"
    assert "worker" not in answer("threads\r", "threads\n")
    assert answer("exit 300\r", "exit 300\n") == \
        "300: invalid status (expected 0 to 127)\n"
    shell.type("exit 7\r")
    assert machine.status(shell.wait()) == 7
    assert termios.tcgetattr(device) == mode


def bound_in(errors):
    """The functions that a guest called, from host-wrapper's report."""
    return set(re.findall(r"^  bound (\w+)$", errors, re.M))


def bound(machine, application, *options):
    command = machine.command(application, *options, wrapper=["--report"])
    return bound_in(run(*command, stdin=subprocess.DEVNULL).stderr)


def bound_by_the_shell(machine, start):
    """The functions called with tickless idle, after the shell has been idle."""
    process = start(machine, "shell", "tickless", wrapper=["--report"],
                    stdin=subprocess.PIPE)
    shell = Session(process, process.stdin.fileno(), process.stdout.fileno())
    shell.read_until("> ")
    status = Path(f"/proc/{runner_of(process)}/status")
    while "State:\tS" not in status.read_text():
        assert process.poll() is None
    shell.type("exit\n")
    return bound_in(process.communicate(timeout=LIMIT)[1].decode())


def declared(header, pattern):
    text = (ROOT / "guest-macros/jumpslot" / header).read_text()
    return set(re.findall(pattern, text, re.M))


def test_the_applications_call_every_paravirtual_function(virtual, start):
    external = set().union(*(
        declared(header, r"^EXTERNAL_FUNC\(\w+, (_(?:CPU|BSP)_Virtual_\w+)")
        for header in ("virt_cpu.h", "virt_bsp.h")))
    assert len(external) >= 22
    called = bound(virtual, "scenario") | bound(virtual, "scenario", "tickless")
    called |= bound(virtual, "lua", "jobs=1") | bound_by_the_shell(virtual, start)
    # A guest that restarts prints no report; the shell's test covers the restart. The
    # kernel has no use for the others, which tests/ports and tests/newlib call.
    assert external - called == {"_BSP_Virtual_reset", "_BSP_Virtual_Console_error",
                                 "_CPU_Virtual_Irq_clear", "_CPU_Virtual_Irq_state"}
    inline = declared("virt_cpu.h", r"^static inline \w+ (_CPU_Virtual_\w+)")
    assert len(inline) == 7
    sources = "".join(path.read_text() for path in (RTOS / "cpu/virtual").iterdir())
    assert {name for name in inline if name + "(" not in sources} == set()
