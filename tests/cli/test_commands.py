"""The operator's commands: one JSON object out, every fault aside, and honest exit codes."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from app.cli import COMMANDS
from app.domain.clients.authenticate import live_client
from app.domain.clients.find import client_of
from app.domain.grants.tables import AccessToken
from app.domain.identity.find import role_of, user_by_email
from app.domain.identity.passwords import is_right
from app.domain.identity.tables import User
from app.gateway.plans import RatePlan
from app.kernel.clock import epoch_s
from tests.factories.pictures import picture
from tests.factories.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent.parent
ORGANISATION = (
    *("organisations", "add", "--name", "Wattle", "--country", "AU"),
    *("--currency", "AUD", "--timezone", "Australia/Sydney"),
)


def test_people_organisations_and_members_are_added(terminal: Terminal) -> None:
    user = terminal.ask("users", "add", "--email", "Ada@b.example", "--name", "Ada Lovelace")
    organisation = terminal.ask(*ORGANISATION)

    member = terminal.ask(
        *("members", "add", "--user", "ada@B.example"),
        *("--organisation", organisation["id"], "--role", "accountant"),
    )

    assert user | {"id": "", "password": ""} == {
        "id": "",
        "email": "Ada@b.example",
        "name": "Ada Lovelace",
        "verified": True,
        "password": "",
    }
    assert member == {
        "user_id": user["id"],
        "organisation_id": organisation["id"],
        "role": "accountant",
    }
    found = terminal.house.look(lambda session: session.get_one(User, user["id"]))
    assert is_right(user["password"], hashed=found.password_hash)


def test_a_password_can_be_given_without_others_seeing_it(terminal: Terminal) -> None:
    user = terminal.ask(
        *("users", "add", "--email", "a@b.example", "--name", "Ada", "--password-stdin"),
        typed="difference engine\n",
    )

    assert "password" not in user
    found = terminal.house.look(lambda session: session.get_one(User, user["id"]))
    assert is_right("difference engine", hashed=found.password_hash)


def test_an_organisation_can_be_added_with_its_owner(terminal: Terminal) -> None:
    user = terminal.ask("users", "add", "--email", "a@b.example", "--name", "Ada")

    organisation = terminal.ask(*ORGANISATION, "--owner", "a@b.example")

    role = terminal.house.look(
        lambda session: role_of(session, user_id=user["id"], organisation_id=organisation["id"])
    )
    assert role == "owner"


def test_an_organisation_with_an_unknown_owner_is_not_added(terminal: Terminal) -> None:
    said = terminal.refused(*ORGANISATION, "--owner", "nobody@b.example")

    assert "Nobody signs in as nobody@b.example." in said


def test_a_role_is_changed_and_taken_away(terminal: Terminal) -> None:
    terminal.ask("users", "add", "--email", "a@b.example", "--name", "Ada")
    at = terminal.ask(*ORGANISATION)["id"]
    named = ("--user", "a@b.example", "--organisation", at)
    terminal.ask("members", "add", *named, "--role", "member")

    assert terminal.ask("members", "change", *named, "--role", "readonly")["role"] == "readonly"
    assert terminal.ask("members", "remove", *named)["role"] is None
    assert "does not belong" in terminal.refused("members", "remove", *named)


def test_every_fault_is_listed_and_nothing_is_written(terminal: Terminal) -> None:
    said = terminal.refused(
        "users", "add", "--email", "nobody", "--name", "<b>", "--password", "short"
    )

    assert [line.split(":")[0] for line in said.splitlines()] == [
        "Refused",
        "- email",
        "- name",
        "- password",
    ]
    nobody = terminal.house.look(lambda session: user_by_email(session, "nobody"))
    assert nobody is None


def test_a_client_is_registered_with_the_names_of_rfc_7591(terminal: Terminal) -> None:
    made = terminal.ask(
        *("clients", "register", "--name", "Tally", "--company", "Tally Pty Ltd"),
        *("--type", "confidential", "--auth-method", "client_secret_post"),
        *("--redirect-uri", "https://tally.example/cb", "--redirect-uri", "http://127.0.0.1/cb"),
        *("--scope", "invoices:read offline_access", "--scope", "contacts:read"),
        *("--optional-scope", "invoices:write"),
        *("--website", "https://tally.example"),
    )

    assert made["client_name"] == "Tally"
    assert sorted(made["redirect_uris"]) == ["http://127.0.0.1/cb", "https://tally.example/cb"]
    assert made["token_endpoint_auth_method"] == "client_secret_post"
    assert made["scope"] == "invoices:read offline_access contacts:read"
    assert made["optional_scope"] == "invoices:write"
    assert made["client_secret_expires_at"] == 0
    client = terminal.house.look(
        lambda session: live_client(session, client_id=made["client_id"], now_s=epoch_s())
    )
    assert client is not None
    assert client.has_secret(made["client_secret"])


def test_a_public_client_is_registered_without_a_secret(terminal: Terminal) -> None:
    made = terminal.ask(
        *("clients", "register", "--name", "Pocket", "--type", "public"),
        *("--redirect-uri", "com.example.pocket:/cb", "--scope", "invoices:read"),
    )

    assert "client_secret" not in made
    assert made["token_endpoint_auth_method"] == "none"
    assert made["company_name"] == "Pocket"


def test_each_fault_of_a_client_has_its_own_line(terminal: Terminal) -> None:
    said = terminal.refused(
        *("clients", "register", "--name", "Tally", "--scope", "invoices:read everything"),
        *("--redirect-uri", "https://ok.example/cb", "--redirect-uri", "http://evil.example#x"),
    )

    assert [line.split(":")[0] for line in said.splitlines()] == [
        "Refused",
        "- redirect_uris/1",
        "- redirect_uris/1",
        "- scope",
    ]


def test_a_logo_is_read_from_a_file(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(picture())
    words = (
        *("clients", "register", "--name", "Tally", "--redirect-uri", "https://t.example/cb"),
        *("--scope", "invoices:read", "--logo"),
    )

    made = terminal.ask(*words, str(file))

    found = terminal.house.look(lambda session: client_of(session, made["client_id"]))
    assert found is not None
    assert found.logo_digest is not None
    assert "cannot be read" in terminal.refused(*words, str(tmp_path / "absent.png"))
    assert "PNG or JPEG" in terminal.refused(*words, __file__)


def test_clients_are_listed_without_their_secrets(terminal: Terminal) -> None:
    assert terminal.ask("clients", "list") == {"clients": []}
    made = terminal.ask(
        *("clients", "register", "--name", "Tally", "--redirect-uri", "https://t.example/cb"),
        *("--scope", "invoices:read"),
    )

    listed = terminal.ask("clients", "list")["clients"]

    assert [client["client_id"] for client in listed] == [made["client_id"]]
    assert "secret" not in json.dumps([list(client) for client in listed])


def test_a_plan_replaces_every_window_of_its_subject(terminal: Terminal) -> None:
    client_id = terminal.house.client().id

    terminal.ask("plans", "set", "--client", client_id, "100/minute;20/second")
    set_again = terminal.ask("plans", "set", "--client", client_id, "100000/minute")

    assert set_again == {
        "subject": f"client:{client_id}",
        "windows": [{"name": "minute", "amount": 100_000, "length_s": 60}],
    }
    plans = terminal.house.look(
        lambda session: session.execute(select(RatePlan.subject, RatePlan.windows)).all()
    )
    assert [tuple(plan) for plan in plans] == [(f"client:{client_id}", "100000/minute")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--client", "cli_nobody", "1/second"), "There is no client 'cli_nobody'."),
        (("--key", "key_nobody", "1/second"), "There is no key 'key_nobody'."),
        (("--client", "cli_nobody", "often"), "is not an amount and a length"),
        (("--client", "cli_nobody", "0/second"), "allows 0"),
        (("--client", "cli_nobody", ""), "A plan has 1 to 200 characters"),
    ],
)
def test_a_wrong_plan_is_refused(terminal: Terminal, words: tuple[str, ...], said: str) -> None:
    assert said in terminal.refused("plans", "set", *words)


@pytest.mark.parametrize("words", [(), ("--client", "a", "--key", "b")])
def test_a_plan_has_one_subject(terminal: Terminal, words: tuple[str, ...]) -> None:
    result = terminal.run("plans", "set", *words, "1/second")

    assert result.exit_code == 2
    assert "Name one subject" in result.stderr


def test_pruning_deletes_what_has_expired_and_nothing_else(terminal: Terminal) -> None:
    house = terminal.house
    user = house.person()
    token = {"user_id": user, "organisations": (house.organisation(owner=user),)}
    house.access_token(**token)
    house.do(
        lambda session: session.execute(
            AccessToken.__table__.update().values(expires_at=epoch_s() - 1)
        )
    )
    live = house.access_token(**token)

    pruned = terminal.ask("tokens", "prune")

    assert pruned["total"] == sum(pruned["pruned"].values())
    left = house.look(lambda session: session.scalars(select(AccessToken.expires_at)).all())
    assert len(left) == 1
    assert left[0] > epoch_s()
    assert live


def test_each_command_has_a_module_and_help(terminal: Terminal) -> None:
    for name in COMMANDS:
        result = terminal.run(name, "--help")

        assert result.exit_code == 0
        assert "Usage:" in result.stdout


def test_preparing_the_demo_in_production_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    done = flask(
        *("prepare-demo", "--base-url", "https://books.example", "--demo-app-url", "http://x:1"),
        COUNTINGHOUSE_ENV="production",
        COUNTINGHOUSE_ISSUER="https://books.example",
        COUNTINGHOUSE_INSTANCE=str(tmp_path / "instance"),
        DATABASE_URL=sqlite_url,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "Demo data is for development" in done.stderr
    assert stat.S_IMODE((tmp_path / "instance").stat().st_mode) == 0o700


def flask(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """One command in a process of its own, as an operator starts it."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        cwd=ROOT,
        env={**os.environ, "COUNTINGHOUSE_SECRET_KEY": "5eed" * 16, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
