"""Wrong passwords, counted in rolling windows so that guessing is slow and nobody is shut out.

Only failures are spent. A browser that has signed in to the account before is counted alone, so
strangers who guess, even from the same address, cannot keep the owner out (OWASP "device
cookies"). Up to one guess for each thread of the service may slip in between asking and spending.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

import msgspec

from app.gateway.limiter.decision import Demand, Limiter
from app.gateway.limiter.plan import parse_plan
from app.kernel.networks import site_of
from app.web.policy import WebPolicy
from app.web.surroundings import GuessingPlans

SUBJECT_DIGITS: Final = 32


def guessing_plans(policy: WebPolicy) -> GuessingPlans:
    """The windows of each kind of subject. Raises PlanUnreadable."""
    return GuessingPlans(
        address=parse_plan(policy.guesses_per_address),
        account_and_address=parse_plan(policy.guesses_per_account_and_address),
        account=parse_plan(policy.guesses_per_account),
    )


def subjects_of_guess(
    plans: GuessingPlans, *, email_key: str, address: str, device: str | None
) -> tuple[Demand, ...]:
    """What one guess is counted against. `device` is this browser's id where it is known here."""
    account = sha256(email_key.encode("utf-8", "replace")).hexdigest()[:SUBJECT_DIGITS]
    if device is not None:
        return (Demand(f"sign-in device {device} {account}", plans.account_and_address),)
    subscriber = site_of(address)
    return (
        Demand(f"sign-in address {subscriber}", plans.address),
        Demand(f"sign-in pair {subscriber} {account}", plans.account_and_address),
        Demand(f"sign-in account {account}", plans.account),
    )


def wait_before_guess_s(
    limiter: Limiter, subjects: Sequence[Demand], *, now_us: int | None = None
) -> int:
    """Whole seconds until another guess is looked at; 0 when it is now. Spends nothing."""
    asked = [msgspec.structs.replace(subject, cost=0) for subject in subjects]
    standings = limiter.acquire(asked, now_us=now_us).standings
    return max((standing.wait_s for standing in standings if standing.remaining < 1), default=0)


def spend_guess(limiter: Limiter, subjects: Sequence[Demand], *, now_us: int | None = None) -> None:
    """Count one wrong password against each of its subjects."""
    for subject in subjects:
        limiter.acquire([subject], now_us=now_us)
