"""A machine with nested virtualization: QEMU's emulation, with Debian's cloud kernel.

It is the reference for the kvm host: it needs no /dev/kvm, and is the same everywhere.
One boot runs a list of commands. Depends on what make put below BUILD/kvm.
"""

import os
import re
import stat
import subprocess
import threading
from pathlib import Path

MODULES = ["virt/lib/irqbypass.ko", "arch/x86/kvm/kvm.ko", "arch/x86/kvm/kvm-amd.ko"]
# For the root outside.
SHARING = [*(f"drivers/virtio/{name}.ko" for name in (
    "virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
    "virtio_pci")), "fs/fuse/fuse.ko", "fs/fuse/virtiofs.ko"]
OPTIONS = ["console=ttyS0", "quiet", "no_timer_check", "mitigations=off", "nokaslr",
           "panic=-1", "rdinit=/init"]


class Archive:
    """An initramfs: cpio's format "newc" (Documentation/driver-api/early-userspace)."""

    def __init__(self):
        self.parts, self.folders, self.number = [], set(), 0

    def entry(self, name, mode, content=b""):
        """Add one entry."""
        self.number += 1
        name = name.encode() + b"\0"
        fields = [self.number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0]
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        for part in header + name, content:
            self.parts.append(part + bytes(-len(part) % 4))

    def add(self, name, content, mode=0o755):
        """Add a file, and the folders above it."""
        for folder in reversed(Path(name).parents[:-1]):
            if folder not in self.folders:
                self.folders.add(folder)
                self.entry(str(folder), stat.S_IFDIR | 0o755)
        self.entry(name, stat.S_IFREG | mode, content)

    def write(self, path):
        """Write all to a file."""
        self.entry("TRAILER!!!", 0)
        path.write_bytes(b"".join(self.parts))


def libraries(program):
    """The shared libraries that a program loads, by ldd."""
    printed = subprocess.run(["ldd", program], capture_output=True, text=True,
                             check=False).stdout
    return re.findall(r"(/\S+) \(0x", printed)


class NestedMachine:
    """Collects files and cases, boots once, and returns each case's result."""

    def __init__(self, directory, build, modules=(), qemu=("-m", "1024"), shown=None):
        self.directory, self.archive = directory, Archive()
        self.qemu, self.shown = qemu, shown
        self.kernel = build / "kvm/kernel"
        self.known, self.cases, self.bridges = set(), [], {}
        for folder in "dev", "proc", "sys", "tmp":
            self.archive.entry(folder, stat.S_IFDIR | 0o755)
        self.archive.entry("dev/console", stat.S_IFCHR | 0o600)
        self.archive.add("init", (build / "kvm/nested-init").read_bytes())
        folder = next((self.kernel / "lib/modules").iterdir()) / "kernel"
        modules = [*MODULES, *modules]
        order = "".join(f"{Path(module).name}\n" for module in modules)
        self.archive.add("modules/order", order.encode())
        for module in modules:
            self.archive.add(f"modules/{Path(module).name}",
                             (folder / module).read_bytes())

    def add(self, path):
        """Add a file at its own path, with the libraries that it loads."""
        path = os.path.abspath(path)
        if path in self.known:
            return
        self.known.add(path)
        self.archive.add(path[1:], Path(path).read_bytes())
        for library in libraries(path):
            self.add(library)

    def case(self, name, *command):
        """Add a case. Files among its words are added too."""
        words = [str(word) for word in command]
        for word in words:
            name_of_file = word.partition(",")[0]
            if os.path.isfile(name_of_file):
                self.add(name_of_file)
        self.cases.append("\t".join([name, *words]) + "\n")

    def outer_case(self, name, *command):
        """Add a case in the root of this machine, which a device shares. It prints to the
        console, and so to `shown`."""
        self.cases.append("\t".join([name, "@outer", *map(str, command)]) + "\n")

    def bridge(self, name, action, path, *command):
        """Add a case that makes a socket at `path` inside. While it runs, `action` gets
        the path of a socket outside that leads there."""
        self.bridges[name] = action
        self.case(name, "@bridge", path, *command)

    def read(self, machine, serial):
        """All that the machine prints; starts the actions of bridges meanwhile."""
        printed, actions = [], []
        for line in machine.stdout:
            printed.append(line)
            if self.shown:
                self.shown.write(line.decode(errors="replace"))
                self.shown.flush()
            word, _, name = line.decode(errors="replace").strip().partition(" ")
            if word == "@bridge":
                actions.append(threading.Thread(target=self.bridges[name],
                                                args=[serial]))
                actions[-1].start()
        for action in actions:
            action.join()
        return b"".join(printed).decode(errors="replace")

    def boot(self, timeout):
        """Run all cases. Returns {name: (status, output, errors)}; fails if one lacks."""
        serial = self.directory / "serial"
        image = self.directory / "initramfs"
        self.archive.add("cases", "".join(self.cases).encode())
        self.archive.write(image)
        kernel = next((self.kernel / "boot").glob("vmlinuz-*"))
        with subprocess.Popen(
            ["qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu",
             "EPYC,+svm", *self.qemu, "-kernel", kernel, "-initrd", image, "-append",
             " ".join(OPTIONS), "-display", "none", "-no-reboot", "-nodefaults",
             "-serial", "stdio", "-serial", f"unix:{serial},server=on,wait=off"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as machine:
            limit = threading.Timer(timeout, machine.kill)
            limit.start()
            try:
                printed = self.read(machine, serial)
            finally:
                limit.cancel()
                machine.kill()
        printed = printed.replace("\r\n", "\n")
        assert "\n@end\n" in printed, printed[-3000:]
        found = re.findall(r"^@case (.*)\n@status (\d+)\n@out (.*)\n@error (.*)$",
                           printed, re.MULTILINE)
        return {name: (int(status), *(bytes.fromhex(text).decode(errors="replace")
                                      for text in texts))
                for name, status, *texts in found}
