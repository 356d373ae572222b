"""The demo people: who they are, and which role each has where."""

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from app.domain.identity.memberships import add_member
from app.domain.identity.users import add_user
from app.seed.catalogue import HARBOUR, KERERU, LUMIERE, SANDBOX

PASSWORD_GROUPS: Final = 4
PASSWORD_GROUP_CHARACTERS: Final = 4
# Letters and digits that are not mistaken for one another when read from a screen.
PASSWORD_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the demo, with their role in each business by its name."""

    name: str
    email: str
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Someone who can sign in to this instance's demo, with their random password."""

    id: str
    email: str
    password: str
    organisations: tuple[str, ...]


# The first owns the first business and belongs to no other: others rely on it.
PEOPLE: Final = (
    Person("Olivia Marsh", "olivia@harbour.example", ((HARBOUR.name, "owner"),)),
    Person(
        "Camille Laurent",
        "camille@lumiere.example",
        ((LUMIERE.name, "owner"), (KERERU.name, "admin")),
    ),
    Person(
        "Wiremu Tane",
        "wiremu@kereru.example",
        ((KERERU.name, "owner"), (HARBOUR.name, "member")),
    ),
    Person(
        "Amara Diallo",
        "amara@accountants.example",
        (
            (HARBOUR.name, "accountant"),
            (LUMIERE.name, "accountant"),
            (KERERU.name, "accountant"),
        ),
    ),
    Person(
        "Robin Chen",
        "robin@harbour.example",
        ((HARBOUR.name, "readonly"), (LUMIERE.name, "member")),
    ),
    # A partner's developer: the sandbox is where the playground acts.
    Person("Dana Okafor", "dana@partner.example", ((SANDBOX.name, "owner"),)),
)


def settle_people(session: Session, *, organisations: dict[str, str]) -> tuple[DemoUser, ...]:
    """Add everyone and give them their roles; `organisations` are ids by business name."""
    return tuple(_settled(session, person, organisations) for person in PEOPLE)


def _settled(session: Session, person: Person, organisations: dict[str, str]) -> DemoUser:
    password = random_password()
    user = add_user(session, email=person.email, name=person.name, password=password, verified=True)
    places = []
    for business, role in person.roles:
        places.append(organisations[business])
        add_member(session, user_id=user.id, organisation_id=organisations[business], role=role)
    return DemoUser(user.id, user.email, password, tuple(places))


def random_password() -> str:
    """A password of about 79 random bits that can be typed from a screen."""
    groups = (
        "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(PASSWORD_GROUP_CHARACTERS))
        for _ in range(PASSWORD_GROUPS)
    )
    return "-".join(groups)
