"""What the gateway enforces on every call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayPolicy:
    """Hosts that are answered, and the plans that hold where nothing else was set.

    `nodes` is how many processes share the limits: while the shared store is down each counts
    alone, with that part of every amount. Plans are in the grammar of `limits`, several windows
    joined by `;`, the primary one first.
    """

    hosts: frozenset[str]
    issuer: str
    limiter_uri: str
    token_plan: str
    address_plan: str
    trusted_proxies: int = 0
    nodes: int = 1
    usage_flush_s: float = 5.0
