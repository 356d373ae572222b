"""What the pages are given when they are mounted, and how a view reaches it."""

from dataclasses import dataclass
from typing import Final, cast

from flask import current_app

from app.gateway.limiter.decision import Limiter, Window
from app.oauth.policy import OAuthPolicy
from app.web.policy import WebPolicy

EXTENSION: Final = "countinghouse.web"


@dataclass(frozen=True, slots=True)
class GuessingPlans:
    """The rolling windows in which wrong passwords are counted, each plan for its own subject."""

    address: tuple[Window, ...]
    account_and_address: tuple[Window, ...]
    account: tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Policies, the limiter and the key of the known-device cookie, for one application."""

    policy: WebPolicy
    oauth: OAuthPolicy
    limiter: Limiter
    plans: GuessingPlans
    device_key: bytes


def surroundings() -> Surroundings:
    """The surroundings of the application that is answering."""
    return cast(Surroundings, current_app.extensions[EXTENSION])
