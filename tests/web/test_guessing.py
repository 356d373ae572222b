"""Guessing passwords is slow, and nobody is ever shut out of their own account for good."""

import pytest
import time_machine

from app.web.devices import ACCOUNTS_MAX
from tests.factories.house import House
from tests.web.surfer import Surfer, email_of

NOON = "2026-05-01T12:00:00Z"
STRANGER = "198.51.100.9"


def guess(surfer: Surfer, email: str, *, times: int) -> list[int]:
    """Try wrong passwords; the statuses of the answers."""
    token = surfer.token()
    form = {"csrf_token": token, "email": email, "password": "a guess"}
    return [surfer.post("/sign-in", form).status_code for _ in range(times)]


@pytest.fixture
def house(small_house: House) -> House:
    return small_house


@pytest.fixture
def ada(house: House) -> str:
    return email_of(house, house.person("Ada Lovelace"))


@pytest.fixture(autouse=True)
def clock() -> "time_machine.Traveller":
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_ten_wrong_guesses_at_one_account_have_to_wait(
    house: House, ada: str, clock: "time_machine.Traveller"
) -> None:
    surfer = Surfer(house)

    assert guess(surfer, ada, times=11) == [422] * 10 + [429]

    refused = surfer.sign_in(ada)
    wait_s = int(refused.headers["Retry-After"])
    assert refused.status_code == 429
    assert 0 < wait_s <= 15 * 60 + 15
    assert "then try again" in refused.text
    clock.shift(wait_s)
    assert surfer.sign_in(ada).status_code == 303


def test_guesses_that_are_refused_lengthen_nothing(
    house: House, ada: str, clock: "time_machine.Traveller"
) -> None:
    surfer = Surfer(house)
    guess(surfer, ada, times=10)
    first = int(surfer.sign_in(ada).headers["Retry-After"])

    clock.shift(60)
    guess(surfer, ada, times=20)

    assert int(surfer.sign_in(ada).headers["Retry-After"]) == first - 60


def test_signing_in_often_is_no_guessing(house: House, ada: str) -> None:
    surfer = Surfer(house)

    assert {surfer.sign_in(ada).status_code for _ in range(15)} == {303}
    fresh = {Surfer(house).sign_in(ada).status_code for _ in range(35)}
    assert fresh == {303}


def test_an_account_that_does_not_exist_is_guarded_alike(house: House) -> None:
    assert guess(Surfer(house), "nobody@example.com", times=11) == [422] * 10 + [429]


def test_one_address_cannot_try_account_after_account(house: House, ada: str) -> None:
    surfer = Surfer(house)
    for number in range(15):
        guess(surfer, f"person{number}@elsewhere.example", times=2)

    assert surfer.sign_in(ada).status_code == 429
    assert Surfer(house, address=STRANGER).sign_in(ada).status_code == 303


def test_many_addresses_cannot_share_the_guessing_at_one_account(house: House, ada: str) -> None:
    for number in range(6):
        guess(Surfer(house, address=f"198.51.100.{number}"), ada, times=10)

    assert guess(Surfer(house, address="192.0.2.1"), ada, times=1) == [429]


def test_strangers_cannot_keep_the_owner_out_of_a_browser_known_to_the_account(
    house: House, ada: str
) -> None:
    owner = Surfer(house)
    owner.sign_in(ada)
    owner.send("/sign-out")

    guess(Surfer(house), ada, times=30)  # from the owner's own network
    for number in range(6):
        guess(Surfer(house, address=f"198.51.100.{number}"), ada, times=10)

    assert Surfer(house).sign_in(ada).status_code == 429
    assert owner.sign_in(ada).status_code == 303


def test_a_known_browser_has_a_limit_of_its_own(house: House, ada: str) -> None:
    thief = Surfer(house)
    thief.sign_in(ada)
    thief.send("/sign-out")

    assert guess(thief, ada, times=11) == [422] * 10 + [429]
    assert Surfer(house).sign_in(ada).status_code == 303


def test_a_browser_known_to_one_account_is_a_stranger_to_the_next(house: House, ada: str) -> None:
    mallory = Surfer(house, address=STRANGER)
    mallory.sign_in(email_of(house, house.person("Mallory")))

    assert guess(mallory, ada, times=11) == [422] * 10 + [429]
    assert guess(Surfer(house, address=STRANGER), ada, times=1) == [429]


def test_a_known_device_cookie_of_someone_elses_making_counts_for_nothing(
    house: House, ada: str
) -> None:
    guess(Surfer(house), ada, times=10)
    forger = Surfer(house)
    forger.http.set_cookie("ch_device", "W1sidXNyXzEiLCJkZXZfMSJdXQ.aaaa.bbbb")

    assert forger.sign_in(ada).status_code == 429


def test_all_of_one_slash_48_are_counted_together(house: House, ada: str) -> None:
    guess(Surfer(house, address="2001:db8:1:2::1"), ada, times=10)

    assert Surfer(house, address="2001:db8:1:ffff::9").sign_in(ada).status_code == 429
    assert Surfer(house, address="2001:db8:2:2::1").sign_in(ada).status_code == 303


def test_a_browser_shared_by_several_people_is_known_to_each(house: House) -> None:
    surfer = Surfer(house)
    emails = [email_of(house, house.person()) for _ in range(ACCOUNTS_MAX)]
    for email in emails:
        surfer.sign_in(email)

    for email in emails:
        guess(Surfer(house, address=STRANGER), email, times=10)
    far = Surfer(house, address=STRANGER)
    far.http.set_cookie("ch_device", str(surfer.cookie("ch_device")))

    assert far.sign_in(emails[0]).status_code == 303
