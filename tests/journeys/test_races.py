"""Twelve at once, on two processes: single-use things are used once, whoever comes first."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.factories.house import House, Pending
from tests.factories.served import served

AT_ONCE = 12


@pytest.fixture
def race(database_url: str, tmp_path: Path) -> Iterator[tuple[House, str]]:
    """The same database twice: in two serving processes, and here to prepare each round."""
    instance = tmp_path / "instance"
    house = House(database_url, instance)
    with served(database_url=database_url, instance=instance, processes=2) as base:
        yield house, base
    house.close()


def at_once(base: str, path: str, form: dict[str, str]) -> list[requests.Response]:
    """Send the same form from AT_ONCE connections, all held at one barrier."""
    return all_at_once(base, path, [form] * AT_ONCE)


def all_at_once(base: str, path: str, forms: list[dict[str, str]]) -> list[requests.Response]:
    """Send each form on a connection of its own, all held at one barrier."""
    barrier = threading.Barrier(len(forms))

    def send(form: dict[str, str]) -> requests.Response:
        with requests.Session() as session:
            session.get(f"{base}/health/live", timeout=30)
            barrier.wait(30)
            return session.post(f"{base}{path}", data=form, timeout=30)

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(send, forms))


@pytest.mark.timeout(900)
def test_a_code_presented_twelve_times_at_once_wins_once_and_then_nothing(
    race: tuple[House, str], rounds: Callable[..., int]
) -> None:
    house, base = race
    prepared = house.pendings(rounds(small=4, soak=100))

    for pending in prepared:
        answers = at_once(base, "/oauth/token", pending.form())

        won = [answer for answer in answers if answer.status_code == 200]
        lost = [answer for answer in answers if answer.status_code != 200]
        assert len(won) == 1
        assert {(a.status_code, a.json()["error"]) for a in lost} == {(400, "invalid_grant")}
        assert is_dead(base, pending, won[0].json())


@pytest.mark.timeout(900)
def test_a_refresh_token_presented_twelve_times_at_once_rotates_once(
    race: tuple[House, str], rounds: Callable[..., int]
) -> None:
    house, base = race

    for pending in house.pendings(rounds(small=4, soak=100)):
        first = requests.post(f"{base}/oauth/token", data=pending.form(), timeout=30).json()
        answers = at_once(base, "/oauth/token", refresh_form(pending, first["refresh_token"]))

        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        replayed = [a for a in answers if a.headers.get("Idempotent-Replayed") == "true"]
        assert len(replayed) == AT_ONCE - 1
        pair = answers[0].json()
        assert me(base, pair["access_token"]) == 200
        again = requests.post(
            f"{base}/oauth/token", data=refresh_form(pending, pair["refresh_token"]), timeout=30
        )
        assert again.status_code == 200


def refresh_form(pending: Pending, token: str) -> dict[str, str]:
    return {
        "grant_type": "refresh_token",
        "refresh_token": token,
        **pending.client.credentials,
    }


def me(base: str, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{base}/v1/me", headers=headers, timeout=30).status_code


def is_dead(base: str, pending: Pending, pair: dict[str, str]) -> bool:
    refused = requests.post(
        f"{base}/oauth/token", data=refresh_form(pending, pair["refresh_token"]), timeout=30
    )
    return me(base, pair["access_token"]) == 401 and refused.status_code == 400


@pytest.mark.timeout(900)
def test_a_replay_beside_its_successors_refresh_never_locks_up(
    race: tuple[House, str], rounds: Callable[..., int]
) -> None:
    house, base = race

    for pending in house.pendings(rounds(small=4, soak=100)):
        first = requests.post(f"{base}/oauth/token", data=pending.form(), timeout=30).json()
        old = refresh_form(pending, first["refresh_token"])
        second = requests.post(f"{base}/oauth/token", data=old, timeout=30).json()
        new = refresh_form(pending, second["refresh_token"])

        answers = all_at_once(base, "/oauth/token", [old] * 6 + [new] * 6)

        # Whoever is first, each is answered, or the late replay is taken for reuse.
        assert {answer.status_code for answer in answers} <= {200, 400}
