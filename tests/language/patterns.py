"""The habits that the language check looks for: one entry each.

Each pattern has a name, the words to write instead, and examples of both, which the tests
of the check go through. Line ends and tabs are single spaces before patterns are matched.
"""

import re
from typing import NamedTuple

from texts import COMMENT, MESSAGE, PROSE

EVERYWHERE = (COMMENT, MESSAGE, PROSE)
# Where a sentence begins: in a passage's first words, or after the end of another one.
OPENING = r"(?:^[\s#>|*_(-]*(?:\d+\.\s+)?|(?<=[.!?:])[\s*_]+|\|\s+)"
# An amount: what comes per call. Nouns that are verbs too count only after a number or
# an article.
AMOUNT = (r"(?:cycles?|ticks|instructions|bytes|words|bits|times|ns|us|ms|nanoseconds|"
          r"microseconds|milliseconds|addresses|entries|one|two|three|"
          r"(?:an?|one|two|three|each|another|\d+)\s(?:instruction|byte|word|bit|line|"
          r"entry|name|file|address|system call|program|test|signal|[KM]iB|thunk|record|"
          r"slot|page|paragraph|example|table|folder|stack|thread|assembly file|"
          r"C file)s?)")
THING = (r"(?:call|import|function|guest|thread|processor|register|slot|vector|file|"
         r"architecture|package|process|bind|line|period|interrupt|provider|section|"
         r"argument|record|option|test|entry|instruction|image|name|symbol|subject|"
         r"signal|host|page|stub|decision)")


class Pattern(NamedTuple):
    name: str
    regex: "re.Pattern"
    instead: str
    bad: tuple
    good: tuple
    kinds: tuple = EVERYWHERE


def pattern(name, regex, instead, bad, good, kinds=EVERYWHERE):
    return Pattern(name, re.compile(regex), instead, tuple(bad), tuple(good), kinds)


