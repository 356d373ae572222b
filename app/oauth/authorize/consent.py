"""The consent page's facts, and the decision taken on it: once, whoever submits twice."""

from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.audit.record import record as record_audit
from app.domain.clients.find import ClientFacts, client_of
from app.domain.clients.redirect_uris import acceptable, host_of, is_allowed, is_loopback
from app.domain.grants.codes import challenge_was_used, issue_code
from app.domain.grants.record import record
from app.domain.grants.tables import ConsentDecision
from app.domain.identity.tables import User
from app.kernel.errors import CountinghouseError, Fault, Kind
from app.kernel.secrets import bind, seal, unseal
from app.oauth.authorize.choices import (
    OrganisationChoice,
    Permission,
    organisation_choices,
    permissions,
)
from app.oauth.authorize.request import answer_uri
from app.oauth.authorize.sealed import SealedRequest, open_request
from app.oauth.policy import OAuthPolicy

DENIED: Final = "the resource owner denied the request"


class ConsentRequestInvalid(CountinghouseError):
    """The page was not opened by an app, was meant for someone else, or the app is gone."""

    kind: ClassVar[Kind] = "malformed"
    code: ClassVar[str] = "consent_request_invalid"


class ConsentRequestExpired(CountinghouseError):
    """The page stood open too long."""

    kind: ClassVar[Kind] = "rule"
    code: ClassVar[str] = "consent_request_expired"


class NothingChosen(CountinghouseError):
    """Allow was pressed without an organisation or a permission that may be given."""

    kind: ClassVar[Kind] = "rule"
    code: ClassVar[str] = "nothing_chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """All that the page shows."""

    request: str
    client_id: str
    client_name: str
    company_name: str
    website: str | None
    logo_path: str | None
    redirect_host: str
    redirect_origin: str | None
    is_loopback: bool
    person_name: str
    person_email: str
    organisations: tuple[OrganisationChoice, ...]
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the browser goes next; a custom scheme needs a link, not a redirect."""

    uri: str
    needs_link: bool


def page(
    session: Session, sealed: str, *, user_id: str, policy: OAuthPolicy, now_s: int
) -> ConsentPage:
    """Gather the page. Raises ConsentRequestInvalid and ConsentRequestExpired."""
    asked = _open(sealed, user_id=user_id, policy=policy)
    if now_s > asked.issued_at + policy.consent_lifetime_s:
        raise ConsentRequestExpired("This request has expired. Start again from the app.")
    client = _client(session, asked, policy=policy)
    person = session.execute(select(User.name, User.email).where(User.id == user_id)).one()
    parts = urlsplit(asked.redirect_uri)
    is_web = parts.scheme in ("http", "https")
    logo = f"/clients/{client.id}/logo?v={client.logo_digest}" if client.logo_digest else None
    return ConsentPage(
        request=sealed,
        client_id=client.id,
        client_name=client.name,
        company_name=client.company_name,
        website=client.website,
        logo_path=logo,
        redirect_host=host_of(asked.redirect_uri),
        redirect_origin=f"{parts.scheme}://{parts.netloc}" if is_web else None,
        # Our own pages, such as the playground, are nobody's unknown program.
        is_loopback=is_loopback(asked.redirect_uri) and not _is_ours(asked.redirect_uri, policy),
        person_name=person.name,
        person_email=person.email,
        organisations=organisation_choices(
            session,
            user_id=user_id,
            required=_required(asked, client),
            is_test_only=client.is_test_only,
        ),
        permissions=permissions(asked.scope, required=_required(asked, client)),
    )


def decide(
    session: Session,
    sealed: str,
    *,
    user_id: str,
    organisations: tuple[str, ...],
    scopes: tuple[str, ...],
    allowed: bool,
    policy: OAuthPolicy,
    now_s: int,
) -> Destination:
    """Take the decision, or answer as it was answered before.

    Raises ConsentRequestInvalid, ConsentRequestExpired, and NothingChosen with its faults.
    """
    asked = _open(sealed, user_id=user_id, policy=policy)
    earlier = _earlier(session, asked, policy=policy)
    if earlier is not None:
        return earlier
    if now_s > asked.issued_at + policy.consent_lifetime_s:
        raise ConsentRequestExpired("This request has expired. Start again from the app.")
    client = _client(session, asked, policy=policy)
    if not _take_turn(session, asked, policy=policy, now_s=now_s):
        answered = _earlier(session, asked, policy=policy)
        assert answered is not None
        return answered
    if allowed:
        answer = _allow(
            session, asked, client, organisations=organisations, scopes=scopes, now_s=now_s
        )
    else:
        record_audit(session, "consent.denied", user=user_id, client=client.id)
        answer = {"error": "access_denied", "error_description": DENIED}
    uri = answer_uri(asked.redirect_uri, issuer=policy.issuer, state=asked.state, **answer)
    _remember(session, asked, uri=uri, policy=policy)
    return _destination(uri)


