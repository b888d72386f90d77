"""vcpu/ is freestanding: linked alone, it lacks only the functions of hooks.h."""

import re

import pytest
from conftest import BUILD, MACHINE, ROOT, run

VCPU = ROOT / "host-wrapper/vcpu"
HOOKS = ["vcpu_clock_acknowledged", "vcpu_defer", "vcpu_is_guest_code", "vcpu_kick",
         "vcpu_restore_vectors", "vcpu_sleep", "vcpu_stack_full"]
OTHER = {"x86_64": "_i386", "i386": "_x86_64"}


def sources(arch):
    """Without *_offsets.c, which become headers of the others."""
    return [path for path in sorted(VCPU.iterdir()) if path.suffix in (".c", ".S") and
            not path.stem.endswith((OTHER[arch], "_offsets"))]


def link(arch, target, objects):
    run("gcc", MACHINE[arch], "-nostdlib", "-r", "-o", target, *objects)
    return re.findall(r" U (\S+)", run("nm", "-u", target).stdout)


@pytest.mark.not_sanitized("their objects need more functions")
@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_the_runners_objects_lack_only_the_hooks(tmp_path, arch):
    built = BUILD / f"obj/runner-{arch}/host-wrapper/vcpu"
    objects = [built / path.with_suffix(".o").name for path in sources(arch)]
    undefined = link(arch, tmp_path / "room.o", objects)
    # The name that position-independent code of i386 gives to its own table.
    assert sorted(set(undefined) - {"_GLOBAL_OFFSET_TABLE_"}) == HOOKS


@pytest.mark.parametrize("optimize", ["-O0", "-O2", "-Os"])
@pytest.mark.parametrize("arch", ["x86_64", "i386"])
def test_compiled_for_a_kernel_it_lacks_only_the_hooks(tmp_path, arch, optimize):
    objects = []
    for path in sources(arch):
        objects.append(tmp_path / f"{path.stem}.o")
        run("gcc", MACHINE[arch], "-std=gnu11", optimize, "-ffreestanding", "-fno-pie",
            "-fno-stack-protector", "-mgeneral-regs-only", "-I", VCPU.parent,
            "-I", ROOT / "guest-macros", "-I", VCPU.parent / "include",
            "-I", BUILD / "offsets" / arch,
            "-idirafter", "/usr/include/x86_64-linux-gnu", "-c", path, "-o", objects[-1])
    assert sorted(link(arch, tmp_path / "room.o", objects)) == HOOKS


def test_no_file_includes_a_host_or_the_runners_state():
    allowed = re.compile(r'"(?:vcpu/|common/)?\w+\.h"|'
                         r"<(?:jumpslot/\w+|linux/errno|std(?:bool|def|int)|cpuid)\.h>")
    wrong = [f"{path.name}: {included}" for path in sorted(VCPU.iterdir())
             for included in re.findall(r"^\s*#\s*include\s+(\S+)", path.read_text(),
                                        re.MULTILINE)
             if not allowed.fullmatch(included)]
    assert not wrong
