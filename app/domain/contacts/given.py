"""What is given of a contact, and what it comes to with what was there before."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.contacts.find import Address, ContactRecord, Person
from app.kernel.errors import Invalid
from app.kernel.faults import Faults, ForbiddenValue, MandatoryAbsent
from app.kernel.given import UNSET, UnsetType, check_ids, resolved

TYPES: Final = ("company", "individual")
STATUSES: Final = ("customer", "lead", "supplier")
ADDRESS_TYPES: Final = ("billing", "shipping")
ADDRESSES_MAX: Final = 20
PERSONS_MAX: Final = 100
NEW: Final = 0  # stands for the id of an address or person that has none yet

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_COUNTRY = re.compile(r"[A-Z]{2}")

GivenText = str | UnsetType | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressGiven:
    """An address as sent; without an id it is a new one."""

    id: int | UnsetType | None = UNSET
    type: GivenText = UNSET
    street: GivenText = UNSET
    city: GivenText = UNSET
    region: GivenText = UNSET
    postal_code: GivenText = UNSET
    country: GivenText = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonGiven:
    """A person as sent; without an id it is a new one."""

    id: int | UnsetType | None = UNSET
    first_name: GivenText = UNSET
    last_name: GivenText = UNSET
    email: GivenText = UNSET
    phone: GivenText = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactGiven:
    """A contact as sent. The lists, where given, become the whole lists."""

    type: GivenText = UNSET
    status: GivenText = UNSET
    company_name: GivenText = UNSET
    first_name: GivenText = UNSET
    last_name: GivenText = UNSET
    email: GivenText = UNSET
    phone: GivenText = UNSET
    tax_number: GivenText = UNSET
    addresses: tuple[AddressGiven, ...] | UnsetType | None = UNSET
    contacts: tuple[PersonGiven, ...] | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """A contact's own fields as they are to be stored."""

    type: str
    status: str
    company_name: str | None
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    tax_number: str | None
    addresses: tuple[Address, ...]
    contacts: tuple[Person, ...]

    @property
    def name(self) -> str:
        """What is shown for the contact."""
        if self.company_name:
            return self.company_name
        return " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What one type of contact asks for: one of these fields at least, and none of those."""

    needs: tuple[str, ...]
    forbids: tuple[str, ...]
    title: str


VARIANTS: Final[Mapping[str, Variant]] = {
    "company": Variant(
        needs=("company_name",), forbids=("first_name", "last_name"), title="A company"
    ),
    "individual": Variant(
        needs=("last_name", "first_name"), forbids=("company_name",), title="An individual"
    ),
}


def facts_of(contact: ContactRecord) -> ContactFacts:
    """The stored contact's own fields."""
    return ContactFacts(**{name: getattr(contact, name) for name in _FACTS})


_FACTS: Final = tuple(ContactFacts.__dataclass_fields__)


def settle(given: ContactGiven, *, kept: ContactRecord | None, faults: Faults) -> ContactFacts:
    """The contact as it will be; whatever is wrong with it is added to `faults`."""
    before = facts_of(kept) if kept is not None else _nothing(given)
    facts = ContactFacts(
        type=resolved(given.type, kept=before.type, cleared=before.type),
        status=resolved(given.status, kept=before.status, cleared=STATUSES[0]),
        company_name=_text(given.company_name, before.company_name),
        first_name=_text(given.first_name, before.first_name),
        last_name=_text(given.last_name, before.last_name),
        email=_text(given.email, before.email),
        phone=_text(given.phone, before.phone),
        tax_number=_text(given.tax_number, before.tax_number),
        addresses=_addresses(given, before, faults),
        contacts=_persons(given, before, faults),
    )
    if kept is not None and given.type is None:
        faults.add(MandatoryAbsent, "The type cannot be cleared.", pointer="/type")
    _check_codes(facts, faults)
    _check_variant(facts, faults)
    _check_email(facts.email, "/email", faults)
    return facts


def _nothing(given: ContactGiven) -> ContactFacts:
    """A new contact before anything is known; its type follows from the names it is given."""
    is_named = any(isinstance(name, str) and name for name in (given.first_name, given.last_name))
    is_person = is_named and not given.company_name
    return ContactFacts(
        type="individual" if is_person else "company",
        status=STATUSES[0],
        company_name=None,
        first_name=None,
        last_name=None,
        email=None,
        phone=None,
        tax_number=None,
        addresses=(),
        contacts=(),
    )


