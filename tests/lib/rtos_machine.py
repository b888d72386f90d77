"""The machines for images of guests/rtos: host-wrapper, or QEMU.

Depends on the build and on qemu-system-i386.
"""

import os
import select
import subprocess
from pathlib import Path

from conftest import BUILD, WRAPPER

# QEMU exits with twice the guest's status plus one; its own failures are 1.
DEBUG_EXIT = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]


class Machine:
    """One of "x86_64", "i386" and "native"."""

    def __init__(self, name):
        self.name = name
        self.is_native = name == "native"

    def image(self, application):
        """The image of an application of guests/rtos; a path is returned as is."""
        if isinstance(application, Path):
            return application
        if self.is_native:
            return BUILD / f"native/rtos-{application}-i386.elf"
        return BUILD / f"guests/rtos-{application}-{self.name}.elf"

    def command(self, application, *options, wrapper=()):
        """`options` are for the image, `wrapper` for host-wrapper."""
        image = self.image(application)
        if not self.is_native:
            return [*WRAPPER, *wrapper, image, *options]
        return ["qemu-system-i386", "-kernel", image, "-append", " ".join(options),
                "-display", "none", "-serial", "stdio", "-nic", "none", *DEBUG_EXIT]

    def status(self, process_status):
        if not self.is_native:
            return process_status
        assert process_status % 2 == 1, "QEMU was not stopped by its guest"
        return process_status // 2

    def run(self, application, *options, timeout=600):
        """Returns its output, its standard error and its status."""
        command = [str(word) for word in self.command(application, *options)]
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                timeout=timeout)
        return (result.stdout.decode().replace("\r\n", "\n"), result.stderr.decode(),
                self.status(result.returncode))


class Session:
    """A conversation with a process: type keys, wait for text."""

    def __init__(self, process, write_to, read_from, timeout=600):
        self.process, self.write_to, self.read_from = process, write_to, read_from
        self.timeout = timeout
        self.text = ""

    def type(self, keys):
        os.write(self.write_to, keys.encode())

    def read_until(self, expected):
        """Returns the text since the last call, up to and including `expected`."""
        while expected not in self.text:
            ready, _, _ = select.select([self.read_from], [], [], self.timeout)
            assert ready, f"expected {expected!r}, got {self.text!r}"
            piece = os.read(self.read_from, 4096)
            assert piece, f"the process ended before {expected!r}: {self.text!r}"
            self.text += piece.decode().replace("\r", "")
        at = self.text.index(expected) + len(expected)
        result, self.text = self.text[:at], self.text[at:]
        return result

    def wait(self):
        return self.process.wait(timeout=self.timeout)
