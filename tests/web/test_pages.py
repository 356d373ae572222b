"""What holds for every page: headers, errors in plain words, and the list of addresses."""

import re
from pathlib import Path

import pytest

from app.storage.transaction import Unavailable
from app.web.headers import content_security, origin_for_policy
from app.web.mount import BLUEPRINTS
from app.web.pages import error_page
from app.web.routes import OPEN_ROUTES, PUBLIC_ROUTES, SIGNED_IN_ROUTES
from tests.factories.house import House
from tests.web.surfer import Surfer

STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture
def house(small_house: House) -> House:
    return small_house


@pytest.fixture
def surfer(house: House) -> Surfer:
    return Surfer(house)


def filled(rule: str) -> str:
    """A rule's address with something in every hole."""
    return re.sub(r"<[^>]+>", "x", rule)


def test_every_address_of_the_pages_is_written_down(house: House) -> None:
    names = {blueprint.name for blueprint in BLUEPRINTS} - {"authorize"}
    mounted = {
        rule.rule for rule in house.app.url_map.iter_rules() if rule.endpoint.split(".")[0] in names
    }

    assert mounted == set(PUBLIC_ROUTES)
    assert len(PUBLIC_ROUTES) == len(set(PUBLIC_ROUTES))


@pytest.mark.parametrize("rule", SIGNED_IN_ROUTES)
def test_what_is_not_open_asks_a_stranger_to_sign_in(surfer: Surfer, rule: str) -> None:
    path = filled(rule)
    answer = surfer.get(path)
    if answer.status_code == 405:
        answer = surfer.send(path, form_at="/sign-in")

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=/")


# What has a policy of its own (tests/web/test_playground.py).
SCRIPTED = ("/playground", "/playground/oauth2-redirect.html")


@pytest.mark.parametrize("rule", sorted({*OPEN_ROUTES, "/account/", "/nothing"} - {*SCRIPTED}))
def test_every_answer_carries_the_strict_headers(surfer: Surfer, rule: str) -> None:
    headers = surfer.get(filled(rule)).headers

    assert headers["Content-Security-Policy"] == STRICT
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Request-Id"].startswith("req_")
    assert "Strict-Transport-Security" not in headers
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("uri", "origin"),
    [
        ("https://app.example/cb?x=1", "https://app.example"),
        ("https://APP.example:8443/cb", "https://app.example:8443"),
        ("http://127.0.0.1:5000/cb", "http://127.0.0.1:5000"),
        ("http://localhost", "http://localhost"),
        ("https://evil.example;script-src 'unsafe-inline'/cb", None),
        ("https://evil.example;script-src", None),
        ("https://evil.example,https:/", None),
        ("https://*.example/cb", None),
        ("https://*/", None),
        ("https://user@evil.example/", None),
        ("https://app.example:*/", None),
        ("https://app.example\n.evil/", None),
        ("https://bücher.example/", None),
        ("https://-a.example/", None),
        ("https://[::1]:80/", None),
        ("https:", None),
        ("https://", None),
        ("com.example.app:/cb", None),
        ("javascript:alert(1)", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_plain_origin_enters_the_policy(uri: str | None, origin: str | None) -> None:
    assert origin_for_policy(uri) == origin
    added = f" {origin}" if origin else ""
    assert content_security(form_target=uri) == STRICT.replace(
        "form-action 'self'", f"form-action 'self'{added}"
    )


def test_a_missing_page_says_so_in_plain_words_with_the_number_of_the_request(
    surfer: Surfer,
) -> None:
    answer = surfer.get("/nothing/here")

    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_wrong_method_says_which_are_right(surfer: Surfer) -> None:
    answer = surfer.http.delete("/sign-in", **surfer._options)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "<h1>" in answer.text


def test_a_body_that_is_too_large_is_told_so(surfer: Surfer) -> None:
    answer = surfer.post("/sign-in", {"email": "a" * 1_100_000})

    assert answer.status_code == 413
    assert "too large" in answer.text


def test_what_nobody_expected_is_a_page_without_its_inner_workings(
    house: House, surfer: Surfer
) -> None:
    house.app.config["PROPAGATE_EXCEPTIONS"] = False
    surfer.http.set_cookie("ch_session", "x")
    house.app.view_functions["home.show"] = lambda: 1 / 0

    answer = surfer.get("/")

    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "ZeroDivision" not in answer.text
    assert "Traceback" not in answer.text


def test_a_busy_database_is_a_503_that_says_when_to_come_back(house: House, surfer: Surfer) -> None:
    def busy() -> None:
        raise Unavailable("The database is busy; try again in a moment.")

    house.app.view_functions["home.show"] = busy

    answer = surfer.get("/")

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "We are busy just now" in answer.text


def test_an_error_page_tells_the_developer_more_and_escapes_it(house: House) -> None:
    with house.app.test_request_context("/"):
        answer = error_page(
            400,
            "This app's request cannot be answered",
            "The app is not known here.",
            hint="Go back to the app.",
            request_id="req_1",
            details=(("error", "invalid_request"), ("error_hint", "<b>Send it</b>")),
        )

    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    for words in ("The app is not known here.", "Go back to the app.", "req_1", "invalid_request"):
        assert words in text
    assert "&lt;b&gt;Send it&lt;/b&gt;" in text
    assert answer.headers["Content-Security-Policy"] == STRICT


def test_static_files_are_kept_for_good_under_the_name_of_their_bytes(surfer: Surfer) -> None:
    page = surfer.get("/").text
    path = re.search(r'href="(/static/[0-9a-f]{12}/style\.css)"', page)
    assert path

    answer = surfer.get(path.group(1))
    older = surfer.get("/static/000000000000/style.css")

    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (older.status_code, older.headers["Cache-Control"]) == (200, "no-store")
    assert older.data == answer.data


@pytest.mark.parametrize(
    "name", ["../policy.py", "..%2fpolicy.py", "nothing.css", "%2e%2e/mount.py", "icons/"]
)
def test_no_other_file_can_be_reached(surfer: Surfer, name: str) -> None:
    assert surfer.get(f"/static/x/{name}").status_code in (400, 404)


def test_every_picture_that_the_stylesheet_names_exists(surfer: Surfer) -> None:
    style = surfer.get("/static/x/style.css").text
    for name in set(re.findall(r'url\("([^"]+)"\)', style)):
        answer = surfer.get(f"/static/x/{name}")
        assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")


def test_no_page_carries_a_script_or_a_style_of_its_own() -> None:
    templates = Path(__file__).parents[2] / "templates"
    file_of_ours = re.compile(r"<script src=\"{{ \w+\('[\w.-]+'\) }}\"( defer)?></script>")
    for path in templates.rglob("*.html"):
        text = path.read_text()
        if path.name.startswith("playground"):
            text = file_of_ours.sub("", text)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|\|\s*safe|javascript:", text), (
            path
        )


def test_the_demo_lives_elsewhere(sqlite_url: str, tmp_path: Path, surfer: Surfer) -> None:
    assert surfer.get("/demo").status_code == 404
    assert "demo app" not in surfer.get("/").text

    house = House(sqlite_url, tmp_path / "i", COUNTINGHOUSE_DEMO_URL="http://127.0.0.1:8001/")
    answer = Surfer(house).get("/demo")
    assert (answer.status_code, answer.location) == (303, "http://127.0.0.1:8001/")
    assert "demo app" in Surfer(house).get("/").text
