"""Signing in and out: who gets in, what the cookie is worth, and where one goes next."""

import re
from pathlib import Path

import time_machine
from argon2 import PasswordHasher
from sqlalchemy import event, select, update

from app.domain.audit.tables import AuditEvent
from app.domain.identity.tables import SignInSession, User
from app.domain.identity.users import add_user
from app.kernel.secrets import digest
from app.web.routes import OPEN_ROUTES, SIGNED_IN_ROUTES
from tests.factories.house import PASSWORD, House
from tests.web.surfer import Surfer, email_of


def test_the_right_password_leads_to_the_account(surfer: Surfer, ada: str) -> None:
    answer = surfer.sign_in(ada)

    assert (answer.status_code, answer.location) == (303, "/account/")
    assert "Ada Lovelace" in surfer.get("/account/").text


def test_the_address_may_be_cased_and_spaced_differently(surfer: Surfer, ada: str) -> None:
    assert surfer.sign_in(f"  {ada.upper()} ").status_code == 303


def test_a_password_may_be_typed_in_another_form_of_unicode(house: House, surfer: Surfer) -> None:
    house.do(
        add_user,
        email="zoe@example.com",
        name="Zoë",
        password="Cr\u00e8me br\u00fbl\u00e9e",
        verified=True,
    )

    assert surfer.sign_in("zoe@example.com", "Cre\u0300me bru\u0302le\u0301e").status_code == 303


def test_a_wrong_password_and_an_unknown_address_answer_alike(surfer: Surfer, ada: str) -> None:
    wrong = surfer.sign_in(ada, "not the password")
    unknown = surfer.sign_in("nobody@example.com", "not the password")

    assert wrong.status_code == unknown.status_code == 422
    assert (
        wrong.text.replace(ada, "").split("csrf_token")[0]
        == (unknown.text.replace("nobody@example.com", "").split("csrf_token")[0])
    )
    assert "do not match" in wrong.text


def test_odd_input_is_a_plain_refusal(surfer: Surfer) -> None:
    token = surfer.token()
    for email, password in (
        ("", PASSWORD),
        ("ada@example.com", ""),
        ("ada@example.com", "x" * 5_000),
        ("@", "\ufffd"),
        ("\u202e\u0130@example.com", "x"),
    ):
        form = {"csrf_token": token, "email": email, "password": password}
        assert surfer.post("/sign-in", form).status_code == 422


def test_a_nul_in_a_field_is_refused_as_unreadable(surfer: Surfer) -> None:
    answer = surfer.send("/sign-in", email="a\0@example.com", password="x")

    assert answer.status_code == 400


def test_a_browser_gets_a_fresh_secret_at_every_sign_in(
    house: House, surfer: Surfer, ada: str
) -> None:
    surfer.sign_in(ada)
    before = surfer.cookie("ch_session")
    surfer.sign_in(ada)
    after = surfer.cookie("ch_session")

    assert before != after
    digests = house.look(lambda session: list(session.scalars(select(SignInSession.digest))))
    assert [bytes(each) for each in digests] == [digest(str(after))]


def test_a_secret_planted_before_sign_in_is_worth_nothing_after(
    house: House, surfer: Surfer, ada: str
) -> None:
    surfer.sign_in(ada)
    planted = str(surfer.cookie("ch_session"))
    surfer.sign_in(ada)
    thief = Surfer(house)
    thief.http.set_cookie("ch_session", planted)

    assert thief.get("/account/").status_code == 303


def test_signing_out_ends_the_session_itself(house: House, surfer: Surfer, ada: str) -> None:
    surfer.sign_in(ada)
    kept = str(surfer.cookie("ch_session"))

    answer = surfer.send("/sign-out")

    assert (answer.status_code, surfer.cookie("ch_session")) == (303, None)
    surfer.http.set_cookie("ch_session", kept)
    assert surfer.get("/account/").status_code == 303


def test_looking_at_the_sign_out_page_signs_nobody_out(surfer: Surfer, ada: str) -> None:
    surfer.sign_in(ada)

    assert "Sign out" in surfer.get("/sign-out").text
    assert surfer.get("/account/").status_code == 200


def test_a_session_ends_after_twelve_hours(surfer: Surfer, ada: str) -> None:
    with time_machine.travel("2026-05-01T08:00:00Z", tick=False) as clock:
        surfer.sign_in(ada)
        clock.shift(12 * 3_600 - 1)
        assert surfer.get("/account/").status_code == 200
        clock.shift(1)
        assert surfer.get("/account/").status_code == 303


