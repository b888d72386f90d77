"""Merges the imports of several guests, and leaves out functions that providers have.

Types and conventions may differ between word sizes (a size_t is 'u' or 'm'), so only
those of files for one machine are compared. Depends on problem.
"""

from .problem import Problem


class Function:
    """One name, and its uses: pairs of guest and import, in the order given."""

    def __init__(self, name):
        self.name = name
        self.uses = []

    def first(self, attribute):
        """The value from the first guest that has one; None if no guest has."""
        values = (getattr(import_, attribute) for _, import_ in self.uses)
        return next((value for value in values if value is not None), None)

    @property
    def typed(self):
        """The guest whose type is shown, and its import; None if all are untyped."""
        return next((use for use in self.uses if use[1].type is not None), None)

    @property
    def optional(self):
        return all(import_.optional for _, import_ in self.uses)

    @property
    def variadic(self):
        return any(import_.variadic for _, import_ in self.uses)

    @property
    def convention(self):
        conventions = (import_.convention for _, import_ in self.uses)
        return next((name for name in conventions if name != "cdecl"), "cdecl")


def merge(guests):
    """All functions sorted by name, and a problem for each type that disagrees."""
    functions = {}
    for guest in guests:
        for import_ in guest.imports:
            function = functions.setdefault(import_.name, Function(import_.name))
            function.uses.append((guest, import_))
    functions = [functions[name] for name in sorted(functions)]
    return functions, [problem for each in functions for problem in _conflicts(each)]


def _conflicts(function):
    first = {}
    for guest, import_ in function.uses:
        if import_.signature is None:
            continue
        other, known = first.setdefault(guest.machine, (guest, import_))
        if known.signature != import_.signature:
            yield _disagreement(guest, import_, known, other)


def leave_out(functions, providers):
    """The functions that a provider lacks for some machine, and the problems."""
    by_machine = {}
    for provider in providers:
        by_machine.setdefault(provider.machine, []).append(provider)
    remaining, problems = [], []
    for function in functions:
        missing = False
        for guest, import_ in function.uses:
            provider = _provider_of(by_machine.get(guest.machine, []), function.name)
            missing |= provider is None
            problems += _mismatch(provider, guest, import_)
        if missing:
            remaining.append(function)
    return remaining, problems


def check_machines(guests, providers):
    """A problem for each provider whose machine is not that of any guest."""
    machines = {guest.machine for guest in guests}
    needed = ", ".join(sorted(machines))
    return [Problem(provider.path, f"a provider for {provider.machine}, but the guests "
                                   f"are for {needed}")
            for provider in providers if provider.machine not in machines]


def _provider_of(providers, name):
    return next((provider for provider in providers if name in provider.functions), None)


def _mismatch(provider, guest, import_):
    provided = provider and provider.functions[import_.name]
    if not provided or None in (provided.signature, import_.signature):
        return []
    if provided.signature == import_.signature:
        return []
    return [_disagreement(guest, import_, provided, provider)]


def _disagreement(guest, import_, known, other):
    return Problem(guest.path, f"{import_.name} has type {import_.describe()} here, but "
                               f"{known.describe()} in {other.path}")
