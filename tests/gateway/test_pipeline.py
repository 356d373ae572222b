"""Every call through the gateway: who, whether, how often (architecture.md, the gateway)."""

import base64
import io
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select, update

from app.domain.clients.tables import Client
from app.domain.contacts.tables import Contact
from app.domain.grants.find import connections_of
from app.domain.grants.revoke import revoke
from app.domain.grants.tables import Grant, GrantOrganisation
from app.domain.identity.memberships import add_member, change_role, remove_member
from app.domain.identity.tables import User
from app.gateway.plans import set_plan
from app.kernel.clock import epoch_s
from tests.factories.house import House


class Connected:
    """A person with one organisation, and an app that holds a token for it."""

    def __init__(self, house: House, *, scope: tuple[str, ...] = ("invoices:read",)) -> None:
        self.house = house
        self.person = house.person()
        self.organisation = house.organisation(owner=house.person())
        house.member(self.person, self.organisation, role="admin")
        self.client = house.client()
        self.token = house.access_token(
            user_id=self.person,
            organisations=(self.organisation,),
            scope=scope,
            client=self.client,
        )

    def get(self, path: str = "/v1/invoices", **headers: str) -> Any:
        carried = {"Authorization": f"Bearer {self.token}"} | headers
        return self.house.http.get(path, headers=carried)


@pytest.fixture
def connected(house: House) -> Connected:
    return Connected(house)


def test_a_live_token_opens_what_it_was_granted(connected: Connected) -> None:
    answer = connected.get()

    assert answer.status_code == 200
    assert answer.headers["X-RateLimit-Limit"] == "100"
    assert answer.headers["X-RateLimit-Remaining"] == "99"
    assert int(answer.headers["X-RateLimit-Reset"]) >= epoch_s()
    assert answer.headers["X-Request-Id"].startswith("req_")
    assert "Retry-After" not in answer.headers


def test_no_credential_is_challenged_without_an_error_code(house: House) -> None:
    answer = house.http.get("/v1/invoices")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "error=" not in answer.headers["WWW-Authenticate"]
    assert 'scope="invoices:read"' in answer.headers["WWW-Authenticate"]
    assert answer.headers["X-RateLimit-Limit"] == "120"
    assert answer.json["code"] == 1


@pytest.mark.parametrize(
    "header",
    [
        "Bearer ch_live_at_" + "0" * 49,
        "Bearer nonsense",
        "Bearer ",
        "Bearer \u00e9",
        "Digest x",
        "Basic " + base64.b64encode(b"user:password").decode(),
        "Bearer a, Bearer b",
    ],
)
def test_what_is_no_live_token_is_refused_and_never_asks_for_basic(
    house: House, header: str
) -> None:
    answer = house.http.get("/v1/invoices", headers={"Authorization": header})

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "Basic" not in answer.headers["WWW-Authenticate"]


def test_a_token_in_the_address_is_refused(connected: Connected) -> None:
    answer = connected.get(f"/v1/invoices?access_token={connected.token}")

    assert answer.status_code == 400
    assert connected.token.encode() not in answer.data


def test_cookies_open_nothing(connected: Connected) -> None:
    visitor = connected.house.http
    visitor.set_cookie("ch_session", connected.token)

    assert visitor.get("/v1/invoices").status_code == 401


