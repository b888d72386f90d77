"""One external function as one guest imports it. Depends on abi."""

from dataclasses import dataclass

from . import abi


@dataclass
class Import:
    name: str
    type: str | None
    flags: int
    slot: int
    place: str | None = None
    prototype: str | None = None

    @property
    def optional(self):
        return bool(self.flags & abi.OPTIONAL)

    @property
    def variadic(self):
        return bool(self.flags & abi.VARIADIC)

    @property
    def convention(self):
        return abi.CONVENTIONS[self.flags & abi.CONVENTION_MASK]

    @property
    def signature(self):
        """The part on which both sides must agree; None if the type is unknown."""
        return None if self.type is None else (self.type, self.convention)

    def describe(self):
        text = f"'{self.type}'"
        if self.convention != "cdecl":
            text += f" {self.convention}"
        return text + (f", {self.prototype}" if self.prototype else "")