PATTERNS = (
    pattern(
        "headless", OPENING +
        r"(?P<hit>(?:What|Whatever|Whoever|Who|Whichever|Which)\s(?!\S*\s+\S+\?)[^.?|]*"
        r"(?:[.|]|\Z|$)|That\s(?:no\b|nobody|nothing|a\b|an\b|the\b|it\b|they\b|there\b|"
        r"some\w*\b)|How\s(?!to\b)[^.?|]*(?:[.|]|\Z|$))",
        "the subject first",
        ["What it copied is lost.", "Whoever binds comes first.",
         "The slot is empty. What fills it is the resolver.",
         "That nobody provides it is an error.", "## What a provider is",
         "Who binds a slot waits.", "How many there are is an upper bound.",
         "- What the guest sees"],
        ["What is a provider?", "The runner copies what the plan says.",
         "That is an error.", "How to add a guest", "That word holds the state."]),
    pattern(
        "inversion", OPENING +
        r"(?P<hit>(?:So|Nor|Neither|Such)\s(?:ends?|do|does|is|are|was|were|has|have|can|"
        r"may|goes|go)\b)",
        "the subject first",
        ["So ends a callback.", "So is the supervisor.", "Such are all others."],
        ["So the guest ends.", "So that it ends, ..."]),
    pattern(
        "continued", r"\A\s*(?P<hit>And|But|Or|Nor|Then|Also|Likewise|The same[,.:;]|"
        r"Same here)(?=\s)",
        "a comment that stands on its own",
        ["And the other one.", "Then backs the work area.", "The same, once, by itself."],
        ["The same code runs on both.", "Android or not."], (COMMENT,)),
    pattern(
        "behind", r"\b(?P<hit>[Bb]ehind)\b", "\"after\", \"past\" or \"at\"",
        ["the instruction behind it", "Behind the last entry"], ["after it"]),
    pattern(
        "is-no", r"(?<![Tt]here )\b(?P<hit>(?:is|are|was|were|be|been|being)\s"
        r"(?:no(?!\s(?:longer|more|less|fewer|doubt|way|one|need)\b)|none))\b(?![-\w])",
        "\"is not a\", \"is not\" or \"there is no\"",
        ["it is no power of two", "the missing one is none"],
        ["there is no slot", "it is no longer mapped", "is not a power of two"]),
    pattern(
        "so-many", r"\b(?P<hit>[Ss]o (?:many|much))\b(?! that| faster| slower| better)",
        "\"as many\", \"that many\", \"as much\"",
        ["so many bytes are copied", "So much for that"], ["as many bytes as fit"]),
    pattern(
        "double-genitive",
        r"(?<!instead )\b(?P<hit>of (?:the |an? |its |our |another )?\w+'s)"
        r"(?=\s*(?:[.,;:)|]|\Z|"
        r"\s(?:that|which|and|or|is|are|was|has|in|to|at|on|by|with|for|from|until|while|"
        r"when|if|may|can|must|does|do|but|below|above|after|before|as|than|of)\b))|"
        r"\b(?P<hit2>of (?:ours|theirs|yours|mine))\b",
        "\"the guest's stack\", not \"a stack of the guest's\"",
        ["a stack of the guest's.", "a function of the host's that waits", "one of ours"],
        ["the end of the guest's stack", "the size of Lua's source",
         "the runner's function instead of libc's"]),
    pattern(
        "per", r"\b(?P<hit>" + AMOUNT + r"\s+an?\s+" + THING + r")\b(?!')",
        "\"per call\", \"for each import\"",
        ["4 cycles a call", "an address an import", "a line a function", "one a call"],
        ["4 cycles per call", "once a second", "a call", "It names a function.",
         "The macro records a call."]),
    pattern(
        "what-of", r"\b(?P<hit>[Ww]hat of)\b", "\"which parts of\"",
        ["what of it needs privileges"], ["which of them"]),
    pattern(
        "but", r"\b(?P<hit>(?:[Nn]othing|[Nn]obody|[Nn]o \w+|[Nn]one|[Aa]nything|"
        r"[Ee]ach \w+|[Ee]very \w+|does not return,) but)\b",
        "\"only\" or \"except\"",
        ["nothing but the return", "no descriptor but the terminal"],
        ["only the return", "It has no name, but it works."]),
    pattern(
        "before-noun", r"\b(?P<hit>of before|(?:one|those|that) from before)\b",
        "\"previous\", \"earlier\"",
        ["the work area of before", "the one from before"],
        ["the previous work area", "as before"]),
    pattern(
        "old-words", r"\b(?P<hit>[Aa]new|[Tt]herein|[Tt]hereof|[Tt]hereby|[Ww]herein|"
        r"[Ww]hereof|[Ww]hence|[Hh]ereby|[Tt]hereupon|[Hh]itherto|for ever|as good as)\b",
        "\"again\", \"in it\", \"in which\", \"forever\"",
        ["The guest starts anew.", "loops for ever"], ["The guest starts again."]),
    pattern(
        "mend", r"\b(?P<hit>[Mm]end(?:s|ed|ing)?)\b", "\"fix\", \"handle\", \"recover\"",
        ["the fault is mended"], ["the handler recovers from the fault"]),
    pattern(
        "started-over", r"\b(?P<hit>[Ss]tart(?:s|ed|ing)? over)\b",
        "\"restart\"", ["it starts over"], ["it restarts"]),
    pattern(
        "does-without", r"\b(?P<hit>(?:do|does|did|done|doing) without)\b",
        "\"does not need\", \"has no\"", ["which it does without"], ["without it"]),
    pattern(
        "say", r"\b(?P<hit>[Ss]ays of|[Ss]ay of|is told of|[Tt]ells of)\b",
        "\"says about\", \"describes\", \"reports\"",
        ["what a report says of the state"], ["what a report says about the state"]),
)
