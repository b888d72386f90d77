"""Commands to a running guest through its control socket, on a machine of any speed."""

from conftest import BUILD, run

LATE = "host-wrapper: ctl: the guest does not answer\n"


def is_late(result):
    return (result.stderr, result.returncode) == (LATE, 125)


def ctl(path, *words, check=True):
    """
    Run host-wrapper ctl. With `check`, a guest that takes longer than the two seconds of
    a command is asked again until it has carried the command out. It may have done so
    since, and have ended by it. An interrupt is not raised again: it is on its way.
    """
    command = BUILD / "bin/host-wrapper", "ctl", path, *words
    result = run(*command, check=False)
    was_late = False
    while check and is_late(result):
        was_late = True
        if words[0] == "raise":
            break
        result = run(*command, check=False)
    assert not check or was_late or result.returncode == 0, result.stderr
    return result
