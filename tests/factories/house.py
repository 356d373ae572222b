"""A whole Countinghouse for a test: the application, and people, apps and tokens by real acts."""

import base64
import hashlib
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import create_app
from app.domain.clients.register import register
from app.domain.clients.registration import Registration
from app.domain.grants.codes import issue_code
from app.domain.grants.issue import activate, issue_access_token, issue_refresh_token
from app.domain.grants.record import record
from app.domain.grants.tables import Grant, GrantOrganisation
from app.domain.identity.memberships import add_member
from app.domain.identity.organisations import add_organisation
from app.domain.identity.users import add_user
from app.kernel.clock import epoch_s
from app.settings import read_settings
from app.storage.db import db
from app.storage.transaction import perform, transaction

Made = TypeVar("Made")
PASSWORD = "correct horse battery staple"
CALLBACK = "https://app.example/callback"
ORIGIN = "http://localhost:8000"


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A registered client with the secret it was shown."""

    id: str
    secret: str | None

    @property
    def credentials(self) -> dict[str, str]:
        """What it sends in the body to authenticate."""
        if self.secret is None:
            return {"client_id": self.id}
        return {"client_id": self.id, "client_secret": self.secret}


@dataclass(frozen=True, slots=True)
class Pending:
    """A code on its way, with everything needed to redeem it."""

    grant_id: str
    client: KnownClient
    code: str
    verifier: str

    def form(self, **changed: str) -> dict[str, str]:
        """The token request for this code."""
        form = {
            "grant_type": "authorization_code",
            "code": self.code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            **self.client.credentials,
        }
        return form | changed


class Visitor(FlaskClient):
    """A test client that asks for the host which the settings name."""

    def open(self, *args: Any, **options: Any) -> Any:
        if args and isinstance(args[0], str):
            options.setdefault("base_url", ORIGIN)
        return super().open(*args, **options)


class House:
    """The application on one database, and short ways to what tests begin with."""

    def __init__(self, database_url: str, instance: Path, **environ: str) -> None:
        self.settings = read_settings(
            {
                "COUNTINGHOUSE_ENV": "development",
                "COUNTINGHOUSE_SECRET_KEY": "5eed" * 16,
                "COUNTINGHOUSE_INSTANCE": str(instance),
                "DATABASE_URL": database_url,
                # A machine that is busy with other tests must not make a list too slow.
                "COUNTINGHOUSE_QUERY_BUDGET_MS": "20000",
                **environ,
            }
        )
        self.app: Flask = create_app(self.settings)
        self.app.test_client_class = Visitor
        self._numbers = itertools.count(1)

    def close(self) -> None:
        """Write what is still to be written, and give back every connection."""
        gateway = self.app.extensions["gateway"]
        gateway.meter.flush()
        gateway.limiter.close()
        self.engine.dispose()

    @property
    def engine(self) -> Engine:
        with self.app.app_context():
            return db.engine

    @property
    def http(self) -> FlaskClient:
        """A browser or a program of its own: a client with its own cookies."""
        return self.app.test_client()

    def do(self, act: Callable[..., Made], **facts: Any) -> Made:
        """Perform one act in a transaction of its own."""
        return perform(self.engine, lambda session: act(session, **facts))

    def look(self, question: Callable[..., Made], **facts: Any) -> Made:
        """Ask something of the database, without writing."""
        with transaction(self.engine, writes=False) as session:
            return question(session, **facts)

    def person(self, name: str = "Ada Lovelace") -> str:
        """Someone with the password PASSWORD; answers with their id."""
        return self.do(
            add_user,
            email=f"person{next(self._numbers)}@example.com",
            name=name,
            password=PASSWORD,
            verified=True,
        ).id

    def organisation(
        self, name: str = "Wattle & Co", *, owner: str | None = None, is_test: bool = False
    ) -> str:
        """An Australian organisation, owned by the person given."""
        made = self.do(
            add_organisation,
            name=name,
            country="AU",
            currency="AUD",
            timezone="Australia/Sydney",
            is_test=is_test,
        )
        if owner is not None:
            self.member(owner, made.id, role="owner")
        return made.id

    def member(self, user_id: str, organisation_id: str, *, role: str) -> None:
        self.do(add_member, user_id=user_id, organisation_id=organisation_id, role=role)

    def client(
        self,
        *,
        type: str = "confidential",
        scope: tuple[str, ...] = ("invoices:read", "contacts:read"),
        optional_scope: tuple[str, ...] = ("invoices:write", "contacts:write"),
        redirect_uris: tuple[str, ...] = (CALLBACK,),
        name: str = "Ledgerline",
        is_test_only: bool = False,
    ) -> KnownClient:
        """A registered client, with its secret where it has one."""
        registered = self.do(
            register,
            registration=Registration(
                name=name,
                company_name="Ledgerline Pty Ltd",
                redirect_uris=redirect_uris,
                type=type,
                auth_method="none" if type == "public" else "client_secret_basic",
                scope=scope,
                optional_scope=optional_scope,
                is_test_only=is_test_only,
            ),
            owner_id=None,
            development=True,
        )
        return KnownClient(registered.client_id, registered.client_secret)

    def grant(
        self,
        *,
        user_id: str,
        client: KnownClient,
        organisations: tuple[str, ...],
        scope: tuple[str, ...] = ("invoices:read", "contacts:read"),
    ) -> str:
        return self.do(
            record,
            user_id=user_id,
            client_id=client.id,
            scope=scope,
            organisations=organisations,
            now_s=epoch_s(),
        )

    def access_token(
        self,
        *,
        user_id: str,
        organisations: tuple[str, ...],
        scope: tuple[str, ...] = ("invoices:read", "contacts:read"),
        client: KnownClient | None = None,
    ) -> str:
        """A live access token on a fresh grant."""
        client = client or self.client()
        grant_id = self.grant(
            user_id=user_id, client=client, organisations=organisations, scope=scope
        )

        def issue(session: Session) -> str:
            activate(session, grant_id=grant_id, now_s=epoch_s())
            return issue_access_token(
                session,
                grant_id=grant_id,
                client_id=client.id,
                scope=" ".join(scope),
                now_s=epoch_s(),
            )

        return self.do(issue)

    def pending(
        self,
        *,
        client: KnownClient | None = None,
        person: str | None = None,
        organisation: str | None = None,
        now_s: int | None = None,
    ) -> Pending:
        """A consent just given, by a new person unless one is named, with its code."""
        client = client or self.client()
        person = person or self.person()
        organisation = organisation or self.organisation(owner=person)
        grant_id = self.grant(user_id=person, client=client, organisations=(organisation,))
        verifier = secrets.token_urlsafe(48)
        code = self.do(
            issue_code,
            grant_id=grant_id,
            client_id=client.id,
            redirect_uri=CALLBACK,
            code_challenge=challenge_of(verifier),
            scope="invoices:read contacts:read",
            now_s=epoch_s() if now_s is None else now_s,
        )
        return Pending(grant_id, client, code, verifier)

    def pendings(self, count: int) -> list[Pending]:
        """Several consents of one person to one app, each with its code."""
        first = self.pending()
        person, organisation = self.look(
            lambda session: session.execute(
                select(Grant.user_id, GrantOrganisation.org_id)
                .join(GrantOrganisation, GrantOrganisation.grant_id == Grant.id)
                .where(Grant.id == first.grant_id)
            ).one()
        )
        return [
            self.pending(client=first.client, person=person, organisation=organisation)
            for _ in range(count)
        ]

    def refresh_token(self, *, client: KnownClient | None = None) -> tuple[KnownClient, str, str]:
        """A fresh refresh token: its client, its grant and the token."""
        pending = self.pending(client=client)

        def issue(session: Session) -> str:
            activate(session, grant_id=pending.grant_id, now_s=epoch_s())
            return issue_refresh_token(
                session,
                grant_id=pending.grant_id,
                client_id=pending.client.id,
                scope="invoices:read contacts:read",
                now_s=epoch_s(),
            )

        return pending.client, pending.grant_id, self.do(issue)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    proof = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(proof).rstrip(b"=").decode("ascii")
