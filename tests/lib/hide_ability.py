"""Builds the program that hides abilities of the kernel from what it starts."""

from conftest import ROOT, run


def build_hide_ability(directory):
    made = directory / "hide_ability"
    run("gcc", "-O2", ROOT / "tests/sandbox/guests/hide_ability.c", "-o", made)
    return made
