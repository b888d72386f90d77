"""Text from files that nobody vouches for, made fit to print. Depends on nothing."""


def printable(text):
    """One line of plain ASCII: nothing that a terminal or a compiler would obey."""
    return "".join(c if " " <= c <= "~" else "?" for c in text)


def in_comment(text):
    """Text that neither ends a C comment nor looks like the start of one."""
    return printable(text).replace("*/", "* /").replace("/*", "/ *")
