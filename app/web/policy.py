"""What the pages promise: how long a sign-in lasts, and how guessing is slowed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPolicy:
    """Cookies and limits of the pages. Guessing plans are rolling windows, never lock-outs."""

    issuer: str
    secure_cookies: bool
    demo_url: str | None
    development: bool
    sign_in_lifetime_s: int = 12 * 3_600
    device_lifetime_s: int = 365 * 86_400
    guesses_per_address: str = "30/15minute"
    guesses_per_account_and_address: str = "10/15minute"
    guesses_per_account: str = "60/hour"
