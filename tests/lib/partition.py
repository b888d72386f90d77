"""Runs guests in a partition of the monitor. Depends on the build and on QEMU."""

import subprocess

from conftest import BUILD, run

# QEMU advances its time with instructions alone: the same in each run.
COUNTED = ["-icount", "shift=3,sleep=off"]
# A small work area is zeroed faster.
SMALL = ["--work-area", "64K"]


def in_partition(*arguments, counted=True, **options):
    """Run host-wrapper --host monitor; the caller looks at the exit status."""
    if "input" not in options:
        options["stdin"] = subprocess.DEVNULL
    clock = ["--clock", "guest"] if counted else []
    return run(BUILD / "bin/host-wrapper", "--host", "monitor", *clock, *SMALL,
               *arguments, check=False, **options)


def image_of(guest, directory):
    """The boot image of a guest, as a file."""
    image = directory / "image"
    run(BUILD / "bin/host-wrapper", "--host", "monitor", *SMALL, "--image", image, guest)
    return image
