"""Forms: only a page of ours, shown to the person who is signed in now, can send one."""

from sqlalchemy import func, select

from app.domain.identity.tables import SignInSession
from tests.factories.house import PASSWORD, House
from tests.web.surfer import Surfer

FORMS = [
    "/sign-in",
    "/sign-out",
    "/consent?request=abc",
    "/account/connected-apps/grt_1/take-back",
    "/account/connected-apps/by-app/cli_1/take-back",
    "/portal/apps/new",
]


def test_a_form_without_its_token_is_refused(surfer: Surfer, ada: str) -> None:
    surfer.sign_in(ada)

    for path in FORMS:
        answer = surfer.post(path, {"decision": "allow"})
        assert answer.status_code == 400, path
        assert "out of date" in answer.text

    assert surfer.get("/account/").status_code == 200


def test_a_form_sent_from_another_site_is_refused_whatever_it_carries(
    surfer: Surfer, ada: str
) -> None:
    surfer.sign_in(ada)
    token = surfer.token("/account/")

    for path in FORMS:
        for site in ("cross-site", "same-site"):
            answer = surfer.post(path, {"csrf_token": token}, headers={"Sec-Fetch-Site": site})
            assert answer.status_code == 400, path
            assert "another site" in answer.text


def test_the_token_of_another_browser_is_worth_nothing(
    house: House, surfer: Surfer, ada: str
) -> None:
    stolen = Surfer(house).token()
    surfer.get("/sign-in")

    answer = surfer.post("/sign-in", {"csrf_token": stolen, "email": ada, "password": PASSWORD})

    assert answer.status_code == 400
    assert house.look(lambda s: s.scalar(select(func.count()).select_from(SignInSession))) == 0


def test_signing_in_and_out_makes_open_forms_stale(surfer: Surfer, ada: str) -> None:
    before = surfer.token()
    surfer.sign_in(ada)
    signed_in = surfer.token("/account/")
    assert surfer.post("/sign-out", {"csrf_token": before}).status_code == 400

    surfer.send("/sign-out")

    answer = surfer.post("/sign-in", {"csrf_token": signed_in, "email": ada, "password": PASSWORD})
    assert answer.status_code == 400
    assert 'href="/sign-in"' in answer.text  # one click brings the form back


def test_the_doors_for_programs_ask_for_no_token(surfer: Surfer) -> None:
    answer = surfer.post("/oauth/token", {"grant_type": "authorization_code"})

    assert answer.json is not None
    assert answer.json["error"] != "foreign_form"
    assert "Set-Cookie" not in answer.headers