def test_a_refresh_token_is_no_access_token(house: House) -> None:
    _, _, token = house.refresh_token()

    answer = house.http.get("/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401


def test_a_token_dies_after_thirty_minutes(house: House) -> None:
    with time_machine.travel(epoch_s(), tick=False) as clock:
        connected = Connected(house)
        clock.shift(1_799)
        assert connected.get().status_code == 200
        clock.shift(1)

        assert connected.get().status_code == 401


def test_a_missing_scope_is_named(connected: Connected) -> None:
    answer = connected.get("/v1/contacts")

    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="contacts:read"' in answer.headers["WWW-Authenticate"]


def test_a_bundle_opens_what_it_stands_for(house: House) -> None:
    connected = Connected(house, scope=("books:read",))

    assert connected.get("/v1/contacts").status_code == 200
    assert connected.get("/v1/invoices").status_code == 200


def test_access_taken_back_is_gone_with_the_next_call(connected: Connected) -> None:
    assert connected.get().status_code == 200
    grant_id = connected.house.look(lambda s: s.scalars(select(Grant.id)).one())
    connected.house.do(
        revoke, grant_id=grant_id, user_id=connected.person, reason="person", now_s=epoch_s()
    )

    assert connected.get().status_code == 401


def test_a_dismissed_persons_app_loses_the_books_at_once(connected: Connected) -> None:
    assert connected.get().status_code == 200
    connected.house.do(
        remove_member, user_id=connected.person, organisation_id=connected.organisation
    )

    assert connected.get().status_code == 403


def test_a_lower_role_narrows_the_very_next_call(house: House) -> None:
    connected = Connected(house, scope=("invoices:read", "invoices:write"))
    house.do(
        change_role,
        user_id=connected.person,
        organisation_id=connected.organisation,
        role="readonly",
    )

    written = house.http.post(
        "/v1/invoices", json={}, headers={"Authorization": f"Bearer {connected.token}"}
    )

    assert connected.get().status_code == 200
    assert written.status_code == 403


def test_one_organisation_can_be_taken_from_a_grant(connected: Connected) -> None:
    connected.house.do(
        lambda session: session.execute(update(GrantOrganisation).values(revoked_at=epoch_s()))
    )

    assert connected.get().status_code == 403


@pytest.mark.parametrize("table", [User, Client])
def test_a_suspended_person_or_client_is_out(connected: Connected, table: Any) -> None:
    connected.house.do(
        lambda session: session.execute(update(table).values(suspended_at=epoch_s()))
    )

    assert connected.get().status_code == 401


def test_several_organisations_are_never_guessed(house: House) -> None:
    person = house.person()
    mine = [house.organisation(name, owner=person) for name in ("A", "B")]
    token = house.access_token(user_id=person, organisations=tuple(mine))

    def get(**headers: str) -> Any:
        carried = {"Authorization": f"Bearer {token}"} | headers
        return house.http.get("/v1/invoices", headers=carried)

    unnamed, named = get(), get(Organisation=mine[1])

    assert (unnamed.status_code, unnamed.json["errors"][0]["code"]) == (
        400,
        "organisation_required",
    )
    assert [listed["id"] for listed in unnamed.json["organisations"]] == mine
    assert named.status_code == 200
    assert (
        house.http.get("/v1/connections", headers={"Authorization": f"Bearer {token}"}).status_code
        == 200
    )


def test_an_organisation_outside_the_grant_is_refused(connected: Connected) -> None:
    other = connected.house.organisation(owner=connected.person)

    answer = connected.get(Organisation=other)

    assert answer.status_code == 403
    assert answer.json["errors"][0]["code"] == "organisation_not_granted"


def test_twenty_a_second_and_a_hundred_a_minute(house: House) -> None:
    with time_machine.travel(epoch_s(), tick=False) as clock:
        connected = Connected(house)
        burst = [connected.get() for _ in range(21)]
        assert [answer.status_code for answer in burst] == [200] * 20 + [429]
        # The refused call cost nothing of the minute.
        assert burst[20].headers["X-RateLimit-Remaining"] == "80"
        for _ in range(4):
            clock.shift(2)
            assert [connected.get().status_code for _ in range(20)] == [200] * 20
        clock.shift(2)
        refused = connected.get()
        assert refused.status_code == 429
        assert refused.json["code"] == 4
        assert int(refused.headers["Retry-After"]) >= 1

        clock.move_to(int(refused.headers["X-RateLimit-Reset"]))

        assert connected.get().status_code == 200


def test_waiting_as_told_is_enough(house: House) -> None:
    with time_machine.travel(epoch_s(), tick=False) as clock:
        connected = Connected(house)
        refused = [connected.get() for _ in range(21)][20]
        clock.shift(int(refused.headers["Retry-After"]))

        assert connected.get().status_code == 200


def test_another_token_of_the_grant_has_no_budget_of_its_own(house: House) -> None:
    with time_machine.travel(epoch_s(), tick=False):
        client, _, token = house.refresh_token()
        form = {"grant_type": "refresh_token", "refresh_token": token, **client.credentials}
        first = house.http.post("/oauth/token", data=form).json

        def me(access_token: str) -> Any:
            return house.http.get("/v1/me", headers={"Authorization": f"Bearer {access_token}"})

        assert me(first["access_token"]).headers["X-RateLimit-Remaining"] == "99"
        form["refresh_token"] = first["refresh_token"]
        second = house.http.post("/oauth/token", data=form).json

        assert me(second["access_token"]).headers["X-RateLimit-Remaining"] == "98"


def test_a_plan_set_by_the_operator_holds_from_the_next_call(connected: Connected) -> None:
    assert connected.get().headers["X-RateLimit-Limit"] == "100"
    connected.house.do(set_plan, subject=f"client:{connected.client.id}", windows="100000/minute")

    assert connected.get().headers["X-RateLimit-Limit"] == "100000"


def test_refused_calls_spend_the_addresss_budget_and_no_ones_else(house: House) -> None:
    with time_machine.travel(epoch_s(), tick=False):
        connected = Connected(house)
        statuses = [house.http.get("/v1/me").status_code for _ in range(121)]

        assert statuses == [401] * 120 + [429]
        assert connected.get().status_code == 200


def test_an_unknown_host_is_misdirected(house: House) -> None:
    for host in ("evil.example", "localhost:9999", "localhost.evil.example:8000"):
        answer = house.http.get("/v1/me", base_url=f"http://{host}")

        assert answer.status_code == 421


def test_last_use_is_written_behind_the_request(connected: Connected) -> None:
    connected.get()
    connected.house.app.extensions["gateway"].meter.flush()

    used = connected.house.look(lambda s: s.scalars(select(Grant.last_used_at)).one())
    reached = connected.house.look(
        lambda s: s.scalars(select(GrantOrganisation.last_used_at)).one()
    )

    assert used is not None
    assert reached is not None


def test_a_write_whose_body_was_still_coming_when_access_ended_is_refused(house: House) -> None:
    connected = Connected(house, scope=("contacts:read", "contacts:write"))
    grant_id = house.look(lambda s: s.scalars(select(Grant.id)).one())

    class Slow(io.BytesIO):
        """A body that arrives after the owner has taken the access back."""

        def readinto(self, buffer: Any) -> int:
            house.do(
                revoke,
                grant_id=grant_id,
                user_id=connected.person,
                reason="person",
                now_s=epoch_s(),
            )
            return super().readinto(buffer)

    body = b'{"type": "company", "status": "customer", "company_name": "Late"}'
    answer = house.http.post(
        "/v1/contacts",
        input_stream=Slow(body),
        content_length=len(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {connected.token}"},
    )

    assert answer.status_code == 401
    assert house.look(lambda s: s.scalars(select(func.count()).select_from(Contact)).one()) == 0


def test_a_membership_begun_anew_does_not_revive_an_old_grant(house: House) -> None:
    with time_machine.travel(epoch_s(), tick=False) as clock:
        connected = Connected(house)
        place = {"user_id": connected.person, "organisation_id": connected.organisation}
        house.do(remove_member, **place)
        clock.shift(1)
        house.do(add_member, **place, role="owner")

        assert connected.get().status_code == 403
        shown = house.look(lambda s: connections_of(s, user_id=connected.person))
    assert [each.organisations for each in shown] == [()]


@pytest.mark.parametrize("query", ["due_date=\xff", "a=\xed\xa0\x80"])
def test_a_query_that_is_no_text_is_refused(connected: Connected, query: str) -> None:
    for path in ("/v1/invoices", "/sign-in", "/oauth/authorize"):
        answer = connected.house.http.get(path, environ_overrides={"QUERY_STRING": query})

        assert answer.status_code == 400
