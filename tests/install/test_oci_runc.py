"""runc runs the image of a guest, and passes on its output, report and exit status.

runc gets a bundle as Kubernetes' runtime would make it of the image, without limits that
need control groups: a machine for tests may not have them to give. runc wants to see them
mounted all the same.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, HANGS, Toolbox
from test_oci_image import CALCULATOR, PROVIDER, pack, read_image

FAULTING = """
    #include <jumpslot/entry.h>
    #include <jumpslot/virt_bsp.h>
    static const int *volatile nowhere = (const int *)16;
    static __attribute__((__noinline__)) int crash(void) { return *nowhere; }
    JUMPSLOT_ENTRY(info)
    {
            (void)info;
            _BSP_Virtual_Console_write("working\\n", 8);
            return crash() + 1;
    }
    """
SPINNING = """
    #include <jumpslot/entry.h>
    #include <jumpslot/external_func.h>
    JUMPSLOT_ENTRY(info) { (void)info; for (;;) ; }
    """


def bundle(directory, config, layer):
    """A runtime bundle (OCI runtime-spec 1.0) of an image."""
    layer.extractall(directory / "rootfs")
    user, group = (map(int, config["config"]["User"].split(":"))
                   if os.getuid() == 0 else (0, 0))
    spaces = ["pid", "mount", "ipc", "uts", "network"]
    spec = {
        "ociVersion": "1.0.2",
        "process": {
            "args": config["config"]["Entrypoint"] + config["config"]["Cmd"],
            "cwd": config["config"]["WorkingDir"], "env": ["PATH=/usr/bin"],
            "user": {"uid": user, "gid": group}, "noNewPrivileges": True,
            "capabilities": {}},
        "root": {"path": "rootfs", "readonly": True},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
             "options": ["nosuid", "mode=755"]},
            {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs",
             "options": ["nosuid", "nodev"]}],
        "linux": {"namespaces": [{"type": kind} for kind in spaces]}}
    if os.getuid() != 0:
        spec["linux"]["namespaces"].append({"type": "user"})
        for kind, number in ("uid", os.getuid()), ("gid", os.getgid()):
            spec["linux"][f"{kind}Mappings"] = [
                {"containerID": 0, "hostID": number, "size": 1}]
    (directory / "config.json").write_text(json.dumps(spec))
    return directory


def with_cgroups():
    """The start of a command that sees control groups, where nobody has mounted them."""
    if " - cgroup" in Path("/proc/self/mountinfo").read_text() or os.getuid() != 0:
        return []
    return ["unshare", "--mount", "sh", "-ec",
            'mount -t cgroup2 cgroup2 /sys/fs/cgroup; exec "$@"', "sh"]


@pytest.fixture
def contain(tmp_path):
    """Packs a guest and runs its image; the result is as of a command."""
    def contain(guest, *words):
        pack(tmp_path / "image.tar", *words, guest)
        (tmp_path / "bundle").mkdir()
        made = bundle(tmp_path / "bundle", *read_image(tmp_path / "image.tar"))
        return subprocess.run(
            [*with_cgroups(), "runc", "--root", tmp_path / "state", "--rootless=true",
             "run", "--bundle", made, f"jumpslot-{os.getpid()}"], text=True,
            timeout=HANGS, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
    return contain


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_a_container_runs_the_guest_with_its_provider(contain, arch):
    done = contain(str(CALCULATOR).format(arch), "--provider",
                   str(PROVIDER).format(arch))
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.startswith("9000000000 + 1 = 9000000001\n")


def test_a_fault_reaches_the_log_as_json_and_the_status(contain, tmp_path):
    guest = Toolbox(tmp_path).guest(FAULTING)
    done = contain(guest, "--option=--report=json")
    assert (done.stdout, done.returncode) == ("working\n", 139)
    report = json.loads(done.stderr)
    assert (report["end"], report["signal"]) == ("signal", 11)
    symbols = [frame["symbol"] for frame in report["runner_account"]["backtrace"]]
    assert "crash" in symbols[0] and "_start" in symbols[1], symbols


def test_the_sandbox_has_all_its_layers_in_a_container(contain):
    done = contain(BUILD / "guests/hello-x86_64.elf", "--option=--sandbox=strict")
    assert (done.stdout, done.stderr) == ("Hello from a guest.\n", "")


def test_a_time_out_is_the_containers_status(contain, tmp_path):
    done = contain(Toolbox(tmp_path).guest(SPINNING), "--option=--timeout",
                   "--option=0.5")
    assert done.returncode == 137
    assert "its time is up (--timeout)" in done.stderr
