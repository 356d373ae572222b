"""Never above the plan in any rolling window; never a refusal for who keeps to it."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.gateway.limiter.decision import Decision, Demand, Limiter
from app.gateway.limiter.plan import parse_plan
from tests.gateway.limiter.conftest import fresh_subject
from tests.gateway.limiter.log import ExactLog

NOON_US = 1_795_000_000_000_000
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

plans = st.sampled_from(
    ["3/second", "5/minute;2/second", "2/second;7/3 second", "4/7 second;9/minute;12/hour"]
).map(parse_plan)
# Around the edges of buckets and windows of one second and one minute, and far between.
gaps_us = st.one_of(
    st.integers(0, 40_000),
    st.integers(0, 1_100_000),
    st.integers(0, 70_000_000),
    st.sampled_from([0, 1, 16_666, 16_667, 983_333, 999_999, 1_000_000, 1_000_001, 1_016_667]),
    st.sampled_from([59_999_999, 60_000_000, 60_000_001, 61_000_000, 7_000_000, 3_000_000]),
)
calls = st.lists(st.tuples(gaps_us, st.integers(1, 2)), min_size=1, max_size=60)


@SHARED
@given(plan=plans, calls=calls, start_us=st.integers(0, 60_000_000))
def test_each_decision_lies_between_the_two_promises(
    limiter: Limiter, plan, calls, start_us
) -> None:
    subject, log, now_us = fresh_subject(), ExactLog(), NOON_US + start_us

    for gap_us, cost in calls:
        now_us += gap_us
        demand = Demand(subject, plan, cost=cost)
        decision = limiter.acquire([demand], now_us=now_us)

        if decision.admitted:
            assert log.may_admit(demand, now_us=now_us)
            log.calls.append((now_us, cost))
        else:
            assert not log.must_admit(demand, now_us=now_us)
        assert_standings_agree(decision, log, now_us=now_us)


def assert_standings_agree(decision: Decision, log: ExactLog, *, now_us: int) -> None:
    for standing in decision.standings:
        window = standing.window
        at_least = log.spent(now_us=now_us - 1, sixtieths=60, window=window)
        at_most = log.spent(now_us=now_us, sixtieths=61, window=window)
        assert at_least <= window.amount - standing.remaining <= at_most
    assert any(s.is_violated for s in decision.standings) is not decision.admitted


@SHARED
@given(plan=plans, calls=calls, waits_for_reset=st.booleans())
def test_waiting_as_told_is_enough(limiter: Limiter, plan, calls, waits_for_reset) -> None:
    subject, now_us = fresh_subject(), NOON_US

    for gap_us, cost in calls:
        now_us += gap_us
        demand = Demand(subject, plan, cost=cost)
        decision = limiter.acquire([demand], now_us=now_us)
        if decision.admitted:
            assert decision.retry_after_s == 0
            continue

        assert decision.retry_after_s >= 1
        if waits_for_reset:
            assert decision.standings[0].reset_epoch_s * 1_000_000 > now_us
            now_us = decision.standings[0].reset_epoch_s * 1_000_000
        else:
            now_us += decision.retry_after_s * 1_000_000
        assert limiter.acquire([demand], now_us=now_us).admitted


@SHARED
@given(plan=plans, calls=calls)
def test_nobody_is_told_to_wait_a_second_too_long(limiter: Limiter, plan, calls) -> None:
    subject, now_us = fresh_subject(), NOON_US

    for gap_us, cost in calls:
        now_us += gap_us
        decision = limiter.acquire([Demand(subject, plan, cost=cost)], now_us=now_us)
        if not decision.admitted:
            early_us = now_us + (decision.retry_after_s - 1) * 1_000_000
            demand = Demand(subject, plan, cost=cost)
            assert not limiter.acquire([demand], now_us=early_us).admitted
            now_us = early_us


@SHARED
@given(calls=st.lists(st.tuples(gaps_us, st.booleans()), min_size=1, max_size=60))
def test_subjects_decided_together_are_spent_together_or_not_at_all(
    limiter: Limiter, calls
) -> None:
    grant, client = fresh_subject(), fresh_subject()
    of_grant, of_client = parse_plan("3/second;8/minute"), parse_plan("4/second")
    logs = {grant: ExactLog(), client: ExactLog()}
    now_us = NOON_US

    for gap_us, alone in calls:
        now_us += gap_us
        demands = [Demand(client, of_client)]
        if not alone:
            demands.insert(0, Demand(grant, of_grant))
        admitted = limiter.acquire(demands, now_us=now_us).admitted

        verdicts = [logs[demand.subject] for demand in demands]
        if admitted:
            assert all(
                log.may_admit(demand, now_us=now_us)
                for log, demand in zip(verdicts, demands, strict=True)
            )
            for log in verdicts:
                log.calls.append((now_us, 1))
        else:
            assert not all(
                log.must_admit(demand, now_us=now_us)
                for log, demand in zip(verdicts, demands, strict=True)
            )


@SHARED
@given(
    calls=st.lists(
        st.tuples(st.integers(0, 3_000_000), st.integers(1, 12)), min_size=1, max_size=60
    )
)
def test_a_change_of_amounts_never_admits_above_the_new_ones(limiter: Limiter, calls) -> None:
    subject, log, now_us = fresh_subject(), ExactLog(), NOON_US

    for gap_us, amount in calls:
        now_us += gap_us
        demand = Demand(subject, parse_plan(f"{2 * amount}/10 second;{amount}/second"))
        if limiter.acquire([demand], now_us=now_us).admitted:
            assert log.may_admit(demand, now_us=now_us)
            log.calls.append((now_us, 1))
        else:
            assert not log.must_admit(demand, now_us=now_us)


@SHARED
@given(
    lengths_s=st.lists(st.integers(1, 120), min_size=2, max_size=4, unique=True),
    gaps_us=st.lists(st.integers(0, 4_000_000), min_size=1, max_size=40),
)
def test_a_change_to_shorter_windows_forgets_nothing_that_counts(
    limiter: Limiter, lengths_s, gaps_us
) -> None:
    lengths_s = sorted(lengths_s, reverse=True)
    subject, log, now_us = fresh_subject(), ExactLog(), NOON_US

    for place, gap_us in enumerate(gaps_us):
        now_us += gap_us
        length_s = lengths_s[place * len(lengths_s) // len(gaps_us)]
        demand = Demand(subject, parse_plan(f"5/{length_s} second"))
        if limiter.acquire([demand], now_us=now_us).admitted:
            assert log.may_admit(demand, now_us=now_us)
            log.calls.append((now_us, 1))

    assert all(longer > shorter for longer, shorter in pairwise(lengths_s))
