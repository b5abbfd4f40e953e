"""Leaving a failing system alone, and repeating calls within a budget."""

import pytest

from domain.limits.circuit_breaker import BreakerState, CircuitBreaker, RetryBudget


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock, threshold=3, rest=30)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        assert breaker.allows()
        breaker.failed()


def test_failures_that_are_not_in_a_row_do_not_open_it(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        fail(breaker, 2)
        breaker.succeeded()
    assert breaker.state is BreakerState.CLOSED


def test_failures_in_a_row_open_it_for_a_while(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    assert (breaker.state, breaker.allows()) == (BreakerState.OPEN, False)
    clock.now += 30
    assert breaker.state is BreakerState.HALF_OPEN


def test_after_the_rest_one_call_at_a_time_tries_again(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now += 30
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.abandoned()
    assert breaker.allows()


@pytest.mark.parametrize("works", [True, False])
def test_the_trial_call_decides(breaker: CircuitBreaker, clock: Clock, works: bool) -> None:
    fail(breaker, 3)
    clock.now += 30
    assert breaker.allows()
    if works:
        breaker.succeeded()
    else:
        breaker.failed()
    assert breaker.state is (BreakerState.CLOSED if works else BreakerState.OPEN)


@pytest.mark.parametrize(("asked", "rested"), [(5.0, 5.0), (60.0, 60.0)])
def test_a_system_that_asks_to_be_left_alone_is(
    breaker: CircuitBreaker, clock: Clock, asked: float, rested: float
) -> None:
    assert breaker.allows()
    breaker.failed(rest=asked)
    clock.now += rested - 0.1
    assert not breaker.allows()
    clock.now += 0.1
    assert breaker.allows()


def test_repeats_are_a_share_of_the_calls() -> None:
    budget = RetryBudget(share=0.25, most=2)
    assert [budget.spend(), budget.spend()] == [True, False]
    for _ in range(4):
        budget.earn()
    assert [budget.spend(), budget.spend()] == [True, False]


def test_a_quiet_time_does_not_save_up_a_storm() -> None:
    budget = RetryBudget(share=0.5, most=2)
    for _ in range(100):
        budget.earn()
    assert [budget.spend() for _ in range(3)] == [True, True, False]
