"""`--gdb` lets gdb debug a guest in the virtual machine, which stays what it was.

Each session runs in the reference machine, and also with a /dev/kvm that works. Most are
gdb's own; the others speak its protocol, to be exact or to break its rules.
"""

import fcntl
import os
import re
import select
import signal
import stat
import subprocess
import time

import pytest
from conftest import BUILD, HANGS, ROOT, Toolbox, run
from gdb_client import Client
from nested_machine import NestedMachine
from terminal_session import children_of, is_runner, wait_until

WRAPPER = BUILD / "bin/host-wrapper"
SOURCE = ROOT / "tests/kvm/guests/debugged.c"
LOCAL = os.access("/dev/kvm", os.R_OK | os.W_OK)
WALK = ["break fill_tank", "continue", "backtrace", "print litres", "print share",
        "info registers rip cs", "next", "next", "print total", "print $mxcsr",
        "x/2xb fill_tank", "set variable total = 10", "stepi", "finish",
        "print total", "print (long)$rsp % 8", "delete", "continue"]
WALK_I386 = [command.replace("$rsp % 8", "$esp % 4").replace("rip", "eip")
             for command in WALK]
FAULT = ["continue", "backtrace", "continue"]
REPAIR = ["continue", "set variable nowhere = &total", "print nowhere = &total",
          "set $pc = fault", "signal 0"]
WATCH = ["watch total", "awatch share", "continue", "continue", "continue", "backtrace",
         "delete 2", "continue", "delete", "continue"]
FLAGS = ["break flags", "continue", *["stepi"] * 6, "continue"]


def gdb(guest, commands):
    """A session of the real gdb, with the text that it printed."""
    def session(path):
        words = ["gdb", "-nx", "-batch", "-ex", "set debuginfod enabled off",
                 "-ex", "set remotetimeout 100", "-ex", f"target remote {path}",
                 *(word for command in commands for word in ("-ex", command)), guest]
        return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=HANGS,
                              check=False).stdout
    return session


def interrupt(path):
    client = Client(path)
    assert client.ask(b"?") == b"S05"
    client.send(b"c")
    client.take(rb"\+")
    client.socket.sendall(b"\x03")
    assert client.reply() == b"S02"
    client.send(b"k")
    return "killed"


def broken(path):
    """Packets that no gdb sends. The guest ends as if nothing had been sent."""
    client = Client(path)
    client.socket.sendall(b"\x00\xff}}#$nonsense#00")
    client.take(rb"-")
    client.socket.sendall(b"$" + b"m" * 10000 + b"#00")
    client.take(rb"-")
    assert client.ask(b"unknown") == b""
    for wrong in (b"m1", b"m,1", b"m0,ffffffffffffffff", b"m10000000000000000,1",
                  b"M401000,2:00", b"M401000,1:zz", b"G00", b"P", b"P1=00", b"p39",
                  b"P100000000=00", b"Z0,0,1", b"Z0,ffffffffffffffff,1", b"Z0", b"c10",
                  b"Mffffffffffffffff,1:00", b"m0,1", b"M401000,1:00"):
        assert client.ask(wrong)[:1] == b"E", wrong
    assert client.ask(b"Z3,401000,4") == b""
    assert client.ask(b"Z2,0,4")[:1] in (b"E", b"")
    assert client.ask(b"D") == b"OK"
    return "detached"


def vanish(path):
    """gdb goes away with a breakpoint set, which goes with it."""
    client = Client(path)
    entry = int(run("sh", "-c", f"nm {vanish.guest} | grep ' fill_tank$'").stdout[:16],
                16)
    assert client.ask(b"Z0,%x,1" % entry) == b"OK"
    read = client.ask(b"m%x,4" % entry)
    assert read[:2] != b"cc"
    client.send(b"c")
    assert client.reply() == b"S05"
    assert client.ask(b"z0,%x,1" % entry) == b"OK"
    assert client.ask(b"Z0,%x,1" % (entry + 4)) == b"OK"
    assert client.ask(b"D") == b"OK"
    return "gone"


