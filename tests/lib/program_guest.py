"""Runs a program on newlib as a guest, with one directory as its root."""

import os
import subprocess

from conftest import BUILD, HANGS, MACHINE, ROOT, WRAPPER, run

GUEST_CC = ROOT / "gen/jumpslot-cc", "--newlib", f"--build={BUILD}"
UTC = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}


class ProgramGuest:
    """build/guests/NAME-ARCH.elf, or another image for that architecture."""

    def __init__(self, arch, name=None, image=None):
        self.arch = arch
        self.image = image or BUILD / f"guests/{name}-{arch}.elf"

    def command(self, root, *arguments, options=()):
        provider = f"{BUILD}/providers/newlib-{self.arch}.so,root={root}"
        return [str(word) for word in (*WRAPPER, *options, "--provider",
                                       provider, self.image, *arguments)]

    def run(self, root, *arguments, options=(), **more):
        """The result, with its output as bytes."""
        return run_bytes(*self.command(root, *arguments, options=options), **more)

    def as_name(self, text, name):
        """A message with the program's name in place of the image."""
        for word in bytes(self.image), self.image.name.encode():
            text = text.replace(word, name.encode())
        return text


def run_bytes(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True,
                          timeout=HANGS, env=UTC, **options)


def built(folder, arch, name, *arguments):
    """A program that jumpslot-cc builds, with the flags that its makefile has."""
    image = folder / f"{name}-{arch}.elf"
    run(*GUEST_CC, MACHINE[arch], "-O2", "-w", *arguments, "-o", image)
    return ProgramGuest(arch, image=image)
