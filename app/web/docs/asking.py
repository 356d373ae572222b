"""What a stranger may ask of the pages that think: so much from one address, and no more."""

from typing import Final

from flask import request

from app.gateway.errors import RateLimited
from app.gateway.limiter.decision import Demand
from app.gateway.limiter.plan import parse_plan
from app.kernel.networks import site_of
from app.web.surroundings import surroundings

# Far more than a person asks, and too little to keep a process busy.
WINDOWS: Final = parse_plan("300/minute")


def spend_question() -> None:
    """Count one question against the address that asks. Raises RateLimited."""
    subject = f"docs address {site_of(request.remote_addr or '')}"
    decision = surroundings().limiter.acquire([Demand(subject, WINDOWS)])
    if not decision.admitted:
        wait_s = decision.retry_after_s
        raise RateLimited(
            f"Too many questions from your network; wait {wait_s} s.",
            headers=(("Retry-After", str(wait_s)),),
            retry_after_s=wait_s,
        )
