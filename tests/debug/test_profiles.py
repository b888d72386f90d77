"""perf and callgrind attribute a guest's time to its functions, by name and line."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, Toolbox, run
from debug_guest import DebugGuest, environment

KINDS = ["x86_64", "i386", "x86_64 pie"]
# No interrupts and no fault handler, which valgrind does not run (docs/profiling.md).
PLAIN = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, host_work, int)
    static volatile unsigned worked;
    __attribute__((__noinline__, __noclone__)) static void guest_work(unsigned rounds)
    {
            for (unsigned i = 0; i < rounds; i++)
                    worked = worked * 33 + i;
    }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            guest_work(20000);
            return host_work(10000) & 1;
    }
    """
# Works until a hundred interrupts of the clock have come, whose handler works, too.
TICKING = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    static volatile unsigned worked, ticked, ticks;
    static __attribute__((__noinline__)) void tick_work(void)
    {
            for (unsigned i = 0; i < 1000000; i++)
                    ticked = ticked * 33 + i;
    }
    static void handler(int vector, void *frame)
    {
            (void)frame;
            tick_work();
            ticks++;
            _CPU_Virtual_Irq_ack(vector);
    }
    static __attribute__((__noinline__)) void guest_work(void)
    {
            while (ticks < 100)
                    worked = worked * 33 + 1;
    }
    JUMPSLOT_ENTRY(info)
    {
            const uint64_t period = 5000000;
            (void)info;
            if (_CPU_Virtual_Set_handler(handler) ||
                _CPU_Virtual_Irq_request(JUMPSLOT_VECTOR_CLOCK) ||
                _BSP_Virtual_Clock_init())
                    return 1;
            _BSP_Virtual_Clock_periodic(_BSP_Virtual_Clock_read() + period, period);
            _CPU_Virtual_Interrupts_open();
            guest_work();
            return 0;
    }
    """
HOST = """
    #include <jumpslot/provider.h>
    EXTERNAL_FUNC(int, host_work, int)
    EF(host_work)
    int host_work(int rounds)
    {
            volatile int worked = 0;
            for (int i = 0; i < rounds; i++)
                    worked ^= i;
            return worked;
    }
    """


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return request.param.split()


def perf(directory, *words):
    result = subprocess.run(["perf", *map(str, words)], cwd=directory, text=True,
                            env=environment(), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            timeout=HANGS)
    return result.stdout, result.stderr


def test_perf_attributes_samples_to_the_guests_functions(kind, tmp_path):
    guest = DebugGuest(tmp_path, *kind)
    _, errors = perf(tmp_path, "record", "-e", "cpu-clock", "-o", "data", "--",
                     *guest.command("w", options=["--sandbox=on"]))
    assert (tmp_path / "data").exists(), errors
    shown, errors = perf(tmp_path, "report", "-i", "data", "--stdio", "--sort", "dso,sym")
    share = re.search(r"^ +([\d.]+)% +(\S+) +\[\.\] work_hard", shown, re.M)
    assert share, shown + errors
    assert share[2] == guest.guest.name
    assert float(share[1]) > 50
    # Another tool of perf, with lines.
    shown, errors = perf(tmp_path, "script", "-i", "data", "-F", "ip,sym,srcline")
    lines = re.findall(r"work_hard\n +frames_guest\.c:(\d+)", shown)
    assert lines, shown[:2000] + errors


def test_perf_attributes_samples_to_the_guest_while_its_clock_ticks(kind, tmp_path):
    """To the handler and to the interrupted code."""
    guest = Toolbox(tmp_path, kind[0]).guest(TICKING, name="ticking", pie=len(kind) > 1)
    _, errors = perf(tmp_path, "record", "-e", "cpu-clock", "-o", "data", "--",
                     BUILD / "bin/host-wrapper", guest)
    shown, more = perf(tmp_path, "report", "-i", "data", "--stdio", "--sort", "dso,sym")
    for function in "guest_work", "tick_work":
        assert re.search(rf"%  *{guest.name} +\[\.\] {function}", shown), \
            shown + errors + more


def test_perf_names_thunks_of_the_gate(tmp_path):
    guest = DebugGuest(tmp_path, "x86_64")
    _, errors = perf(tmp_path, "record", "-e", "cpu-clock", "-o", "data", "--",
                     *guest.command("v", options=["--perf-map"]))
    shown, _ = perf(tmp_path, "script", "-i", "data", "--show-task-events")
    numbers = {int(number) for number in
               re.findall(r"PERF_RECORD_FORK\((\d+):", shown)}
    maps = [Path(f"/tmp/perf-{number}.map") for number in numbers]
    written = [path for path in maps if path.exists()]
    assert len(written) == 1, shown + errors
    assert re.search(r"^[0-9a-f]+ 10 gate\.host_stop$", written[0].read_text(), re.M)
    written[0].unlink()


def test_callgrind_attributes_instructions_to_both_sides(kind, tmp_path):
    tools = Toolbox(tmp_path, kind[0])
    guest = tools.guest(PLAIN, name="plain", pie=len(kind) > 1)
    provider = tools.provider(HOST)
    result = subprocess.run(
        ["valgrind", "--tool=callgrind", "--trace-children=yes",
         f"--callgrind-out-file={tmp_path}/callgrind.%p", BUILD / "bin/host-wrapper",
         "--in-place", "--sandbox=off", "--provider", provider, guest],
        env=environment(), capture_output=True, text=True, timeout=HANGS)
    assert result.returncode in (0, 1), result.stderr
    profile, = tmp_path.glob("callgrind.*")
    shown = run("callgrind_annotate", "--auto=no", "--threshold=100", profile).stdout
    for function, file in ("guest_work", guest.name), ("host_work", provider.name):
        count = re.search(rf"^ *([\d,]+) .*:{function} \[\S+/{file}\]$", shown, re.M)
        assert count, shown
        assert int(count[1].replace(",", "")) > 50000
