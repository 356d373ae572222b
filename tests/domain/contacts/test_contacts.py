"""Contacts: companies and individuals, their people and addresses, and what holds them."""

from pathlib import Path

import pytest

from app.domain.contacts.add import add_contact
from app.domain.contacts.change import change_contact
from app.domain.contacts.find import contact_of
from app.domain.contacts.given import AddressGiven, ContactGiven, PersonGiven
from app.domain.contacts.remove import StillReferenced, remove_contact
from app.domain.sales.draft import draft_invoice
from app.domain.sales.given import InvoiceGiven
from app.kernel.errors import Invalid, Missing
from app.kernel.faults import ForbiddenValue, MandatoryAbsent
from app.storage.transaction import Conflict
from tests.factories.house import House


class ContactBooks:
    """One organisation and its contacts."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.organisation = house.organisation()

    def add(self, **given):
        return self.house.do(
            add_contact, organisation=self.organisation, given=ContactGiven(**given)
        )

    def change(self, contact, **given):
        return self.house.do(
            change_contact,
            contact=contact,
            organisation=self.organisation,
            given=ContactGiven(**given),
        )

    def remove(self, contact):
        self.house.do(remove_contact, contact=contact, organisation=self.organisation)


@pytest.fixture
def books(database_url: str, tmp_path: Path):
    house = House(database_url, tmp_path / "instance")
    yield ContactBooks(house)
    house.close()


def places(error):
    return {fault.pointer for fault in error.value.faults}


def test_the_type_follows_from_the_names(books):
    company = books.add(company_name="Acme Pty Ltd")
    person = books.add(first_name="Ada", last_name="Lovelace")

    assert (company.type, company.name, company.status) == ("company", "Acme Pty Ltd", "customer")
    assert (person.type, person.name) == ("individual", "Ada Lovelace")


def test_a_company_and_an_individual_have_names_of_their_own(books):
    with pytest.raises(ForbiddenValue) as company:
        books.add(type="company", company_name="Acme", first_name="Ada")
    with pytest.raises(ForbiddenValue) as person:
        books.add(type="individual", last_name="Lovelace", company_name="Acme")
    with pytest.raises(MandatoryAbsent) as nameless:
        books.add(type="individual", first_name="  ")

    assert (company.value.number, places(company)) == (3014, {"/first_name"})
    assert (person.value.number, places(person)) == (3014, {"/company_name"})
    assert (nameless.value.number, places(nameless)) == (3013, {"/last_name"})


def test_null_and_nothing_are_no_forbidden_value(books):
    contact = books.add(type="company", company_name="Acme", first_name=None, last_name="")

    assert (contact.first_name, contact.last_name) == (None, None)


def test_everything_wrong_is_told_at_once(books):
    with pytest.raises(Invalid) as error:
        books.add(
            type="company",
            first_name="Ada",
            email="nobody",
            status="friend",
            addresses=(AddressGiven(type="moon", country="Australia"),),
            contacts=(PersonGiven(phone="1"), PersonGiven(id=5, email="x")),
        )

    assert places(error) == {
        "/company_name",
        "/first_name",
        "/email",
        "/status",
        "/addresses/0/type",
        "/addresses/0/country",
        "/contacts/0",
        "/contacts/1/id",
        "/contacts/1/email",
    }


def test_the_list_of_people_sent_becomes_the_whole_list(books):
    contact = books.add(
        company_name="Acme",
        contacts=(
            PersonGiven(first_name="Jane", last_name="Roe", email="jane@acme.example"),
            PersonGiven(first_name="John", last_name="Doe", email="john@acme.example"),
        ),
    )
    jane, john = contact.contacts

    changed = books.change(
        contact,
        contacts=(
            PersonGiven(id=john.id, email="doe@acme.example"),
            PersonGiven(first_name="James"),
        ),
    )

    assert [person.first_name for person in changed.contacts] == ["John", "James"]
    assert changed.contacts[0].last_name == "Doe"
    assert changed.contacts[0].email == "doe@acme.example"
    assert changed.contacts[1].id not in {jane.id, john.id}
    renamed = books.change(changed, phone="1")
    assert renamed.contacts == changed.contacts
    assert books.change(renamed, contacts=()).contacts == ()


def test_people_of_another_contact_cannot_be_named(books):
    stranger = books.add(company_name="Other", contacts=(PersonGiven(first_name="Eve"),))
    contact = books.add(company_name="Acme", contacts=(PersonGiven(first_name="Jane"),))

    with pytest.raises(Invalid) as error:
        books.change(
            contact, company_name="Taken", contacts=(PersonGiven(id=stranger.contacts[0].id),)
        )

    assert (error.value.number, places(error)) == (3, {"/contacts/0/id"})
    assert (
        books.house.look(
            lambda session: contact_of(session, contact.id, organisation=books.organisation)
        )
        == contact
    )


def test_null_clears_and_a_changed_type_asks_for_other_names(books):
    contact = books.add(company_name="Acme", email="a@b.example", phone="1")

    assert books.change(contact, email=None).email is None
    with pytest.raises(Invalid) as error:
        books.change(contact, type="individual", last_name="Lovelace")
    assert places(error) == {"/company_name"}


def test_a_change_that_changes_nothing_writes_nothing(books):
    contact = books.add(company_name="Acme", contacts=(PersonGiven(first_name="Jane"),))

    same = books.change(contact, contacts=(PersonGiven(id=contact.contacts[0].id),), phone="")

    assert same == contact


def test_of_two_changes_to_the_same_version_one_is_refused(books):
    contact = books.add(company_name="Acme")
    books.change(contact, phone="1")

    with pytest.raises(Conflict):
        books.change(contact, phone="2")


def test_a_contact_that_an_invoice_names_stays(books):
    contact = books.add(company_name="Acme")
    books.house.do(
        draft_invoice,
        organisation=books.organisation,
        given=InvoiceGiven(contact_id=contact.id, lines=()),
    )

    with pytest.raises(StillReferenced) as error:
        books.remove(contact)

    assert (error.value.number, error.value.message) == (3, "This object cannot be deleted.")
    assert error.value.facts["reason"] == (
        "The contact cannot be deleted because it is referenced by: Invoice"
    )


def test_a_contact_that_nothing_names_goes(books):
    contact = books.add(company_name="Acme")

    books.remove(contact)

    with pytest.raises(Missing):
        books.house.look(
            lambda session: contact_of(session, contact.id, organisation=books.organisation)
        )
