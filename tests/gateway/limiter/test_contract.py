"""What every store of counts answers, said call by call with the clock held still."""

import pytest

from app.gateway.limiter.decision import Decision, Demand, Limiter, Window
from app.gateway.limiter.plan import parse_plan

SECOND_US = 1_000_000
# The beginning of a bucket of every window used here.
NOON_US = 1_795_003_200 * SECOND_US
PLAN = parse_plan("100/minute;20/second")


def call(
    limiter: Limiter,
    subject: str,
    plan: tuple[Window, ...] = PLAN,
    *,
    at_s: float = 0,
    cost: int = 1,
    times: int = 1,
) -> Decision:
    for _ in range(times):
        decision = limiter.acquire(
            [Demand(subject, plan, cost=cost)], now_us=NOON_US + int(at_s * SECOND_US)
        )
    return decision


def test_the_first_call_is_admitted_and_described(limiter: Limiter, subject: str) -> None:
    decision = call(limiter, subject)

    assert decision.admitted
    assert decision.retry_after_s == 0
    minute, burst = decision.standings
    assert (minute.window, burst.window) == PLAN
    assert (minute.remaining, burst.remaining) == (99, 19)
    assert (minute.subject, burst.subject) == (subject, subject)
    assert not minute.is_violated
    # Sixty whole buckets and the one of the call itself.
    assert (minute.wait_s, minute.reset_epoch_s) == (61, NOON_US // SECOND_US + 61)
    assert burst.wait_s == 2


def test_a_call_refused_on_the_burst_leaves_the_minute_untouched(
    limiter: Limiter, subject: str
) -> None:
    call(limiter, subject, times=20)

    refused = call(limiter, subject, times=50)
    later = call(limiter, subject, at_s=2)

    assert not refused.admitted
    assert [s.is_violated for s in refused.standings] == [False, True]
    assert [s.remaining for s in refused.standings] == [80, 0]
    assert later.admitted
    assert later.standings[0].remaining == 79


def test_a_call_refused_on_the_minute_leaves_the_burst_untouched(
    limiter: Limiter, subject: str
) -> None:
    for second in range(0, 10, 2):
        call(limiter, subject, at_s=second, times=20)

    refused = call(limiter, subject, at_s=12)

    assert not refused.admitted
    assert [s.is_violated for s in refused.standings] == [True, False]
    assert [s.remaining for s in refused.standings] == [0, 20]


def test_retry_after_is_true_for_the_burst(limiter: Limiter, subject: str) -> None:
    refused = call(limiter, subject, times=21)

    assert refused.retry_after_s == 2
    assert call(limiter, subject, at_s=refused.retry_after_s).admitted


def test_retry_after_is_true_for_the_minute(limiter: Limiter, subject: str) -> None:
    for second in range(0, 10, 2):
        call(limiter, subject, at_s=second, times=20)

    refused = call(limiter, subject, at_s=30)

    assert refused.retry_after_s == 31
    assert not call(limiter, subject, at_s=30 + 30).admitted
    assert call(limiter, subject, at_s=30 + 31).admitted


@pytest.mark.parametrize("at_s", [0.0, 0.5, 0.999_999])
def test_waiting_only_until_the_reset_of_the_primary_window_is_enough(
    limiter: Limiter, subject: str, at_s: float
) -> None:
    """A refusal on the burst, while the minute would give more only a minute later."""
    call(limiter, subject, at_s=at_s, times=20)
    refused = call(limiter, subject, at_s=at_s)

    primary = refused.standings[0]
    reset_us = primary.reset_epoch_s * SECOND_US

    assert not refused.admitted
    assert reset_us > NOON_US + at_s * SECOND_US
    assert limiter.acquire([Demand(subject, PLAN)], now_us=reset_us).admitted


def test_the_reset_is_never_before_the_burst_lets_go(limiter: Limiter, subject: str) -> None:
    """The minute's oldest call leaves at once, the burst is full: the later instant is told."""
    call(limiter, subject)
    call(limiter, subject, at_s=60, times=20)

    refused = call(limiter, subject, at_s=60)

    primary = refused.standings[0]
    assert primary.wait_s == 1
    assert primary.reset_epoch_s == NOON_US // SECOND_US + 62
    assert call(limiter, subject, at_s=62).admitted


def test_the_window_rolls_it_does_not_restart(limiter: Limiter, subject: str) -> None:
    plan = parse_plan("100/minute")
    call(limiter, subject, plan, at_s=59, times=100)

    assert not call(limiter, subject, plan, at_s=60.5).admitted
    assert not call(limiter, subject, plan, at_s=119.9).admitted
    assert call(limiter, subject, plan, at_s=120, times=100).admitted


def test_cost_above_one_is_spent_whole_or_not_at_all(limiter: Limiter, subject: str) -> None:
    plan = parse_plan("10/minute")

    assert call(limiter, subject, plan, cost=7).standings[0].remaining == 3
    assert not call(limiter, subject, plan, cost=4).admitted
    assert call(limiter, subject, plan, cost=3).standings[0].remaining == 0


def test_a_cost_above_the_amount_waits_for_the_window_to_be_empty(
    limiter: Limiter, subject: str
) -> None:
    plan = parse_plan("10/minute")
    call(limiter, subject, plan)

    refused = call(limiter, subject, plan, cost=50)
    admitted = call(limiter, subject, plan, cost=50, at_s=refused.retry_after_s)

    assert not refused.admitted
    assert refused.standings[0].is_violated
    assert admitted.admitted
    assert admitted.standings[0].remaining == 0


def test_cost_nothing_asks_without_spending(limiter: Limiter, subject: str) -> None:
    before = call(limiter, subject, cost=0)
    call(limiter, subject, times=20)
    after = call(limiter, subject, cost=0, times=5)

    assert [s.remaining for s in before.standings] == [100, 20]
    assert [s.wait_s for s in before.standings] == [0, 0]
    assert after.admitted
    assert [s.remaining for s in after.standings] == [80, 0]
    assert after.standings[1].wait_s == 2


def test_asking_for_nothing_is_admitted(limiter: Limiter) -> None:
    assert limiter.acquire([], now_us=NOON_US) == Decision(True, (), 0)


def test_subjects_do_not_touch_each_other(limiter: Limiter, subject: str) -> None:
    call(limiter, subject, times=21)

    assert call(limiter, f"{subject}0").admitted


def test_a_subject_may_have_any_text(limiter: Limiter, subject: str) -> None:
    odd = f"{subject} {{a}}:ü\x00\n'\" * %"

    call(limiter, odd, times=20)

    assert not call(limiter, odd).admitted


def test_the_refusal_of_one_subject_spends_nothing_of_another(
    limiter: Limiter, subject: str
) -> None:
    wide = Demand(f"{subject} client", parse_plan("1000/minute"))
    narrow = Demand(subject, parse_plan("2/minute"))

    decisions = [limiter.acquire([wide, narrow], now_us=NOON_US) for _ in range(5)]

    assert [d.admitted for d in decisions] == [True, True, False, False, False]
    assert [s.remaining for s in decisions[-1].standings] == [998, 0]
    assert [s.is_violated for s in decisions[-1].standings] == [False, True]


def test_one_subject_twice_in_one_decision_is_a_mistake(limiter: Limiter, subject: str) -> None:
    with pytest.raises(ValueError, match="distinct"):
        limiter.acquire([Demand(subject, PLAN), Demand(subject, PLAN)], now_us=NOON_US)


def test_a_lower_amount_holds_from_the_next_call(limiter: Limiter, subject: str) -> None:
    call(limiter, subject, parse_plan("100/minute"), times=30)

    lowered = call(limiter, subject, parse_plan("20/minute"), at_s=1)

    assert not lowered.admitted
    assert lowered.standings[0].remaining == 0
    assert call(limiter, subject, parse_plan("20/minute"), at_s=lowered.retry_after_s + 1).admitted


def test_a_higher_amount_holds_from_the_next_call(limiter: Limiter, subject: str) -> None:
    call(limiter, subject, parse_plan("20/minute"), times=20)

    raised = call(limiter, subject, parse_plan("100000/minute"))

    assert raised.admitted
    assert raised.standings[0].remaining == 100_000 - 21


def test_a_window_of_another_length_starts_from_what_is_known(
    limiter: Limiter, subject: str
) -> None:
    call(limiter, subject, parse_plan("100/minute"), times=30)

    longer = call(limiter, subject, parse_plan("1000/hour;20/second"), at_s=30)
    shorter = call(limiter, subject, parse_plan("40/10 minute"), at_s=40)

    assert longer.standings[0].remaining == 1000 - 31
    assert longer.standings[1].remaining == 19
    assert shorter.standings[0].remaining == 40 - 32


def test_retry_after_is_true_when_the_lengths_have_just_changed(
    limiter: Limiter, subject: str
) -> None:
    """The old bucket of a minute is still open: what moved to the new window stays where it is."""
    call(limiter, subject, parse_plan("100/hour"), at_s=10, times=5)
    plan = parse_plan("5/10 second")

    refused = call(limiter, subject, plan, at_s=12)

    assert not refused.admitted
    assert call(limiter, subject, plan, at_s=12 + refused.retry_after_s).admitted


def test_a_clock_that_went_back_a_little_frees_nothing(limiter: Limiter, subject: str) -> None:
    plan = parse_plan("5/minute")
    call(limiter, subject, plan, at_s=30, times=5)

    refused = call(limiter, subject, plan, at_s=10)

    assert not refused.admitted
    assert refused.retry_after_s == 81
    assert call(limiter, subject, plan, at_s=91).admitted


def test_a_clock_that_was_far_ahead_closes_nobody_out(limiter: Limiter, subject: str) -> None:
    plan, years_s = parse_plan("5/minute"), 50_000_000
    call(limiter, subject, plan, at_s=years_s, times=5)

    refused = call(limiter, subject, plan)

    assert not refused.admitted
    assert refused.retry_after_s == 61
    assert call(limiter, subject, plan, at_s=61, times=5).admitted
    assert not call(limiter, subject, plan, at_s=61).admitted


def test_a_year_is_counted_as_exactly_as_a_second(limiter: Limiter, subject: str) -> None:
    plan, year_s = parse_plan("3/year"), 360 * 86_400
    call(limiter, subject, plan, times=3)

    assert not call(limiter, subject, plan, at_s=year_s).admitted
    assert call(limiter, subject, plan, at_s=year_s + year_s / 60).admitted


def test_without_a_given_time_the_store_reads_its_own(limiter: Limiter, subject: str) -> None:
    plan = parse_plan("2/hour")

    decisions = [limiter.acquire([Demand(subject, plan)]) for _ in range(3)]

    assert [d.admitted for d in decisions] == [True, True, False]
    assert 3_500 < decisions[2].retry_after_s <= 3_660


@pytest.mark.parametrize(("amount", "length_s"), [(0, 60), (-1, 60), (1, 0)])
def test_a_window_without_amount_or_length_cannot_be_made(amount: int, length_s: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Window("minute", amount, length_s)


def test_a_negative_cost_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="negative"):
        Demand("grant:1", PLAN, cost=-1)
