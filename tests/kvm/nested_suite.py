"""Runs pytest with HOST=kvm inside the reference machine: KVM_FULL=1 make check-on-kvm.

The machine has the files of this one by virtiofs, and temporary files of its own. Its
processor is emulated, so all takes some 30 times as long. Arguments: the build directory
and pytest's own. Prints what pytest prints, and ends with its status.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/lib"))
from nested_machine import SHARING, NestedMachine  # noqa: E402

VIRTIOFSD = ["/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd"]
MEMORY = "3G"
A_DAY = 24 * 3600


def start_sharing(path):
    """virtiofsd, with a socket at `path`."""
    program = next(each for each in VIRTIOFSD if os.path.exists(each))
    return subprocess.Popen([program, f"--socket-path={path}", "-o",
                             "source=/,sandbox=chroot,cache=auto"],
                            stderr=subprocess.DEVNULL)


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)


def main():
    build = Path(sys.argv[1]).resolve()
    kept = [f"{name}={os.environ[name]}" for name in ("ROUNDS", "SOAK_SECONDS")
            if name in os.environ]
    with tempfile.TemporaryDirectory() as directory:
        socket = f"{directory}/virtiofs"
        machine = NestedMachine(Path(directory), build, SHARING, [
            "-m", MEMORY, "-smp", "2", "-object",
            f"memory-backend-memfd,id=all,size={MEMORY},share=on", "-numa",
            "node,memdev=all", "-chardev", f"socket,id=outer,path={socket}", "-device",
            "vhost-user-fs-pci,chardev=outer,tag=outer"], sys.stdout)
        machine.outer_case(
            "suite", "/usr/bin/env", "-C", ROOT, "PATH=/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME=/tmp", "HOST=kvm", f"BUILD={build}", *kept, "/usr/bin/python3", "-m",
            "pytest", "-q", "-p", "no:cacheprovider", *sys.argv[2:])
        with start_sharing(socket) as sharing:
            wait_for(socket)
            status, *_ = machine.boot(A_DAY)["suite"]
            sharing.terminate()
    return status


if __name__ == "__main__":
    sys.exit(main())
