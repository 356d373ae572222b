"""What the gateway keeps between calls: its policy, its limiter and its meter."""

from dataclasses import dataclass

from app.gateway.limiter.decision import Limiter, Window
from app.gateway.meter import Meter
from app.gateway.policy import GatewayPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """One per process. The windows are the plans that hold where nothing else was set."""

    policy: GatewayPolicy
    limiter: Limiter
    meter: Meter
    token_windows: tuple[Window, ...]
    address_windows: tuple[Window, ...]
