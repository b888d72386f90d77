"""A table of a model: takes its keys one by one, each with its type and range.

Refuses with the file, the line, the value and what was expected. Depends on source_lines
and on the exception for problems.
"""

import difflib
import re
from decimal import Decimal

from jumpslot_elf.problem import Problem

NAME = re.compile(r"[A-Za-z0-9_.-]{1,31}")
TIME = re.compile(r"\s*([0-9]{1,19}(?:\.[0-9]{1,9})?)\s*(ns|us|ms|s)\s*")
SIZE = re.compile(r"([0-9]{1,19})([KMG]?)")
NS = {"ns": 1, "us": 1000, "ms": 1000000, "s": 1000000000}
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
PAGE = 4096
REQUIRED = object()


def shown(value):
    """A value as TOML has it, in few characters."""
    if isinstance(value, int) and value.bit_length() > 64:
        return hex(value)[:57] + "..."
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or (f'"{value}"' if isinstance(value, str) else str(value))
    return text if len(text) <= 60 else text[:57] + "..."


def time_text(ns):
    for unit in ("s", "ms", "us"):
        if ns and ns % NS[unit] == 0:
            return f"{ns // NS[unit]} {unit}"
    return f"{ns} ns"


def size_text(size):
    for unit in ("G", "M", "K"):
        if size and size % UNITS[unit] == 0:
            return f"{size // UNITS[unit]}{unit}"
    return str(size)


class Table:
    """`place` leads to `values` in the file: see source_lines."""

    def __init__(self, path, lines, place, values):
        self.path, self._lines, self.place = path, lines, tuple(place)
        self._values, self._known = values, set()
        if not isinstance(values, dict):
            raise self.problem(None, f"{shown(values)}: not a table")

    def line(self, key=None):
        return self._lines.of(self.place + ((key,) if key is not None else ()))

    def problem(self, key, reason):
        return Problem(f"{self.path}:{self.line(key)}", reason)

    def refuse(self, key, expected):
        return self.problem(key, f"{key} = {shown(self._values[key])}: invalid value "
                                 f"(expected {expected})")

    def has(self, key):
        self._known.add(key)
        return key in self._values

    def take(self, key, default=REQUIRED):
        """The value as TOML has it, of any type."""
        if self.has(key):
            return self._values[key]
        if default is REQUIRED:
            raise self._missing(key)
        return default

    def _missing(self, key):
        others = difflib.get_close_matches(key, set(self._values) - self._known, 1)
        similar = "".join(f"; similar: {each}, in line {self.line(each)}"
                          for each in others)
        return self.problem(None, f"{self.title()} lacks the key {key}{similar}")

    def title(self):
        return next((part for part in reversed(self.place) if isinstance(part, str)),
                    "the model")

    def end(self):
        """No key may be left over."""
        for key in self._values:
            if key not in self._known:
                raise self.problem(key, f"unknown key {key} (expected "
                                        f"{', '.join(sorted(self._known))})")

    def text(self, key, default=REQUIRED):
        value = self.take(key, default)
        if key in self._values and (
                not isinstance(value, str) or not value or "\0" in value):
            raise self.refuse(key, "a text that is not empty")
        return value

    def name(self, key):
        value = self.take(key)
        if not isinstance(value, str) or not NAME.fullmatch(value):
            raise self.refuse(key, "1 to 31 letters, digits, '_', '-' or '.'")
        return value

    def flag(self, key):
        value = self.take(key, False)
        if not isinstance(value, bool):
            raise self.refuse(key, "true or false")
        return value

    def number(self, key, low, high, default=REQUIRED):
        value = self.take(key, default)
        if key not in self._values:
            return value
        if isinstance(value, bool) or not isinstance(value, int) \
                or not low <= value <= high:
            raise self.refuse(key, f"{low} to {high}")
        return value

    def time(self, key, low, high, default=REQUIRED):
        value = self.take(key, default)
        if key not in self._values:
            return value
        match = TIME.fullmatch(value) if isinstance(value, str) else None
        ns = Decimal(match[1]) * NS[match[2]] if match else None
        if ns is None or ns != int(ns) or not low <= ns <= high:
            raise self.refuse(key, f'"{time_text(low)}" to "{time_text(high)}"')
        return int(ns)

    def size(self, key, low, high, default=REQUIRED):
        """Bytes, or a text with a unit; whole pages."""
        value = self.take(key, default)
        if key not in self._values:
            return value
        text = shown(value) if isinstance(value, int) else value
        match = SIZE.fullmatch(text) \
            if isinstance(text, str) and not isinstance(value, bool) else None
        size = int(match[1]) * UNITS[match[2]] if match else None
        if size is None or not low <= size <= high:
            raise self.refuse(key, f'"{size_text(low)}" to "{size_text(high)}"')
        return -(-size // PAGE) * PAGE

    def choice(self, key, words, default=REQUIRED):
        """The number of the value among `words`."""
        value = self.take(key, default)
        if not isinstance(value, str) or value not in words:
            raise self.refuse(key, ", ".join(words[:-1]) + f" or {words[-1]}")
        return words.index(value)

    def texts(self, key):
        value = self.take(key, [])
        if not isinstance(value, list) or not all(
                isinstance(each, str) and "\0" not in each for each in value):
            raise self.refuse(key, "a list of texts")
        return value

    def table(self, key):
        return Table(self.path, self._lines, self.place + (key,), self.take(key))

    def tables(self, key, most, least=0):
        value = self.take(key, [])
        if not isinstance(value, list) or not least <= len(value) <= most:
            count = len(value) if isinstance(value, list) else shown(value)
            raise self.problem(key, f"{key}: {count} tables (expected {least} to {most})")
        return [Table(self.path, self._lines, self.place + (key, i), each)
                for i, each in enumerate(value)]
