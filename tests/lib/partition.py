"""Runs guests in a partition of the monitor. Depends on the build and on QEMU."""

import json
import os
import subprocess

import pytest
from conftest import BUILD, ROOT, run

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


GUESTS = ROOT / "tests/monitor/guests"
# 32-bit guests have vector registers, too.
FLAGS = {"x86_64": [], "i386": ["-msse2"]}


def build(tools, name, arch):
    """A guest of tests/monitor/guests for that architecture."""
    return tools.link(tools.compile(GUESTS / f"{name}.c", *FLAGS[arch], arch=arch,
                                    standard="gnu11"), arch=arch, name=name)


def write_model(directory, partitions, frame="10 ms", run=None, health=()):
    """
    A model of one schedule, as a file. `partitions`: {name: (guest, length of its slot
    in us, further keys)}; one slot follows the other.
    """
    lines = ["[module]", f'frame = "{frame}"', *([f'run = "{run}"'] if run else [])]
    slots, at = [], 0
    for name, (guest, length, keys) in partitions.items():
        keys = {"work_area": "64K", "stack": "256K"} | keys
        lines += ["[[partition]]", f'name = "{name}"', f'guest = "{guest}"',
                  *(f"{key} = {json.dumps(value)}" for key, value in keys.items())]
        slots.append(f'{{ partition = "{name}", at = "{at} us", '
                     f'length = "{length} us" }}')
        at += length
    lines += ["[[schedule]]", 'name = "normal"', f"slots = [{', '.join(slots)}]"]
    for rule in health:
        lines += ["[[health]]",
                  *(f"{key} = {json.dumps(value)}" for key, value in rule.items())]
    path = directory / "model.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


# The hosts that run models. The monitor counts instructions.
MODEL_HOSTS = {"process": [], "monitor": ["--host", "monitor", "--clock", "guest"],
               "kvm": ["--host", "kvm"]}
NEEDS_KVM = pytest.mark.skipif(not os.access("/dev/kvm", os.R_OK | os.W_OK),
                               reason="needs /dev/kvm")


def on_host(host, *values):
    """The parameters of a test that runs there."""
    return pytest.param(host, *values, marks=[NEEDS_KVM] if host == "kvm" else [])


def run_model(path, *options, host="monitor", **more):
    """Run host-wrapper --model."""
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    return run(BUILD / "bin/host-wrapper", *MODEL_HOSTS[host], *options, "--model", path,
               check=False, **more)


def lines_of(result, name):
    """The lines of one partition on the console, without its name."""
    start = f"[{name}] "
    return [line.removeprefix(start) for line in result.stdout.splitlines()
            if line.startswith(start)]
