"""What a partner says of an app that is to be registered, and everything wrong with it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.clients.redirect_uris import acceptable, uri_faults
from app.domain.clients.scopes import SCOPES, unknown
from app.kernel.errors import Fault
from app.kernel.text import name_faults

NAME_CHARACTERS_MAX: Final = 60
OUR_NAME: Final = "countinghouse"
COMPANY_NAME_CHARACTERS_MAX: Final = 80
WEBSITE_CHARACTERS_MAX: Final = 300

AUTH_METHODS_BY_TYPE: Final = {
    "confidential": ("client_secret_basic", "client_secret_post"),
    "public": ("none",),
    "machine": ("client_secret_basic", "client_secret_post"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An app as its partner describes it.

    `scope` holds the permissions it cannot do without, `optional_scope` those a person may
    leave unticked; `logo` is the picture as uploaded. With `is_test_only` the app never reaches
    real books.
    """

    name: str
    company_name: str
    website: str | None = None
    logo: bytes | None = None
    redirect_uris: tuple[str, ...] = ()
    type: str = "confidential"
    auth_method: str = "client_secret_basic"
    scope: tuple[str, ...] = ()
    optional_scope: tuple[str, ...] = ()
    is_test_only: bool = False


def _borrowed_name_faults(name: str) -> list[Fault]:
    # An app that carries our name would speak to people in our voice on our own page.
    plain = "".join(one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum())
    if OUR_NAME not in plain:
        return []
    detail = "The app's name must not contain the name of Countinghouse."
    return [Fault("reserved", detail, pointer="/name")]


def registration_faults(registration: Registration, *, development: bool) -> list[Fault]:
    """Every fault of a registration at once; its logo is judged where it is redrawn."""
    return [
        *name_faults(
            registration.name,
            what="The app's name",
            pointer="/name",
            characters_max=NAME_CHARACTERS_MAX,
        ),
        *_borrowed_name_faults(registration.name),
        *name_faults(
            registration.company_name,
            what="The company's name",
            pointer="/company_name",
            characters_max=COMPANY_NAME_CHARACTERS_MAX,
        ),
        *_website_faults(registration.website, development=development),
        *_type_faults(registration),
        *_uri_faults(registration, development=development),
        *_scope_faults(registration),
    ]


def _website_faults(website: str | None, *, development: bool) -> list[Fault]:
    if website is None:
        return []
    if len(website) > WEBSITE_CHARACTERS_MAX:
        detail = f"The website may have {WEBSITE_CHARACTERS_MAX} characters."
        return [Fault("too_long", detail, pointer="/website")]
    # A website is shown as a link, so it obeys the rules of an address we would redirect to.
    if not acceptable(website, type="confidential", development=development):
        detail = "The website must be an https address such as https://example.com."
        return [Fault("invalid", detail, pointer="/website")]
    return []


def _type_faults(registration: Registration) -> list[Fault]:
    methods = AUTH_METHODS_BY_TYPE.get(registration.type)
    if methods is None:
        detail = f"The type must be one of {', '.join(AUTH_METHODS_BY_TYPE)}."
        return [
            Fault("unknown_type", detail, pointer="/type", suggestions=tuple(AUTH_METHODS_BY_TYPE))
        ]
    if registration.auth_method not in methods:
        detail = f"A {registration.type} client authenticates by {' or '.join(methods)}."
        return [Fault("auth_method", detail, pointer="/auth_method", suggestions=methods)]
    return []


def _uri_faults(registration: Registration, *, development: bool) -> list[Fault]:
    if registration.type not in AUTH_METHODS_BY_TYPE:
        return []  # what may be an address depends on the type, which is a fault already
    return uri_faults(registration.redirect_uris, type=registration.type, development=development)


def _scope_faults(registration: Registration) -> list[Fault]:
    faults = [
        *_unknown_scopes(registration.scope, pointer="/scope"),
        *_unknown_scopes(registration.optional_scope, pointer="/optional_scope"),
    ]
    if not registration.scope and not registration.optional_scope:
        detail = "Name at least one permission that the app may ask for."
        faults.append(Fault("required", detail, pointer="/scope"))
    for name in dict.fromkeys(registration.optional_scope):
        if name in registration.scope:
            detail = f"{name} is required already, so it cannot be optional too."
            faults.append(Fault("duplicate", detail, pointer="/optional_scope"))
    return faults


def _unknown_scopes(names: Sequence[str], *, pointer: str) -> list[Fault]:
    return [
        Fault(
            "unknown_scope",
            f"There is no permission {name[:60]!a}.",
            pointer=pointer,
            suggestions=tuple(SCOPES),
        )
        for name in unknown(names)[: len(SCOPES)]
    ]
