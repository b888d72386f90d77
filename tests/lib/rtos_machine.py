"""Where images of guests/rtos run: below host-wrapper, or in QEMU by themselves.

Depends on what make built, and on qemu-system-i386.
"""

import os
import select
import subprocess
from pathlib import Path

from conftest import BUILD

# QEMU ends with twice the status and one; its own failures are 1 (and status 0).
DEBUG_EXIT = ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]


class Machine:
    """One of "x86_64", "i386" and "native"."""

    def __init__(self, name):
        self.name = name
        self.is_native = name == "native"

    def image(self, application):
        """Of an application of guests/rtos, by its name; or a file, which it is already."""
        if isinstance(application, Path):
            return application
        if self.is_native:
            return BUILD / f"native/rtos-{application}-i386.elf"
        return BUILD / f"guests/rtos-{application}-{self.name}.elf"

    def command(self, application, *options, wrapper=()):
        """`options` are the image's, `wrapper` those of host-wrapper."""
        image = self.image(application)
        if not self.is_native:
            return [BUILD / "bin/host-wrapper", *wrapper, image, *options]
        return ["qemu-system-i386", "-kernel", image, "-append", " ".join(options),
                "-display", "none", "-serial", "stdio", "-nic", "none", *DEBUG_EXIT]

    def status(self, process_status):
        if not self.is_native:
            return process_status
        assert process_status % 2 == 1, "QEMU was not ended by its guest"
        return process_status // 2

    def run(self, application, *options, timeout=120):
        """The lines that it prints, what is on standard error, and its status."""
        result = subprocess.run([str(word) for word in self.command(application, *options)],
                                stdin=subprocess.DEVNULL, capture_output=True,
                                timeout=timeout)
        return (result.stdout.decode().replace("\r\n", "\n"), result.stderr.decode(),
                self.status(result.returncode))


class Session:
    """A process that is talked to: keys go in, and text is waited for."""

    def __init__(self, process, write_to, read_from, timeout=60):
        self.process, self.write_to, self.read_from = process, write_to, read_from
        self.timeout = timeout
        self.text = ""

    def type(self, keys):
        os.write(self.write_to, keys.encode())

    def read_until(self, expected):
        """What comes up to and with `expected`, since the last time."""
        while expected not in self.text:
            ready, _, _ = select.select([self.read_from], [], [], self.timeout)
            assert ready, f"{expected!r} did not come, but {self.text!r}"
            piece = os.read(self.read_from, 4096)
            assert piece, f"it ended before {expected!r}: {self.text!r}"
            self.text += piece.decode().replace("\r", "")
        at = self.text.index(expected) + len(expected)
        result, self.text = self.text[:at], self.text[at:]
        return result

    def wait(self):
        return self.process.wait(timeout=self.timeout)
