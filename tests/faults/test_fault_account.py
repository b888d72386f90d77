"""The runner's account after a fault: registers, last function, the guest's stack."""

import json
import re
import shutil

import pytest
from conftest import BUILD, HOST, each_arch as arch, run as run_command
from time_limits import end_in_time

GUEST = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    EXTERNAL_FUNC_OPTIONAL(int, sensor, int)
    int *volatile wild = (int *)16;
    __attribute__((noinline)) int inner(int depth);
    int inner(int depth)
    {
            if (depth) return inner(depth - 1) + 1;
            %s
    }
    JUMPSLOT_ENTRY(info) { (void)info; return inner(2) + 1; }
    """
PROVIDER = """
    #include <jumpslot/provider.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, sensor, int)
    EF(sensor)
    int sensor(int wait)
    {
            while (wait) pause();
            return 1;
    }
    """
FAULT = "return sensor(0) + *wild;"
ACCOUNT = ("  place and cause above, and these lines, are the runner's account, not "
           "verified:\n")


def run(tools, body, *options, flags=()):
    provider = [] if HOST == "monitor" else ["--provider", tools.provider(PROVIDER)]
    return tools.wrapper("--sandbox=off", *options, *provider,
                         tools.guest(GUEST % body, *flags))


def frames(stderr):
    return re.findall(r"^      0x[0-9a-f]+ <(\w+)\+0x[0-9a-f]+>, \S+\.c:\d+$", stderr,
                      flags=re.MULTILINE)


@pytest.mark.parametrize("flags", [
    (), ("-fno-asynchronous-unwind-tables", "-fno-omit-frame-pointer", "-gdwarf-4")],
    ids=["unwind tables", "frame pointers"])
def test_a_fault_shows_registers_last_function_and_stack(tools, arch, flags):
    result = run(tools, FAULT, flags=flags)
    assert result.stderr.count(ACCOUNT) == 1
    pc = re.search(r" at (0x[0-9a-f]+) <inner", result.stderr)[1]
    name = {"x86_64": "rip", "i386": "eip"}[arch]
    assert re.search(rf"^    {name}    {pc} ", result.stderr, flags=re.MULTILINE)
    assert "    last gated function: sensor\n" in result.stderr
    assert frames(result.stderr)[0] == "inner" and frames(result.stderr)[-1] == "_start"
    assert result.returncode == 139


def test_the_report_as_json_has_the_same(tools, arch):
    result = run(tools, FAULT, "--report=json")
    report = json.loads(result.stderr)
    account = report["runner_account"]
    assert (report["status"], report["end"], report["signal"]) == (139, "signal", 11)
    assert (account["kind"], account["address"]) == ("signal", "0x10")
    assert account["last_gated_function"] == "sensor"
    assert account["registers"][{"x86_64": "rip", "i386": "eip"}[arch]] == account["pc"]
    assert re.match(r"<inner\+", account["backtrace"][0]["symbol"])
    assert account["backtrace"][0]["line"] > 0
    assert result.returncode == 139


def test_a_report_without_registers_is_marked_as_the_runners_account(tools, arch):
    """A stack pointer of 0 stands for registers that the runner has not left."""
    result = run(tools, '__asm__ volatile("xor %esp, %esp\\n ud2"); return 0;')
    first, *rest = result.stderr.splitlines(keepends=True)
    assert ": stopped by signal 4 (Illegal instruction) at 0x" in first
    assert rest == ["  place and cause above are the runner's account, not verified\n"]
    assert result.returncode == 132


def run_out_of_time(tools, body):
    """With that, once it has said so."""
    begin = '_BSP_Virtual_Console_write("begun\\n", 6); '
    return end_in_time(lambda seconds: run(tools, begin + body, "--timeout", seconds),
                       lambda result: result.stdout == "begun\n")


def test_of_a_time_out_the_place_alone_is_the_runners_account(tools, arch):
    result = run_out_of_time(tools, '__asm__ volatile("xor %esp, %esp\\n 1: jmp 1b"); '
                                    "return 0;")
    assert re.search(r"\(--timeout\)\n  it was at 0x.*\n"
                     r"  the place above is the runner's account, not verified\n\Z",
                     result.stderr), result.stderr


def test_an_ordinary_end_as_json_has_no_account(tools, arch):
    result = tools.wrapper("--report=json", BUILD / f"guests/hello-{arch}.elf")
    report = json.loads(result.stderr)
    assert (report["status"], report["end"], report["signal"]) == (0, "exit", None)
    assert report["runner_account"] is None


def test_a_time_out_says_that_the_guest_ran(tools, arch):
    result = run_out_of_time(tools, "volatile int on = 1; while (on) ; return 0;")
    assert re.search(r"\(--timeout\)\n  it was at 0x[0-9a-f]+ <inner\+0x[0-9a-f]+>\n",
                     result.stderr), result.stderr
    assert result.returncode == 137


def test_a_time_out_says_which_host_function_has_not_returned(tools, arch):
    result = run_out_of_time(tools, "return sensor(1) + 1;")
    assert re.search(r"\n  it was at 0x[0-9a-f]+ .*, in sensor, called from 0x[0-9a-f]+ "
                     r"<inner\+0x[0-9a-f]+>\n", result.stderr), result.stderr
    assert frames(result.stderr)[0] == "inner"
    assert result.returncode == 137


def test_a_pointer_into_the_guard_is_not_a_full_stack(tools, arch):
    """The stack pointer is far from the end of the stack."""
    result = run(tools, "return *(volatile int *)((char *)__builtin_frame_address(0) - "
                        "(2 << 20));")
    assert ", accessing 0x" in result.stderr
    assert "stack is full" not in result.stderr
    assert result.returncode == 139


LEAVES = """
    #include <jumpslot/provider.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, sensor, int)
    EF(sensor)
    int sensor(int wait)
    {
            (void)wait;
            if (!fork()) for (;;) pause();
            return 1;
    }
    """
# Stands in for jumpslot-backtrace: a frame that says whether a runner is alive. There
# may be many processes, and host-wrapper waits for five seconds.
LOOKS = """#!/bin/sh
if grep -aqs "^{runner}" /proc/[0-9]*/cmdline; then found=left; fi
echo "1 1 ${{found:-nothing}}"
"""


def run_with_backtrace(tools, provider, script, *options):
    """With a script in place of jumpslot-backtrace; {runner} is the runner's path."""
    folder = tools.directory / "bin"
    folder.mkdir()
    runner = folder / f"jumpslot-runner-{tools.arch}"
    for program in folder / "host-wrapper", runner:
        shutil.copy(BUILD / "bin" / program.name, program)
    backtrace = folder / "jumpslot-backtrace"
    backtrace.write_text(script.format(runner=runner))
    backtrace.chmod(0o755)
    return run_command(
        folder / "host-wrapper", "--sandbox=off", *options, "--provider",
        tools.provider(provider), tools.guest(GUEST % FAULT), check=False)


def test_a_backtrace_that_is_killed_leaves_a_report_without_frames(tools, arch):
    result = run_with_backtrace(tools, PROVIDER, "#!/bin/sh\nkill -9 $$\n")
    assert ": stopped by signal 11 (Segmentation fault) at 0x" in result.stderr
    assert "    last gated function: sensor\n" in result.stderr
    assert "the guest's stack:" not in result.stderr
    assert result.returncode == 139


def test_no_process_of_the_guest_can_change_the_stack_while_it_is_read(tools, arch):
    result = run_with_backtrace(tools, LEAVES, LOOKS, "--report=json")
    frame = json.loads(result.stderr)["runner_account"]["backtrace"][0]
    assert frame["file"] == "nothing"
