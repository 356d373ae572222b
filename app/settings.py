"""Every setting, gathered from the environment, and refused where unsafe for production."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from redis import ConnectionPool
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.api.policy import ApiPolicy
from app.gateway.limiter.plan import PlanUnreadable, parse_plan
from app.gateway.policy import GatewayPolicy
from app.kernel.logs import LEVELS
from app.kernel.secrets import derive
from app.oauth.policy import OAuthPolicy
from app.query.grammar import LIMITS
from app.web.policy import WebPolicy

ROOT_KEY_BYTES: Final = 32
MAKE_A_KEY: Final = 'python3 -c "import secrets; print(secrets.token_hex(32))"'
ENVIRONMENTS: Final = ("production", "development")
DATABASE_DRIVERS: Final = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
REDIS_SCHEMES: Final = ("redis", "rediss", "redis+unix")
PORT_MAX: Final = 65_535
QUERY_BUDGET_MS: Final = (10, 60_000)
# Stricter than urlsplit, which would let `books.example;script-src` pass for a host.
_HOST: Final = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_LOOPBACK: Final = re.compile(r"(?:[a-z0-9-]+\.)*localhost|127\.0\.0\.1|\[::1\]", re.IGNORECASE)


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
    COUNTINGHOUSE_QUERY_BUDGET_MS: int = LIMITS.budget_ms
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

    is_production: bool
    instance: Path
    database_url: str
    redis_url: str | None
    log_level: str
    root_key: bytes
    oauth: OAuthPolicy
    gateway: GatewayPolicy
    api: ApiPolicy
    web: WebPolicy


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment. Raises UnsafeSettings with every fault at once."""
    faults: list[str] = []
    values = _variables(environ, faults)
    root_key = _root_key(values, faults)
    for check in CHECKS:
        faults.extend(check(values))
    if faults:
        raise UnsafeSettings(faults)
    issuer = _issuer(values)
    instance = Path(values.COUNTINGHOUSE_INSTANCE).absolute()
    return Settings(
        is_production=values.COUNTINGHOUSE_ENV == "production",
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
            nodes=values.COUNTINGHOUSE_NODES,
        ),
        api=ApiPolicy(
            issuer=issuer,
            cursor_keys=(derive(root_key, purpose=f"cursor {values.COUNTINGHOUSE_ENV}"),),
            query_budget_ms=values.COUNTINGHOUSE_QUERY_BUDGET_MS,
            tag_key=derive(root_key, purpose=f"entity tag {values.COUNTINGHOUSE_ENV}"),
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
            f"with: {MAKE_A_KEY}"
        )
    elif values.COUNTINGHOUSE_ENV == "production" and len(set(key)) == 1:
        faults.append(
            "COUNTINGHOUSE_SECRET_KEY repeats one byte, so anyone could guess it; make a random "
            f"one with: {MAKE_A_KEY}"
        )
    return key


def _check_words(values: Variables) -> Iterator[str]:
    if values.COUNTINGHOUSE_ENV not in ENVIRONMENTS:
        yield f"COUNTINGHOUSE_ENV must be {' or '.join(ENVIRONMENTS)}."
    if values.COUNTINGHOUSE_LOG_LEVEL not in LEVELS:
        yield f"COUNTINGHOUSE_LOG_LEVEL must be one of {', '.join(LEVELS)}."


def _check_numbers(values: Variables) -> Iterator[str]:
    if values.COUNTINGHOUSE_NODES < 1:
        yield "COUNTINGHOUSE_NODES must be 1 or more."
    least, most = QUERY_BUDGET_MS
    if not least <= values.COUNTINGHOUSE_QUERY_BUDGET_MS <= most:
        yield f"COUNTINGHOUSE_QUERY_BUDGET_MS must be from {least} to {most}."
    if values.COUNTINGHOUSE_TRUSTED_PROXIES < 0:
        yield "COUNTINGHOUSE_TRUSTED_PROXIES must be 0 or more."


def _check_plans(values: Variables) -> Iterator[str]:
    for name in ("COUNTINGHOUSE_TOKEN_PLAN", "COUNTINGHOUSE_ADDRESS_PLAN"):
        try:
            parse_plan(getattr(values, name))
        except PlanUnreadable as unreadable:
            yield f"{name} is no plan: {unreadable.message}"


def _check_issuer(values: Variables) -> Iterator[str]:
    issuer = _issuer(values)
    scheme, _, host = issuer.partition("://")
    if scheme not in ("https", "http") or not _is_host(host):
        yield "COUNTINGHOUSE_ISSUER must be an origin such as https://books.example.com."
    elif values.COUNTINGHOUSE_ENV == "production" and scheme != "https":
        yield "COUNTINGHOUSE_ISSUER must begin with https:// in production."
    elif values.COUNTINGHOUSE_ENV == "development" and not _is_loopback(host):
        yield "COUNTINGHOUSE_ISSUER must be on loopback in development, as http://localhost:8000."


def _check_hosts(values: Variables) -> Iterator[str]:
    is_development = values.COUNTINGHOUSE_ENV == "development"
    for host in sorted(_further_hosts(values)):
        if not _is_host(host):
            yield f"COUNTINGHOUSE_HOSTS names {host!r}, which is no host such as example.com:8443."
        elif is_development and not _is_loopback(host):
            yield f"COUNTINGHOUSE_HOSTS names {host!r}, but development binds to loopback alone."


# What follows is silent about the address itself: it may hold a password.


def _check_database(values: Variables) -> Iterator[str]:
    try:
        driver = make_url(_database_url(values.DATABASE_URL, Path())).drivername
    except (ArgumentError, ValueError):
        driver = ""
    if driver not in DATABASE_DRIVERS:
        yield "DATABASE_URL must begin with sqlite:/// or postgresql:// and be readable as a URL."


def _check_redis(values: Variables) -> Iterator[str]:
    if not values.REDIS_URL:
        return
    scheme, _, rest = values.REDIS_URL.partition("://")
    try:
        # The libraries differ in what they call a socket.
        ConnectionPool.from_url(f"{scheme.replace('redis+unix', 'unix')}://{rest}")
        is_readable = scheme in REDIS_SCHEMES
    except ValueError:
        is_readable = False
    if not is_readable:
        schemes = ", ".join(f"{scheme}://" for scheme in REDIS_SCHEMES)
        yield f"REDIS_URL must begin with one of {schemes} and be readable as a URL."


CHECKS: Final[tuple[Callable[[Variables], Iterator[str]], ...]] = (
    _check_words,
    _check_numbers,
    _check_plans,
    _check_issuer,
    _check_hosts,
    _check_database,
    _check_redis,
)


def _issuer(values: Variables) -> str:
    return values.COUNTINGHOUSE_ISSUER.removesuffix("/")


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    if found is None or not 1 <= int(found["port"] or 1) <= PORT_MAX:
        return False
    try:
        return bool(urlsplit(f"//{text}").hostname)
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    found = _HOST.fullmatch(host)
    return found is not None and _LOOPBACK.fullmatch(found["name"]) is not None


def _database_url(url: str, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'countinghouse.db'}"
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _further_hosts(values: Variables) -> set[str]:
    names = (name.strip().lower() for name in values.COUNTINGHOUSE_HOSTS.split(","))
    return {name for name in names if name}


def _hosts(values: Variables, issuer: str) -> frozenset[str]:
    hosts = {urlsplit(issuer).netloc.lower()} | _further_hosts(values)
    if values.COUNTINGHOUSE_ENV == "development":
        port = urlsplit(issuer).port or 80
        hosts |= {f"localhost:{port}", f"127.0.0.1:{port}"}
    return frozenset(hosts)
