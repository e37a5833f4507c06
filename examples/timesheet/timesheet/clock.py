"""Times of day and lengths, both in minutes."""


def minutes(text):
    """Return the minutes since midnight of a time such as 09:05."""
    hours, _, rest = text.partition(":")
    if not (hours.isdigit() and rest.isdigit() and int(hours) < 24 and int(rest) < 60):
        raise ValueError(f"{text!r} is no time of day")
    return int(hours) * 60 + int(rest)


def length(start, end):
    """Return how many minutes lie between two times of day, of which the first is the start."""
    return minutes(end) - minutes(start)


def written(total):
    """Return a length as hours and minutes: 7:05."""
    return f"{total // 60}:{total % 60:02}"
