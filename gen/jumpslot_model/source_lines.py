"""The line of each table and key of a TOML file, which tomllib does not keep.

Reads text that tomllib accepts, so it only has to skip strings and comments. Places are
paths: ("schedule", 0, "slots", 2) is the third slot of the first schedule. Depends on
nothing.
"""

import re

TOKEN = re.compile(r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>\"\"\"(?:\\.|[^\\])*?\"\"\"+ | '''.*?'''+
             | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
  | (?P<word>[A-Za-z0-9_.+:-]+)
  | (?P<newline>\n)
  | (?P<mark>[\[\]{}=,])
    """, re.VERBOSE | re.DOTALL)


def tokens(text):
    """(kind, text, line) of each token; blanks and comments are left out."""
    line, at = 1, 0
    for match in TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        if match.lastgroup != "comment":
            yield match.lastgroup, match.group(), line


def logical_lines(text):
    """The tokens of each line; a value with brackets goes on until they are closed."""
    current, depth = [], 0
    for kind, word, line in tokens(text):
        if kind == "newline":
            if current and not depth:
                yield current
                current = []
            continue
        depth += (word in ("[", "{")) - (word in ("]", "}")) if kind == "mark" else 0
        current.append((kind, word, line))
    if current:
        yield current


def names(words):
    """The parts of a dotted key."""
    return [part for kind, word, _ in words if kind in ("word", "string")
            for part in ([word.strip("\"'")] if kind == "string" else
                         filter(None, word.split(".")))]


class SourceLines:
    def __init__(self, text):
        self._lines, self._counts = {}, {}
        table = ()
        for words in logical_lines(text):
            if words[0][1] == "[" and words[0][0] == "mark":
                table = self._add_header(words)
            else:
                self._add_key(table, words)

    def _note(self, place, line):
        self._lines.setdefault(place, line)

    def _add_header(self, words):
        path = tuple(names(words))
        if words[1][1] == "[":
            number = self._counts.get(path, 0)
            self._counts[path] = number + 1
            self._note(path, words[0][2])
            path += (number,)
        self._note(path, words[0][2])
        return path

    def _add_key(self, table, words):
        equals = next((i for i, (kind, word, _) in enumerate(words)
                       if (kind, word) == ("mark", "=")), len(words))
        place = table + tuple(names(words[:equals]))
        self._note(place, words[0][2])
        inner = [line for kind, word, line in words[equals:]
                 if (kind, word) == ("mark", "{")]
        for number, line in enumerate(inner):
            self._note(place + (number,), line)

    def of(self, place):
        """The line of a place, or of the nearest one around it that has a line."""
        place = tuple(place)
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place, 1)
