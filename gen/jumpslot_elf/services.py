"""Tells the built-in services of the runner by their names. Depends on nothing."""

PREFIXES = "_BSP_Virtual_", "_CPU_Virtual_", "jumpslot_"


def is_service(name):
    """Whether the name is of those that a provider should leave to the runner."""
    return name.startswith(PREFIXES)
