"""Three failures in a row, then a rest, then one trial."""

from farside.tools.mcp.breaker import REST, Breaker


def test_it_opens_after_three_failures_and_lets_one_trial_through() -> None:
    now = 100.0
    breaker = Breaker(clock=lambda: now)
    for _ in range(2):
        breaker.failed()
    assert breaker.rests() == 0
    breaker.failed()
    assert breaker.rests() == REST
    now += REST
    assert breaker.rests() == 0
    breaker.failed()
    assert breaker.rests() == REST
    breaker.answered()
    assert breaker.rests() == 0
    breaker.failed()
    assert breaker.rests() == 0
