"""Every setting, gathered from the environment, and refused where unsafe for production."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from app.api.policy import ApiPolicy
from app.gateway.policy import GatewayPolicy
from app.kernel.secrets import derive
from app.oauth.policy import OAuthPolicy
from app.web.policy import WebPolicy

ROOT_KEY_BYTES: Final = 32


class Variables(msgspec.Struct, frozen=True, kw_only=True):
    """The environment as it is read, name by name; docs/settings.md explains each."""

    COUNTINGHOUSE_ENV: str = "production"
    COUNTINGHOUSE_INSTANCE: str = "instance"
    COUNTINGHOUSE_ISSUER: str = "http://localhost:8000"
    COUNTINGHOUSE_SECRET_KEY: str = ""
    COUNTINGHOUSE_HOSTS: str = ""
    COUNTINGHOUSE_TRUSTED_PROXIES: int = 0
    COUNTINGHOUSE_NODES: int = 1
    COUNTINGHOUSE_TOKEN_PLAN: str = "100/minute;20/second"
    COUNTINGHOUSE_ADDRESS_PLAN: str = "120/minute"
    COUNTINGHOUSE_DEMO_URL: str = ""
    COUNTINGHOUSE_LOG_LEVEL: str = "INFO"
    DATABASE_URL: str = ""
    REDIS_URL: str = ""


class UnsafeSettings(Exception):
    """The environment does not describe a service that may start; each fault on its own line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("Countinghouse cannot start:\n" + "\n".join(f"- {f}" for f in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration of one process, already checked."""

    environment: str
    instance: Path
    database_url: str
    redis_url: str | None
    log_level: str
    root_key: bytes
    oauth: OAuthPolicy
    gateway: GatewayPolicy
    api: ApiPolicy
    web: WebPolicy

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment. Raises UnsafeSettings with every fault at once."""
    faults: list[str] = []
    values = _variables(environ, faults)
    root_key = _root_key(values, faults)
    if values.COUNTINGHOUSE_ENV not in ("production", "development"):
        faults.append("COUNTINGHOUSE_ENV must be production or development.")
    issuer = values.COUNTINGHOUSE_ISSUER.rstrip("/")
    _check_issuer(issuer, production=values.COUNTINGHOUSE_ENV == "production", faults=faults)
    if faults:
        raise UnsafeSettings(faults)
    instance = Path(values.COUNTINGHOUSE_INSTANCE).absolute()
    return Settings(
        environment=values.COUNTINGHOUSE_ENV,
        instance=instance,
        database_url=_database_url(values.DATABASE_URL, instance),
        redis_url=values.REDIS_URL or None,
        log_level=values.COUNTINGHOUSE_LOG_LEVEL,
        root_key=root_key,
        oauth=OAuthPolicy(
            issuer=issuer,
            consent_key=derive(root_key, purpose=f"consent {values.COUNTINGHOUSE_ENV}"),
            development=values.COUNTINGHOUSE_ENV == "development",
        ),
        gateway=GatewayPolicy(
            hosts=_hosts(values, issuer),
            issuer=issuer,
            limiter_uri=values.REDIS_URL or f"sqlite:///{instance / 'limits.db'}",
            token_plan=values.COUNTINGHOUSE_TOKEN_PLAN,
            address_plan=values.COUNTINGHOUSE_ADDRESS_PLAN,
            trusted_proxies=values.COUNTINGHOUSE_TRUSTED_PROXIES,
            nodes=max(1, values.COUNTINGHOUSE_NODES),
        ),
        api=ApiPolicy(
            issuer=issuer,
            cursor_keys=(derive(root_key, purpose=f"cursor {values.COUNTINGHOUSE_ENV}"),),
        ),
        web=WebPolicy(
            issuer=issuer,
            secure_cookies=issuer.startswith("https://"),
            demo_url=values.COUNTINGHOUSE_DEMO_URL or None,
            development=values.COUNTINGHOUSE_ENV == "development",
        ),
    )


def _variables(environ: Mapping[str, str], faults: list[str]) -> Variables:
    known: dict[str, Any] = {}
    for field in msgspec.structs.fields(Variables):
        text = environ.get(field.name, "")
        if not text:
            continue
        try:
            known[field.name] = msgspec.convert(text, field.type, strict=False)
        except msgspec.ValidationError:
            faults.append(f"{field.name} must be a whole number, not {text!r}.")
    return Variables(**known)


def _root_key(values: Variables, faults: list[str]) -> bytes:
    try:
        key = bytes.fromhex(values.COUNTINGHOUSE_SECRET_KEY)
    except ValueError:
        key = b""
    if len(key) != ROOT_KEY_BYTES:
        faults.append(
            "COUNTINGHOUSE_SECRET_KEY must be 64 hexadecimal digits (32 random bytes); make one "
            'with: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    return key


def _check_issuer(issuer: str, *, production: bool, faults: list[str]) -> None:
    parts = urlsplit(issuer)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.path:
        faults.append("COUNTINGHOUSE_ISSUER must be an origin such as https://books.example.com.")
    elif production and parts.scheme != "https":
        faults.append("COUNTINGHOUSE_ISSUER must begin with https:// in production.")
    elif parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        faults.append("COUNTINGHOUSE_ISSUER may use http:// on loopback alone.")


def _database_url(url: str, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'countinghouse.db'}"
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _hosts(values: Variables, issuer: str) -> frozenset[str]:
    host = urlsplit(issuer).netloc.lower()
    extra = {name.strip().lower() for name in values.COUNTINGHOUSE_HOSTS.split(",") if name.strip()}
    if values.COUNTINGHOUSE_ENV == "development":
        port = urlsplit(issuer).port or 80
        extra |= {f"localhost:{port}", f"127.0.0.1:{port}"}
    return frozenset({host} | extra)
