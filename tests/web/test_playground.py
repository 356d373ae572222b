"""The playground's page, before any script runs: what it may load, and when it is closed."""

import gzip
import re

import pytest

from app.domain.clients.playground import REDIRECT_PATH, open_playground
from app.web.docs.swagger import TYPES, VERSION, part
from tests.factories.house import ORIGIN, House
from tests.web.surfer import Surfer

SCRIPTED = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "script-src 'self'; connect-src 'self'"
)


@pytest.fixture
def house(small_house: House) -> House:
    return small_house


@pytest.fixture
def surfer(house: House) -> Surfer:
    return Surfer(house)


@pytest.fixture
def client(house: House) -> str:
    return house.do(open_playground, issuer=ORIGIN, development=True)


def test_without_a_client_the_page_names_the_command_that_opens_it(surfer):
    page = surfer.get("/playground")

    assert page.status_code == 200
    assert "./run cli playground open" in page.text
    assert "<script" not in page.text


def test_the_command_that_the_page_names_is_one(house):
    told = house.app.test_cli_runner().invoke(args=["playground", "open", "--json"])

    assert told.exit_code == 0, told.output
    assert 'id="swagger"' in Surfer(house).get("/playground").text


def test_the_page_carries_all_that_the_script_needs(surfer, client):
    page = surfer.get("/playground").text

    assert f'data-client="{client}"' in page
    assert f'data-redirect="{ORIGIN}{REDIRECT_PATH}"' in page
    assert 'data-document="/v1/openapi.json"' in page
    assert "Sandbox only." in page
    assert re.findall(r'<script src="([^"]+)"', page)[0] == (
        f"/playground/parts/{VERSION}/swagger-ui-bundle.js"
    )


def test_it_works_at_the_issuers_own_address_alone(house, client):
    page = Surfer(house, base_url="http://127.0.0.1:8000").get("/playground").text

    assert "<script" not in page
    assert f'href="{ORIGIN}/playground"' in page


@pytest.mark.parametrize("path", ["/playground", REDIRECT_PATH])
def test_scripts_of_our_own_may_run_and_no_others(surfer, client, path):
    headers = surfer.get(path).headers

    assert headers["Content-Security-Policy"] == SCRIPTED
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Cache-Control"] == "no-store"
    # Both windows must say so, or the one that signs in could not find the other.
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("name", TYPES)
def test_a_part_is_kept_for_good_under_its_version(surfer, name):
    packed = surfer.get(
        f"/playground/parts/{VERSION}/{name}", headers={"Accept-Encoding": "gzip, br"}
    )
    plain = surfer.get(f"/playground/parts/{VERSION}/{name}")
    older = surfer.get(f"/playground/parts/5.0.0/{name}")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data == part(name).body
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (older.status_code, older.headers["Cache-Control"]) == (200, "no-store")
    assert plain.content_type == TYPES[name]


@pytest.mark.parametrize("name", ["swagger-ui.js", "VERSION", "..%2f__init__.py", "x"])
def test_no_other_file_of_the_package_is_served(surfer, name):
    assert surfer.get(f"/playground/parts/{VERSION}/{name}").status_code == 404


def test_a_refused_encoding_is_not_sent(surfer):
    answer = surfer.get(
        f"/playground/parts/{VERSION}/oauth2-redirect.js",
        headers={"Accept-Encoding": "gzip;q=0, identity"},
    )

    assert "Content-Encoding" not in answer.headers
