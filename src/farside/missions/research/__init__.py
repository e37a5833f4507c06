"""Research: a report of which each sentence rests on archived lines, checked before it is delivered."""