@pytest.fixture(scope="module", name="sessions")
def make_sessions(tmp_path_factory):
    """{name: (action, command)}"""
    tools = Toolbox(tmp_path_factory.mktemp("debugged"))
    guest = tools.guest(SOURCE, "-g", "-O1", name="debugged")
    moved = tools.guest(SOURCE, "-g", "-O1", name="moved", pie=True)
    vanish.guest = guest
    i386 = tools.guest(SOURCE, "-g", "-O1", name="debugged", arch="i386")
    return {"walk": (gdb(guest, WALK), [guest]),
            "moved": (gdb(moved, WALK), [moved]),
            "i386": (gdb(i386, WALK_I386), [i386]),
            "i386-flags": (gdb(i386, FLAGS), [i386, "push"]),
            "fault": (gdb(guest, FAULT), [guest, "fault"]),
            "repair": (gdb(guest, REPAIR), [guest, "fault"]),
            "flags": (gdb(guest, FLAGS), [guest, "push"]),
            "watch": (gdb(guest, WATCH), [guest]),
            "soft": (gdb(guest, ["set can-use-hw-watchpoints 0", "break fill_tank",
                                 "continue", "watch total", "continue", "continue",
                                 "delete", "continue"]), [guest]),
            "kill": (gdb(guest, ["break fill_tank", "continue", "kill"]), [guest]),
            "detach": (gdb(guest, ["break fill_tank", "continue", "detach"]), [guest]),
            "interrupt": (interrupt, [guest, "spin"]),
            "broken": (broken, [guest]),
            "vanish": (vanish, [guest])}


def run_nested(directory, sessions):
    """{name: (what the session returned, status, output, errors)}"""
    machine, returned = NestedMachine(directory, BUILD), {}
    for program in "runner-x86_64-kvm", "runner-i386-kvm", "backtrace":
        machine.add(BUILD / f"bin/jumpslot-{program}")
    for name, (action, words) in sessions.items():
        def keep(path, name=name, action=action):
            returned[name] = action(path)
        machine.bridge(name, keep, f"/tmp/{name}", WRAPPER, "--host", "kvm", "--gdb",
                       f"/tmp/{name}", *words)
    results = machine.boot(HANGS)
    return {name: (returned.get(name), *results[name]) for name in sessions}