def test_whoever_is_suspended_is_signed_out_and_kept_out(
    house: House, surfer: Surfer, ada: str
) -> None:
    surfer.sign_in(ada)
    house.do(lambda session: session.execute(update(User).values(suspended_at=1)))

    assert surfer.get("/account/").status_code == 303
    assert surfer.sign_in(ada).status_code == 403
    assert surfer.sign_in(ada, "wrong").status_code == 422


def test_a_hash_of_older_parameters_is_renewed(house: House, surfer: Surfer, ada: str) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    house.do(lambda session: session.execute(update(User).values(password_hash=old)))

    assert surfer.sign_in(ada).status_code == 303

    stored = house.look(lambda session: session.scalars(select(User.password_hash)).one())
    assert stored != old
    assert surfer.sign_in(ada).status_code == 303


def test_sign_ins_leave_an_audit_row_whether_or_not_they_succeed(
    house: House, surfer: Surfer, ada: str
) -> None:
    surfer.sign_in(ada, "wrong")
    surfer.sign_in("nobody@example.com", "wrong")
    surfer.sign_in(ada)

    rows = house.look(
        lambda session: session.execute(
            select(AuditEvent.action, AuditEvent.user_id)
            .where(AuditEvent.action.like("sign_in%"))
            .order_by(AuditEvent.id)
        ).all()
    )
    user = house.look(lambda session: session.scalars(select(User.id)).one())
    assert [tuple(row) for row in rows] == [
        ("sign_in.failed", user),
        ("sign_in.failed", None),
        ("sign_in.succeeded", user),
    ]


def test_the_cookies_are_closed_to_scripts_and_other_sites(surfer: Surfer, ada: str) -> None:
    answer = surfer.sign_in(ada)

    cookies = {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    assert {"ch_session", "ch_device"} <= set(cookies)
    for name in ("ch_session", "ch_device"):
        assert "HttpOnly" in cookies[name]
        assert "SameSite=Lax" in cookies[name]
        assert "Path=/" in cookies[name]
        assert "Domain" not in cookies[name]


def test_over_https_every_cookie_belongs_to_the_host_alone(sqlite_url: str, tmp_path: Path) -> None:
    house = House(sqlite_url, tmp_path / "i", COUNTINGHOUSE_ISSUER="https://books.localhost")
    surfer = Surfer(house, base_url="https://books.localhost")
    form = surfer.get("/sign-in")
    answer = surfer.sign_in(email_of(house, house.person()))

    lines = form.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
    names = {line.split("=")[0] for line in lines}
    assert names == {"__Host-ch_form", "__Host-ch_session", "__Host-ch_device"}
    assert all("; Secure" in line and "; Path=/" in line for line in lines)
    assert surfer.get("/account/").status_code == 200
    assert surfer.get("/").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_looking_writes_nothing(house: House, surfer: Surfer, ada: str) -> None:
    surfer.sign_in(ada)
    statements: list[str] = []
    listener = ("before_cursor_execute", lambda *said: statements.append(said[2]))
    event.listen(house.engine, *listener)

    for path in (*OPEN_ROUTES, *SIGNED_IN_ROUTES, "/nothing"):
        surfer.get(re.sub("<[^>]+>", "x", path))

    event.remove(house.engine, *listener)
    assert len(statements) > 10
    assert {each.split()[0] for each in statements} <= {"SELECT", "BEGIN"}
    assert "BEGIN IMMEDIATE" not in statements


NEXT_OF_OURS = [
    "/portal/",
    "/oauth/authorize?client_id=cli_1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=a%20b",
    "/consent?request=abc-_",
    "/",
]
NEXT_OF_OTHERS = [
    "",
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "/a\r\nSet-Cookie: b=c",
    "/\u2215evil.example",
    "account/",
    "/" + "a" * 20_000,
]


def test_after_signing_in_one_goes_where_one_wanted(small_house: House) -> None:
    surfer = Surfer(small_house)
    email = email_of(small_house, small_house.person())

    for path in NEXT_OF_OURS:
        assert surfer.sign_in(email, next=path).location == path


def test_nobody_is_led_to_another_site(small_house: House) -> None:
    surfer = Surfer(small_house)
    email = email_of(small_house, small_house.person())

    for path in NEXT_OF_OTHERS:
        assert surfer.sign_in(email, next=path).location == "/account/", path
        page = surfer.get("/sign-in", query_string={"next": path}).text
        assert "evil.example" not in page


def test_the_page_asked_for_is_come_back_to(surfer: Surfer, ada: str) -> None:
    sent = surfer.get("/portal/apps/new?from=mail&x=%2F")

    assert sent.status_code == 303
    form = surfer.get(str(sent.location)).text
    assert 'name="next" value="/portal/apps/new?from=mail&amp;x=%2F"' in form
