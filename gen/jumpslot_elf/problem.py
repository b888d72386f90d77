"""The one exception: what is wrong with which file. Depends on nothing."""


class Problem(Exception):
    """Becomes one line, `COMMAND: PATH: REASON`, in the main program."""

    def __init__(self, path, reason):
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
