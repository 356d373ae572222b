"""Every address belongs to a surface or to a written list; what is not open refuses strangers."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from app.api.mount import SURFACES
from app.api.openapi import mount as openapi
from app.api.surfaces.mount import routes
from app.gateway import health
from app.oauth import mount as oauth
from app.web import authorize
from app.web import routes as pages
from tests.factories.house import House

# Each list stands beside the views that it opens.
WRITTEN = (
    *(*health.PUBLIC_ROUTES, *oauth.PUBLIC_ROUTES, *authorize.ROUTES, *pages.PUBLIC_ROUTES),
    *openapi.PUBLIC_ROUTES,
)


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[House]:
    found = House(sqlite_url, tmp_path, COUNTINGHOUSE_ADDRESS_PLAN="100000/minute")
    yield found
    found.close()


def is_of_a_surface(rule: Rule) -> bool:
    """Tell whether a surface declares this address, under its own path."""
    return any(rule.endpoint in routes(surface) and surface.owns(rule.rule) for surface in SURFACES)


def test_every_address_belongs_to_a_surface_or_to_a_written_list(house):
    strays = [
        rule.rule
        for rule in house.app.url_map.iter_rules()
        if not is_of_a_surface(rule) and rule.rule not in WRITTEN
    ]

    assert not strays


def test_every_written_address_is_served_and_written_once(house):
    served = {rule.rule for rule in house.app.url_map.iter_rules() if not is_of_a_surface(rule)}

    assert {rule for rule, times in Counter(WRITTEN).items() if times > 1} == set()
    assert set(WRITTEN) - served == set()


def test_no_address_of_a_surface_answers_a_stranger(house):
    answers = {
        f"{method} {rule.rule}": house.http.open(
            re.sub(r"<[^>]+>", "x", rule.rule), method=method
        ).status_code
        for rule in house.app.url_map.iter_rules()
        if is_of_a_surface(rule)
        for method in ("GET", "POST", "PATCH", "DELETE")
    }

    assert answers
    assert {asked: status for asked, status in answers.items() if status != 401} == {}
