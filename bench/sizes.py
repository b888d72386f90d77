"""Bytes of a stripped image per import, compared with ELF."""

from elf_sizes import loaded_sections
from rows import Ratio
from runs import BENCH

GOAL = {"x86_64": 0.85, "i386": 0.95}
# Two more words in each make the slots of both sides fill whole pages.
COUNTS = {"x86_64": (510, 1022), "i386": (1022, 2046)}


def call_bytes(path):
    """Bytes of the calling code, which is the same on both sides."""
    return sum(size for name, size in loaded_sections(path).items()
               if name.startswith(".text.call"))


def bytes_per_import(machine, length, image, caller):
    """{section: bytes}, without the code that calls the import."""
    counts = COUNTS[machine]
    few, many = (BENCH / machine / f"{length}-{count}" for count in counts)
    before, after = (loaded_sections(folder / image) for folder in (few, many))
    growth = {name: size - before.get(name, 0) for name, size in after.items()}
    growth[".text"] -= call_bytes(many / caller) - call_bytes(few / caller)
    return {name: size / (counts[1] - counts[0]) for name, size in growth.items() if size}


def file_row(machine):
    count = COUNTS[machine][1]
    ours, peer = ((BENCH / machine / f"16-{count}" / name).stat().st_size
                  for name in ("size-guest.elf", "size-peer"))
    return Ratio(machine, f"stripped file, {count + 1:,} imports", "bytes", ours, peer,
                 [ours / peer])


def hello_row(machine):
    ours, linked = ((BENCH / machine / name).stat().st_size
                    for name in ("hello.elf", "hello-linked"))
    return Ratio(machine, "stripped file of hello : linked", "bytes", ours, linked,
                 [ours / linked])


def rows_and_series(machine, _):
    """Rows, and {length of names: bytes by section}. The host does not matter."""
    rows, sections = [], {}
    for length in 8, 16, 24, 32:
        sides = {"ours": bytes_per_import(machine, length, "size-guest.elf", "stub.o"),
                 "peer": bytes_per_import(machine, length, "size-peer", "plt.o")}
        ours, peer = (sum(side.values()) for side in sides.values())
        rows.append(Ratio(machine, f"size : ELF's, names of {length}", "bytes per import",
                          ours, peer, [ours / peer], GOAL[machine]))
        sections[length] = sides
    return [*rows, file_row(machine), hello_row(machine)], sections
