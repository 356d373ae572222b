"""A client's secrets: two at most, so that one can follow the other without an outage."""

import pytest
import time_machine
from sqlalchemy.orm import Session

from app.domain.clients.authenticate import live_client
from app.domain.clients.register import register
from app.domain.clients.registration import Registration
from app.domain.clients.secrets import (
    TooManySecrets,
    add_secret,
    revoke_secret,
    secrets_of,
)
from app.kernel.clock import epoch_s
from app.kernel.errors import Invalid, Missing


def registered(session: Session, type: str = "confidential") -> tuple[str, str | None]:
    made = register(
        session,
        registration=Registration(
            name="Tally",
            company_name="Tally",
            redirect_uris=("https://tally.example/cb",),
            type=type,
            auth_method="none" if type == "public" else "client_secret_basic",
            scope=("invoices:read",),
        ),
        owner_id=None,
        development=False,
    )
    return made.client_id, made.client_secret


def proves(session: Session, client_id: str, secret: str | None) -> bool:
    session.flush()
    client = live_client(session, client_id=client_id, now_s=epoch_s())
    return client is not None and secret is not None and client.has_secret(secret)


def test_the_old_secret_and_the_new_one_both_work_until_the_old_is_revoked(
    session: Session,
) -> None:
    client_id, first = registered(session)

    second = add_secret(session, client_id=client_id, label="Next")
    assert proves(session, client_id, first)
    assert proves(session, client_id, second.plain)

    old = secrets_of(session, client_id=client_id)[0]
    revoke_secret(session, client_id=client_id, secret_id=old.id)
    assert not proves(session, client_id, first)
    assert proves(session, client_id, second.plain)
    assert [secret.label for secret in secrets_of(session, client_id=client_id)] == ["Next"]


def test_a_third_live_secret_is_refused(session: Session) -> None:
    client_id, _ = registered(session)
    second = add_secret(session, client_id=client_id, label="Second")

    with pytest.raises(TooManySecrets):
        add_secret(session, client_id=client_id, label="Third")

    revoke_secret(session, client_id=client_id, secret_id=second.id)
    add_secret(session, client_id=client_id, label="Third")


def test_an_expired_secret_proves_nothing_and_makes_room(session: Session) -> None:
    client_id, _ = registered(session)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        short = add_secret(session, client_id=client_id, label="Short", expires_at=1_800_000_060)
        assert proves(session, client_id, short.plain)

        clock.shift(60)
        assert not proves(session, client_id, short.plain)
        add_secret(session, client_id=client_id, label="Third")


def test_a_secret_is_revoked_once_and_by_its_own_client(session: Session) -> None:
    client_id, _ = registered(session)
    other_id, _ = registered(session)
    secret = secrets_of(session, client_id=client_id)[0]

    with pytest.raises(Missing):
        revoke_secret(session, client_id=other_id, secret_id=secret.id)
    revoke_secret(session, client_id=client_id, secret_id=secret.id)
    with pytest.raises(Missing):
        revoke_secret(session, client_id=client_id, secret_id=secret.id)


def test_who_can_keep_no_secret_gets_none(session: Session) -> None:
    public_id, _ = registered(session, "public")

    with pytest.raises(Invalid) as refused:
        add_secret(session, client_id=public_id, label="")

    assert [fault.pointer for fault in refused.value.faults] == ["/label", "/auth_method"]
    with pytest.raises(Missing):
        add_secret(session, client_id="cli_nobody", label="First")
