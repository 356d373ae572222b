"""Contacts, as every surface may expose them."""

from typing import Final

from app.api.resources.kinds import Code, Id, Instant, Text, Whole
from app.api.resources.resource import Attribute, Many, Resource, Shape
from app.domain.contacts.add import add_contact
from app.domain.contacts.change import change_contact
from app.domain.contacts.find import (
    Address,
    ContactRecord,
    Person,
    contacts_by_id,
    hold_contact,
)
from app.domain.contacts.given import (
    ADDRESS_TYPES,
    ADDRESSES_MAX,
    PERSONS_MAX,
    STATUSES,
    TYPES,
    AddressGiven,
    ContactGiven,
    PersonGiven,
)
from app.domain.contacts.remove import remove_contact
from app.domain.contacts.searched import COVERED, NAME, TEXTS
from app.domain.contacts.tables import Contact
from app.query.fields import Search
from app.storage.tenancy import columns_of

EMAIL: Final = Text(254)
SHORT: Final = Text(50)

ADDRESS: Final = Shape(
    (
        Attribute("id", Whole(), "names"),
        Attribute("type", Code(ADDRESS_TYPES), "editable"),
        Attribute("street", Text(is_multiline=True), "editable"),
        Attribute("city", Text(), "editable"),
        Attribute("region", Text(), "editable"),
        Attribute("postal_code", SHORT, "editable"),
        Attribute("country", Text(2), "editable"),
    ),
    record=Address,
    given=AddressGiven,
)
PERSON: Final = Shape(
    (
        Attribute("id", Whole(), "names"),
        Attribute("first_name", Text(), "editable"),
        Attribute("last_name", Text(), "editable"),
        Attribute("email", EMAIL, "editable"),
        Attribute("phone", SHORT, "editable"),
    ),
    record=Person,
    given=PersonGiven,
)
CONTACT: Final = Shape(
    (
        Attribute("id", Id("con"), column=Contact.id, is_sortable=True),
        Attribute("oid", Whole(), column=Contact.oid, is_sortable=True),
        Attribute("type", Code(TYPES), "editable", Contact.type),
        Attribute("status", Code(STATUSES), "editable", Contact.status),
        # What is shown for a contact wherever it is referred to: never null, so lists sort by it.
        Attribute(
            "name",
            Text(),
            column=Contact.name,
            is_sortable=True,
            is_shown=False,
            normalised=Contact.folded_name,
            place=NAME,
        ),
        Attribute("company_name", Text(), "editable", Contact.company_name),
        Attribute("first_name", Text(), "editable", Contact.first_name),
        Attribute("last_name", Text(), "editable", Contact.last_name),
        Attribute("email", EMAIL, "editable", Contact.email, normalised=Contact.folded_email),
        Attribute("phone", SHORT, "editable", Contact.phone),
        Attribute("tax_number", SHORT, "editable", Contact.tax_number),
        Many("addresses", ADDRESS, ADDRESSES_MAX),
        Many("contacts", PERSON, PERSONS_MAX),
        Attribute("version", Whole()),
        Attribute("created_at", Instant(), column=Contact.created_at, is_sortable=True),
        Attribute("updated_at", Instant(), column=Contact.updated_at, is_sortable=True),
    ),
    record=ContactRecord,
    given=ContactGiven,
)
CONTACTS: Final = Resource(
    name="contacts",
    word="contact",
    prefix="con",
    shape=CONTACT,
    keys=columns_of(Contact, Contact.id, Contact.version),
    key_of=lambda contact: (contact.id, contact.version),
    by_id=contacts_by_id,
    read_scope="contacts:read",
    write_scope="contacts:write",
    create=add_contact,
    change=change_contact,
    remove=remove_contact,
    hold=hold_contact,
    search=Search(covers=COVERED, texts=TEXTS),
)
