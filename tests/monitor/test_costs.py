"""Costs of the monitor in instructions, as docs/monitor.md has them in a table."""

from conftest import BUILD, ROOT, each_arch as arch, run  # noqa: F401
from partition import build, in_partition

# Upper limits. A change of the compiler may move a few instructions.
CALL, INTERRUPT = 500, 600
KERNEL = ROOT / "host-wrapper/monitor/kernel"


def test_calls_and_interrupts_cost_some_hundred_instructions(tools, arch, capsys):
    result = in_partition(build(tools, "cost", arch))
    call, interrupt, first = map(int, result.stdout.split())
    with capsys.disabled():
        print(f"\n{arch}: {call} instructions for a call, {interrupt} for an interrupt "
              f"that the guest raises; {first:,} from reset to the guest", end="")
    assert 0 < call < CALL and 0 < interrupt < INTERRUPT


def test_the_kernel_is_small(capsys):
    sizes = run("size", BUILD / "monitor/kernel.elf").stdout.splitlines()[1].split()
    lines = {suffix: sum(len(path.read_text().splitlines())
                         for path in KERNEL.glob(f"*.{suffix}")) for suffix in "chS"}
    with capsys.disabled():
        print(f"\nkernel: {lines} lines; {sizes[0]} bytes of code, {sizes[1]} of data, "
              f"{sizes[2]} of zeros", end="")
    assert int(sizes[0]) < 64 << 10 and sum(lines.values()) < 6000