def _text(given: GivenText, kept: str | None) -> str | None:
    """Text that may be absent: blank is absent."""
    text = resolved(given, kept=kept, cleared=None)
    return text if text and text.strip() else None


def _check_codes(facts: ContactFacts, faults: Faults) -> None:
    for name, known in (("type", TYPES), ("status", STATUSES)):
        if getattr(facts, name) not in known:
            detail = f"The {name} must be one of {', '.join(known)}."
            faults.add(Invalid, detail, pointer=f"/{name}", code="bad_value", suggestions=known)


def _check_variant(facts: ContactFacts, faults: Faults) -> None:
    variant = VARIANTS.get(facts.type)
    if variant is None or faults.has("/type"):
        return
    unread = any(faults.has(f"/{name}") for name in variant.needs)
    if not unread and not any(getattr(facts, name) for name in variant.needs):
        detail = f"{variant.title} needs a {' or a '.join(variant.needs)}."
        faults.add(MandatoryAbsent, detail, pointer=f"/{variant.needs[0]}")
    for name in variant.forbids:
        if getattr(facts, name):
            detail = f"{variant.title} has no {name}; clear it with null."
            faults.add(ForbiddenValue, detail, pointer=f"/{name}")


def _check_email(email: str | None, pointer: str, faults: Faults) -> None:
    if email is not None and not _EMAIL.fullmatch(email):
        detail = "This is no e-mail address."
        faults.add(Invalid, detail, pointer=pointer, code="bad_value")


def _addresses(given: ContactGiven, before: ContactFacts, faults: Faults) -> tuple[Address, ...]:
    if given.addresses is UNSET:
        return before.addresses
    listed = given.addresses or ()
    known = {address.id: address for address in before.addresses}
    _check_length(listed, ADDRESSES_MAX, "/addresses", faults)
    check_ids(listed, known=known, pointer="/addresses", what="address", faults=faults)
    settled = []
    for index, entry in enumerate(listed):
        old = known.get(entry.id or NEW) or Address(id=NEW, type=ADDRESS_TYPES[0])
        address = Address(
            id=old.id,
            type=resolved(entry.type, kept=old.type, cleared=ADDRESS_TYPES[0]),
            street=_text(entry.street, old.street),
            city=_text(entry.city, old.city),
            region=_text(entry.region, old.region),
            postal_code=_text(entry.postal_code, old.postal_code),
            country=_text(entry.country, old.country),
        )
        _check_address(address, f"/addresses/{index}", faults)
        settled.append(address)
    return tuple(settled)


def _check_address(address: Address, pointer: str, faults: Faults) -> None:
    if address.type not in ADDRESS_TYPES:
        detail = f"The type must be one of {', '.join(ADDRESS_TYPES)}."
        faults.add(Invalid, detail, pointer=f"{pointer}/type", code="bad_value")
    if address.country is not None and not _COUNTRY.fullmatch(address.country):
        detail = "The country must be two capital letters of ISO 3166-1, such as AU or FR."
        faults.add(Invalid, detail, pointer=f"{pointer}/country", code="bad_value")


def _persons(given: ContactGiven, before: ContactFacts, faults: Faults) -> tuple[Person, ...]:
    if given.contacts is UNSET:
        return before.contacts
    listed = given.contacts or ()
    known = {person.id: person for person in before.contacts}
    _check_length(listed, PERSONS_MAX, "/contacts", faults)
    check_ids(listed, known=known, pointer="/contacts", what="person", faults=faults)
    settled = []
    for index, entry in enumerate(listed):
        old = known.get(entry.id or NEW) or Person(id=NEW)
        person = Person(
            id=old.id,
            first_name=_text(entry.first_name, old.first_name),
            last_name=_text(entry.last_name, old.last_name),
            email=_text(entry.email, old.email),
            phone=_text(entry.phone, old.phone),
        )
        pointer = f"/contacts/{index}"
        _check_email(person.email, f"{pointer}/email", faults)
        is_named = person.first_name or person.last_name or person.email
        if not is_named and not faults.has(f"{pointer}/id"):
            detail = "A person needs a first_name, a last_name or an email."
            faults.add(MandatoryAbsent, detail, pointer=pointer)
        settled.append(person)
    return tuple(settled)


def _check_length(
    listed: tuple[AddressGiven, ...] | tuple[PersonGiven, ...],
    most: int,
    pointer: str,
    faults: Faults,
) -> None:
    if len(listed) > most:
        detail = f"At most {most} entries are kept here."
        faults.add(Invalid, detail, pointer=pointer, code="too_many")
