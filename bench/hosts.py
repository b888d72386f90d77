"""The hosts that guests run on. Each row of the bench is measured on each of them.

A host is a name for the tables, and options of host-wrapper that select it.
Depends on nothing.
"""

from typing import NamedTuple


class Host(NamedTuple):
    name: str
    options: tuple = ()


HOSTS = Host("process"),
# Hosts that modules of their own measure, beside the first ones: little of the rest of
# the bench runs there.
KVM = Host("kvm", ("--host", "kvm"))
MONITOR = Host("monitor", ("--host", "monitor"))
