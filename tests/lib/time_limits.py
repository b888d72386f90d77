"""A time-out that ends a guest, on a machine of unknown speed. Depends on nothing."""

# Seconds, and nearly always the first is enough.
LIMITS = "0.3", "3", "30"


def end_in_time(run, has_begun):
    """The result of run(SECONDS), with the first limit in which the guest gets to what
    it is to do: a busy machine takes some of the time for the start."""
    for seconds in LIMITS:
        result = run(seconds)
        if has_begun(result):
            break
    return result
