"""What the authorization server promises: its name, its keys and how long things live."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthPolicy:
    """The issuer (RFC 8414) and the keys derived for this engine."""

    issuer: str
    consent_key: bytes
    development: bool
    consent_lifetime_s: int = 900
