"""The exception for a problem with a file. Depends on nothing."""


class Problem(Exception):
    """The main program prints it as one line: `COMMAND: PATH: REASON`."""

    def __init__(self, path, reason):
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