def _allow(
    session: Session,
    asked: SealedRequest,
    client: ClientFacts,
    *,
    organisations: tuple[str, ...],
    scopes: tuple[str, ...],
    now_s: int,
) -> dict[str, str]:
    required = _required(asked, client)
    granted = tuple(s for s in asked.scope if s in required or s in scopes)
    choices = organisation_choices(
        session,
        user_id=asked.user_id,
        required=required,
        is_test_only=client.is_test_only,
    )
    chosen = tuple(c for c in choices if c.is_allowed and c.id in organisations)
    faults = _faults(chosen=chosen, asked_for=organisations, granted=granted)
    if faults:
        raise NothingChosen("Something is still to be chosen.", faults=faults)
    if challenge_was_used(session, client_id=client.id, code_challenge=asked.code_challenge):
        return {
            "error": "invalid_request",
            "error_description": "This code_challenge was used before.",
        }
    grant_id = record(
        session,
        user_id=asked.user_id,
        client_id=client.id,
        scope=granted,
        organisations=tuple(each.id for each in chosen),
        now_s=now_s,
    )
    code = issue_code(
        session,
        grant_id=grant_id,
        client_id=client.id,
        redirect_uri=asked.redirect_uri,
        code_challenge=asked.code_challenge,
        scope=" ".join(granted),
        now_s=now_s,
        live=not chosen[0].is_test,
    )
    return {"code": code}


def _faults(
    *, chosen: tuple[OrganisationChoice, ...], asked_for: tuple[str, ...], granted: tuple[str, ...]
) -> tuple[Fault, ...]:
    faults = []
    if not chosen:
        faults.append(
            Fault(
                "organisation_required", "Choose at least one organisation.", field="organisation"
            )
        )
    elif set(asked_for) - {each.id for each in chosen}:
        faults.append(
            Fault(
                "organisation_not_allowed",
                "One of the organisations can no longer be shared; look at the list again.",
                field="organisation",
            )
        )
    elif len({each.is_test for each in chosen}) > 1:
        # A token says whether it is for real books, so it cannot be for both.
        faults.append(
            Fault(
                "modes_mixed",
                "Choose real organisations or test organisations; one connection cannot hold both.",
                field="organisation",
            )
        )
    if not granted:
        faults.append(Fault("scope_required", "Choose at least one permission.", field="scope"))
    return tuple(faults)


def _is_ours(redirect_uri: str, policy: OAuthPolicy) -> bool:
    """Whether the browser is led back to the issuer itself."""
    ours, theirs = urlsplit(policy.issuer), urlsplit(redirect_uri)
    return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)


def _open(sealed: str, *, user_id: str, policy: OAuthPolicy) -> SealedRequest:
    asked = open_request(policy.consent_key, sealed)
    if asked is None:
        raise ConsentRequestInvalid("This page was not opened by an app. Start from the app.")
    if asked.user_id != user_id:
        raise ConsentRequestInvalid(
            "This request was opened by another person. Start again from the app."
        )
    return asked


def _client(session: Session, asked: SealedRequest, *, policy: OAuthPolicy) -> ClientFacts:
    client = client_of(session, asked.client_id)
    if client is None or client.suspended:
        raise ConsentRequestInvalid("This app is not known here.")
    if not is_allowed(
        client.redirect_uris, asked.redirect_uri, client_type=client.type
    ) or not acceptable(asked.redirect_uri, type=client.type, development=policy.development):
        raise ConsentRequestInvalid("The app changed in the meantime. Start again from the app.")
    return client


def _required(asked: SealedRequest, client: ClientFacts) -> tuple[str, ...]:
    return tuple(scope for scope in asked.scope if scope not in client.optional_scope)


def _take_turn(session: Session, asked: SealedRequest, *, policy: OAuthPolicy, now_s: int) -> bool:
    dialect = session.get_bind().dialect.name
    insertion = sqlite.insert if dialect == "sqlite" else postgresql.insert
    taken = session.execute(
        insertion(ConsentDecision)
        .values(
            id=asked.id,
            user_id=asked.user_id,
            sealed_location=b"",
            created_at=now_s,
            expires_at=now_s + policy.consent_lifetime_s * 2,
        )
        .on_conflict_do_nothing()
        .returning(ConsentDecision.id)
    )
    return taken.first() is not None


def _remember(session: Session, asked: SealedRequest, *, uri: str, policy: OAuthPolicy) -> None:
    # The address holds a code, so it is kept sealed under a key outside the database.
    row = session.get_one(ConsentDecision, asked.id)
    row.sealed_location = seal(
        policy.consent_key, uri.encode(), bound_to=bind("consent decision", asked.id)
    )


def _earlier(session: Session, asked: SealedRequest, *, policy: OAuthPolicy) -> Destination | None:
    row = session.execute(
        select(ConsentDecision.sealed_location).where(ConsentDecision.id == asked.id)
    ).first()
    if row is None:
        return None
    plain = unseal(
        policy.consent_key,
        bytes(row.sealed_location),
        bound_to=bind("consent decision", asked.id),
    )
    if plain is None:
        raise ConsentRequestInvalid("This request can no longer be read. Start from the app.")
    return _destination(plain.decode())


def _destination(uri: str) -> Destination:
    return Destination(uri, needs_link=urlsplit(uri).scheme not in ("http", "https"))
