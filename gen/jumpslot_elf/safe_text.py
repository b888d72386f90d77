"""Makes text from untrusted files fit to print. Depends on nothing."""


def printable(text):
    """One line of plain ASCII, without characters that control a terminal."""
    return "".join(c if " " <= c <= "~" else "?" for c in text)


def in_comment(text):
    """One line of text that neither ends a C comment nor starts one."""
    return printable(text).replace("*/", "* /").replace("/*", "/ *")