def run_here(directory, sessions):
    results = {}
    for name, (action, words) in sessions.items():
        if name.startswith("i386"):  # an emulating /dev/kvm may not run it
            continue
        path = directory / name
        with subprocess.Popen([WRAPPER, "--host", "kvm", "--gdb", path, *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as guest:
            first = guest.stderr.readline()
            returned = action(path)
            output, errors = guest.communicate(timeout=HANGS)
        results[name] = returned, guest.returncode, output, first + errors
    return results


PLACES = {"nested": run_nested, "here": run_here}


@pytest.fixture(scope="module", params=["nested", *["here"] * LOCAL], name="ended")
def run_sessions(request, tmp_path_factory, sessions):
    return PLACES[request.param](tmp_path_factory.mktemp(request.param), sessions)


def assert_walked(shown, status, output, _):
    for line in (r"Breakpoint 1, fill_tank \(litres=\w*@?\w*=?2\)",
                 r"#1  0x\w+ in _start \(.*\) at .*debugged\.c",
                 r"\$1 = 2$", r"\$2 = 1\.5$", r"cs +0x2b +43$", r"^\d+\t+total \*= 2;$",
                 r"\$3 = 2$", r"\$4 = \[ IM DM ZM OM UM PM \]$",
                 r"Value returned is \$5 = 20$", r"\$6 = 20$",
                 r"\$7 = 0$", r"exited with code 056"):
        assert re.search(line, shown, re.MULTILINE), (line, shown)
    assert not re.search(r"<fill_tank\S*>:\t0xcc", shown), shown
    assert output == "filled\nfilled\n" and status == 2 * (20 + 3)


@pytest.mark.parametrize("name", ["walk", "moved"])
def test_gdb_stops_steps_and_sees_all_of_the_guest(ended, name):
    assert_walked(*ended[name])


@pytest.mark.parametrize("ended", ["nested"], indirect=True)
def test_gdb_sees_an_i386_guest(ended):
    assert_walked(*ended["i386"])
    shown, status, *_ = ended["i386-flags"]
    assert "exited normally" in shown and status == 0


def test_gdb_sees_a_fault_where_it_is_and_the_report_is_as_without_it(ended):
    shown, status, _, errors = ended["fault"]
    assert "Program received signal SIGSEGV" in shown
    assert re.search(r"#0 +(0x\w+ in )?fault \(\)", shown), shown
    assert "Program terminated with signal SIGSEGV" in shown
    assert re.search(r"stopped by signal 11 .* <fault\+\S+, accessing 0x10", errors)
    assert status == 139


def test_a_guest_whose_fault_gdb_repairs_goes_on(ended):
    shown, status, _, errors = ended["repair"]
    assert "exited with code 016" in shown and status == 14
    assert "stopped by" not in errors


def test_a_step_does_not_show_in_the_flags_that_a_guest_pushes(ended):
    shown, status, *_ = ended["flags"]
    assert "exited normally" in shown and status == 0


def changes(shown):
    """The values of watched variables, before and after each stop."""
    return re.findall(r"Old value = (\S+)\nNew value = (\S+)$", shown, re.MULTILINE)


def test_a_watchpoint_stops_after_the_access_or_gdb_says_that_it_cannot(ended):
    """A machine that emulates the processor may ignore debug registers."""
    shown, status, output, _ = ended["watch"]
    if "Could not insert hardware watchpoint" not in shown:
        assert "Hardware access (read/write) watchpoint 2: share" in shown, shown
        assert changes(shown) == [("0.5", "1.5"), ("0", "2"), ("2", "4")], shown
        assert "Value = 0.5" in shown
        assert re.search(r"#0 +(0x\w+ in )?fill_tank \(", shown), shown
        assert (status, output) == (14, "filled\nfilled\n")


def test_gdb_watches_by_single_steps_where_it_is_told_to(ended):
    shown, status, output, _ = ended["soft"]
    assert changes(shown) == [("0", "2"), ("2", "4")], shown
    assert (status, output) == (14, "filled\nfilled\n")


def test_gdb_kills_the_guest(ended):
    _, status, output, errors = ended["kill"]
    assert (status, output) == (137, "") and "stopped by signal 9" in errors


def test_a_guest_from_which_gdb_detaches_runs_on_without_breakpoints(ended):
    shown, status, output, errors = ended["detach"]
    assert "detached" in shown
    assert (status, output) == (14, "filled\nfilled\n") and "stopped" not in errors


def test_gdb_interrupts_a_guest_that_runs(ended):
    returned, status, *_ = ended["interrupt"]
    assert (returned, status) == ("killed", 137)


def test_what_is_not_the_protocol_is_refused_and_changes_nothing(ended):
    returned, status, output, _ = ended["broken"]
    assert (returned, status, output) == ("detached", 14, "filled\nfilled\n")


def test_breakpoints_do_not_show_in_memory_and_go_with_gdb(ended):
    returned, status, output, _ = ended["vanish"]
    assert (returned, status, output) == ("gone", 14, "filled\nfilled\n")


HELLO = BUILD / "guests/hello-x86_64.elf"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_socket_is_gone_after_a_signal_while_gdb_is_waited_for(tmp_path, number):
    path = tmp_path / "gdb"
    with subprocess.Popen([WRAPPER, "--host", "kvm", "--gdb", path, HELLO],
                          stderr=subprocess.PIPE, text=True) as guest:
        assert "waits for a debugger" in guest.stderr.readline()
        assert path.exists()
        guest.send_signal(number)
        guest.wait()
        wait_until(lambda: not path.exists())
    assert guest.returncode == -number


def test_a_file_that_has_taken_the_sockets_place_stays(tmp_path):
    path = tmp_path / "gdb"
    with subprocess.Popen([WRAPPER, "--host", "kvm", "--gdb", path, HELLO],
                          stderr=subprocess.PIPE, text=True) as guest:
        assert "waits for a debugger" in guest.stderr.readline()
        keepers = children_of(guest.pid)
        (tmp_path / "other").write_text("precious")
        (tmp_path / "other").rename(path)
        guest.terminate()
        guest.wait()
    [keeper] = keepers
    os.waitpid(keeper, 0)  # an orphan of this process by now
    assert path.read_text() == "precious"


@pytest.mark.skipif(not LOCAL, reason="needs /dev/kvm")
def test_the_socket_is_the_users_own_and_is_gone_once_gdb_has_connected(tools, tmp_path):
    path = tmp_path / "gdb"
    with subprocess.Popen([WRAPPER, "--host", "kvm", "--gdb", path,
                           tools.guest(SOURCE, name="debugged")],
                          stderr=subprocess.PIPE, text=True) as guest:
        assert guest.stderr.readline().endswith(f"gdb -ex 'target remote {path}' "
                                                f"{tmp_path}/debugged-x86_64.elf\n")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        client = Client(path)
        assert client.ask(b"?") == b"S05"
        assert not path.exists()
        assert client.ask(b"D") == b"OK"


WAITING = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    EXTERNAL_FUNC(int, wait_for_byte)
    JUMPSLOT_ENTRY(info) { (void)info; return wait_for_byte() + 4; }
    """
WAITS = """
    #include <jumpslot/provider.h>
    #include <unistd.h>
    EXTERNAL_FUNC(int, wait_for_byte)
    EF(wait_for_byte)
    JUMPSLOT_SYSCALLS(wait_for_byte, JUMPSLOT_NEEDS_STDOUT,
                      JUMPSLOT_ALLOW_IF("read", JUMPSLOT_ARG(0, 0)))
    int wait_for_byte(void)
    {
            char byte;
            return write(1, "waits\\n", 6) == 6 && read(0, &byte, 1) == 1 ? 10 : 0;
    }
    """


@pytest.mark.skipif(not LOCAL, reason="needs /dev/kvm")
def test_a_guest_runs_on_without_the_step_in_which_gdb_goes_away(tools, tmp_path):
    path = tmp_path / "gdb"
    provider = tools.provider(WAITS, name="waits")
    with subprocess.Popen([WRAPPER, "--host", "kvm", "--gdb", path, "--provider",
                           provider, tools.guest(WAITING)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as guest:
        guest.stderr.readline()
        client = Client(path)
        client.send(b"s")
        while guest.stdout not in select.select([guest.stdout, client.socket], [], [])[0]:
            if client.socket.recv(4096).endswith(b"$S05#b8"):
                client.send(b"s")
        client.socket.close()
        _, errors = guest.communicate(b"x", timeout=HANGS)
    assert (errors, guest.returncode) == (b"", 14)


SLEEPS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_cpu.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            for (;;)
                    _CPU_Virtual_Wait_for_event(CPU_VIRTUAL_FOREVER);
    }
    """


@pytest.mark.skipif(not LOCAL, reason="needs /dev/kvm")
def test_gdb_interrupts_a_guest_that_begins_to_sleep(tools, tmp_path):
    path = tmp_path / "gdb"
    with subprocess.Popen([WRAPPER, "--host", "kvm", "--gdb", path, tools.guest(SLEEPS)],
                          stderr=subprocess.PIPE) as guest:
        guest.stderr.readline()
        client = Client(path)
        for number in range(1000):
            client.send(b"c")
            client.take(rb"\+")
            time.sleep(number % 5 * 0.00001)
            client.socket.sendall(b"\x03")
            assert client.reply() == b"S02"
        client.send(b"k")


RESETS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    #include <jumpslot/virt_cpu.h>
    JUMPSLOT_ENTRY(info)
    {
            int *again = (int *)(uintptr_t)info->work_area_base;
            if (!(*again)++)
                    _BSP_Virtual_reset(1);
            return 14;
    }
    """


@pytest.mark.skipif(not LOCAL, reason="needs /dev/kvm")
def test_a_reset_ends_the_session_and_the_guest_runs_on(tools, tmp_path):
    path = tmp_path / "gdb"
    with subprocess.Popen([WRAPPER, "--host", "kvm", "--gdb", path, tools.guest(RESETS)],
                          stderr=subprocess.PIPE) as guest:
        guest.stderr.readline()
        client = Client(path)
        assert client.ask(b"c") == b"W00"
        assert client.socket.recv(1) == b""
        assert (guest.stderr.read(), guest.wait(HANGS)) == (b"", 14)


CALLS = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            for (;;)
                    _BSP_Virtual_Console_read();
    }
    """


@pytest.mark.skipif(not LOCAL, reason="needs /dev/kvm")
def test_the_session_ends_while_host_wrapper_waits_for_a_reader(tools, tmp_path):
    """Of its trace, after the end of a runner that could not tell gdb."""
    path = tmp_path / "gdb"
    with subprocess.Popen([WRAPPER, "--host", "kvm", "--trace", "--gdb", path,
                           tools.guest(CALLS)], stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as guest:
        guest.stderr.readline()
        fcntl.fcntl(guest.stderr, fcntl.F_SETPIPE_SZ, 4096)
        client = Client(path)
        client.send(b"c")
        client.take(rb"\+")
        select.select([guest.stderr], [], [])
        [runner] = filter(is_runner, children_of(guest.pid))
        os.kill(runner, signal.SIGKILL)
        assert client.socket.recv(1) == b""
        assert guest.poll() is None
        guest.stderr.close()


@pytest.mark.parametrize("options,message", [
    ([], "--gdb needs --host kvm; expected --wait-gdb for a process"),
    (["--host", "monitor"], "--gdb cannot be combined with --host monitor"),
    (["--host", "kvm", "--timeout", "1"], "--timeout cannot be combined with --gdb"),
])
def test_gdb_is_refused_in_one_line_where_it_cannot_be(options, message):
    result = run(WRAPPER, *options, "--gdb", "x", BUILD / "guests/hello-x86_64.elf",
                 check=False)
    assert (result.stderr, result.returncode) == (f"host-wrapper: {message}\n", 125)
