"""Places in the code that the kvm host puts into the virtual machine."""

from functools import cache

from conftest import BUILD, run


@cache
def distance_of_doorbells(arch):
    """From the resolver's pointer to the page of doorbells, in hexadecimal."""
    symbols = {line.split()[2]: int(line.split()[0], 16) for line in
               run("nm", BUILD / f"kvm/inside-{arch}.elf").stdout.splitlines()}
    return f"{symbols['inside_doorbell'] - symbols['inside_bind']:x}"
