"""The passages of prose in a file of this tree: comments, messages and documentation.

Knows how each kind of file writes comments and strings; knows nothing of patterns.
"""

import io
import re
import tokenize
from pathlib import Path
from typing import NamedTuple

COMMENT, MESSAGE, PROSE = "comment", "message", "prose"


class Passage(NamedTuple):
    """Connected text, and the line of the file on which each of its lines stands."""
    kind: str
    line: int
    text: str


C_SUFFIXES = {".c", ".h", ".S", ".ld", ".def", ".cc", ".map", ".list"}
C_TOKEN = re.compile(r'''
    (?P<comment>/\*.*?\*/ | //[^\n]*)
  | (?P<message>"(?:\\.|[^"\\\n])*" (?:\s*"(?:\\.|[^"\\\n])*")*)
  | '(?:\\.|[^'\\\n])+'
''', re.X | re.S)
# A comment begins where a word could; inside quotes there is none.
HASH_TOKEN = re.compile(r'''
    (?P<comment>(?:(?<=\s)|(?<=\A)|(?<=;))\#[^\n]*)
  | (?P<message>"(?:\\.|[^"\\])*" | '[^'\n]*')
''', re.X)
LUA_TOKEN = re.compile(r'''
    (?P<comment>--[^\n]*)
  | "(?:\\.|[^"\\])*"
  | '(?:\\.|[^'\\])*'
''', re.X)
LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+\.)\s")


def blank(match):
    """Spaces for a match, so that everything else stays where it is."""
    return re.sub(r"[^\n]", " ", match.group())


def bare_comment(text):
    """A comment's words, without what marks it as a comment."""
    text = re.sub(r"^/\*+|\*+/$", blank, text)
    return re.sub(r"^[ \t]*(?:\*(?!\w)|//+|#+!?|--+)", blank, text, flags=re.M)


def bare_message(text):
    """A string literal's words; escapes are spaces, as are quotes between its parts."""
    return re.sub(r'\\[nt"]|"\s*"|^"|"$', blank, text)


def is_message(text):
    """Whether a string literal is text for a reader, not only a name or a path."""
    return len(re.findall(r"[A-Za-z]{2,}", text)) >= 3


def by_token(text, token):
    for match in token.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match.lastgroup == "comment":
            yield Passage(COMMENT, line, bare_comment(match.group()))
        elif match.lastgroup == "message" and is_message(match.group()):
            yield Passage(MESSAGE, line, bare_message(match.group()))


def joined(passages):
    """Comments of one line each that follow each other are one passage."""
    last = None
    for passage in passages:
        if last and last.kind == passage.kind == COMMENT and \
                passage.line == last.line + last.text.count("\n") + 1:
            last = last._replace(text=last.text + "\n" + passage.text)
            continue
        if last:
            yield last
        last = passage
    if last:
        yield last


def of_python(text):
    strings = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.STRING:
            start = (token.start[0], strings[1] + "\n" * (
                token.start[0] - strings[0] - strings[1].count("\n")) + " "
                + bare_string(token.string)) if strings else \
                (token.start[0], bare_string(token.string))
            strings = (strings[0], start[1]) if strings else start
        elif token.type not in (tokenize.NL, tokenize.COMMENT):
            if strings and is_message(strings[1]):
                yield Passage(MESSAGE, *strings)
            strings = None
        if token.type == tokenize.COMMENT:
            yield Passage(COMMENT, token.start[0], bare_comment(token.string))


def bare_string(text):
    return re.sub(r'^\w*("""|\'\'\'|"|\')|("""|\'\'\'|"|\')$|\\[nt"]', blank, text)


def of_markdown(text):
    """Paragraphs, list items, headings and table rows; no blocks of code."""
    fenced = False
    lines, start = [], 0
    for number, line in enumerate(text.split("\n") + [""], 1):
        fence = line.startswith("```")
        ends = fence or fenced or not line.strip() or line.startswith(("#", "|")) \
            or LIST_ITEM.match(line)
        if ends and lines:
            yield Passage(PROSE, start, "\n".join(lines))
            lines = []
        if fence:
            fenced = not fenced
        elif not fenced and line.strip():
            if not lines:
                start = number
            lines.append(line)
            if line.startswith(("#", "|")):
                yield Passage(PROSE, start, line)
                lines = []


def passages(path, text):
    """All passages of a file; a file of unknown kind has none."""
    name, suffix = Path(path).name, Path(path).suffix
    shebang = text.split("\n", 1)[0] if text.startswith("#!") else ""
    if suffix == ".md":
        return of_markdown(text)
    if suffix == ".py" or "python" in shebang:
        return joined(of_python(text))
    if suffix in C_SUFFIXES:
        return joined(by_token(text, C_TOKEN))
    if suffix == ".lua":
        return joined(by_token(text, LUA_TOKEN))
    if shebang or suffix in (".mk", ".sh") or name in ("Makefile", "packages.txt",
                                                       ".clang-format", ".clang-tidy",
                                                       ".editorconfig", ".gitignore"):
        return joined(by_token(text, HASH_TOKEN))
    return iter(())


def measured_lines(path, text):
    """(number, line) of each line whose shape counts: no table, link or shown output."""
    fence = None
    if Path(path).suffix == ".txt":
        return
    for number, line in enumerate(text.split("\n"), 1):
        if Path(path).suffix == ".md":
            if line.startswith("```"):
                fence = line[3:] if fence is None else None
                continue
            if fence == "" or (fence is None and line.startswith("|")):
                continue
        if "://" not in line:
            yield number, line.expandtabs(8)
