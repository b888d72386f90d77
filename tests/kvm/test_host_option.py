"""`--host kvm` is an option, shows in the link report, and says what it lacks."""

import json
import os

import pytest
from conftest import BUILD, run

WRAPPER = BUILD / "bin/host-wrapper"
HELLO = BUILD / "guests/hello-x86_64.elf"
DECLARES = """
    #include <jumpslot/external_func.h>
    typedef double wide __attribute__((vector_size(32)));
    EXTERNAL_FUNC(int, plain, int)
    EXTERNAL_FUNC(int, waits, int)
    EXTERNAL_FUNC(int, many, int, int, int, int, int, int, int, int)
    EXTERNAL_FUNC_VARIADIC(int, varies, int)
    """
GUEST = f"""
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_cpu.h>
    {DECLARES}
    JUMPSLOT_ENTRY(info)
    {{
        (void)info;
        return plain(1) + waits(1) + many(1, 2, 3, 4, 5, 6, 7, 8) + varies(1) +
               _CPU_Virtual_Irq_ack(1);
    }}
    """
PROVIDER = f"""
    #include <jumpslot/provider.h>
    {DECLARES}
    EF(plain) EF(waits) EF(many) EF(varies)
    JUMPSLOT_DIRECT(plain)
    JUMPSLOT_BLOCKING(waits)
    int plain(int a) {{ return a; }}
    int waits(int a) {{ return a; }}
    int many(int a, int b, int c, int d, int e, int f, int g, int h)
    {{
        return a + b + c + d + e + f + g + h;
    }}
    int varies(int a, ...) {{ return a; }}
    """


@pytest.fixture(name="listed")
def make_listed(tools):
    def listed(*options):
        return run(WRAPPER, "--host", "kvm", *options, "--provider",
                   tools.provider(PROVIDER), tools.guest(GUEST)).stdout
    return listed


def test_the_link_report_says_how_calls_leave_the_machine(listed):
    carried = {words[0]: " ".join(words[3:-1]) for words in
               map(str.split, listed("--list").splitlines()[2:])}
    assert carried == {
        "plain": "trap", "waits": "blocking trap", "many": "trap, 16 of stack",
        "varies": "trap, 128K of stack", "_CPU_Virtual_Irq_ack": "inline"}


def test_json_has_the_same(listed):
    imports = {each["name"]: (each["carried"], each["stack"], each["stack_bytes"])
               for each in json.loads(listed("--json"))["imports"]}
    assert imports["plain"] == ("trap", "host", 0)
    assert imports["waits"] == ("blocking", "host", 0)
    assert imports["many"] == ("trap", "host", 16)
    assert imports["varies"] == ("trap", "host", None)
    assert imports["_CPU_Virtual_Irq_ack"] == ("inline", "guest", None)


@pytest.mark.parametrize("options,message", [
    (["--host", "xen"], "--host xen: invalid host; expected process, "
     "kvm or monitor"),
    (["--host", "kvm", "--perf-map"], "--perf-map cannot be combined with --host kvm"),
    (["--host", "kvm", "--wait-gdb"], "--wait-gdb cannot be combined with --host kvm"),
])
def test_a_wrong_option_is_one_line_and_125(options, message):
    result = run(WRAPPER, *options, HELLO, check=False)
    assert (result.stdout, result.stderr, result.returncode) == \
        ("", f"host-wrapper: {message}\n", 125)


@pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK),
                    reason="needs /dev/kvm")
def test_an_i386_guest_runs_or_is_refused_with_a_line():
    """An emulating /dev/kvm may not have all of its instructions."""
    guest = BUILD / "guests/hello-i386.elf"
    result = run(WRAPPER, "--host", "kvm", guest, check=False)
    expected = run(WRAPPER, guest).stdout, "", 0
    if result.returncode == 125:
        expected = (
            "", f"host-wrapper: {guest}: --host kvm: /dev/kvm emulates i386 code, "
            "without x87 and SSE (expected a processor that runs it)\n", 125)
    assert (result.stdout, result.stderr, result.returncode) == expected


def refused_with(*mount, options=""):
    """The result of host-wrapper where /dev is another one."""
    script = " && ".join([*mount, f"exec {WRAPPER} --host kvm {options} {HELLO}"])
    return run("unshare", "--mount", "sh", "-c", script, check=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs mounts of its own")
@pytest.mark.parametrize("options", ["", "--gdb {}/socket"], ids=["plain", "gdb"])
def test_a_missing_device_is_one_line_and_125(tmp_path, options):
    """With --gdb, before anybody is asked to connect."""
    result = refused_with("mount -t tmpfs none /dev", options=options.format(tmp_path))
    assert (result.stdout, result.returncode) == ("", 125)
    assert result.stderr == (
        f"host-wrapper: {HELLO}: --host kvm: /dev/kvm: No such file or directory (the "
        "kernel has no KVM, or virtualization is off)\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs mounts of its own")
def test_a_device_that_is_not_kvms_is_one_line_and_125():
    result = refused_with("mount -t tmpfs none /dev", "touch /dev/kvm")
    assert (result.stdout, result.returncode) == ("", 125)
    assert result.stderr == (
        f"host-wrapper: {HELLO}: --host kvm: /dev/kvm has not version 12 of its "
        "interface\n")
