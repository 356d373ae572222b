"""What was sent, read against a shape: every value of the wrong kind is noted at its pointer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from app.api.resources.misread import Misread
from app.api.resources.refused import escaped, places_refused
from app.api.resources.resource import Attribute, Many, Shape
from app.api.resources.schemas import read_as, sent_forms
from app.kernel.errors import Invalid
from app.kernel.faults import Faults, ForbiddenValue
from app.kernel.given import UNSET, UnsetType
from app.query.faults import shown

WARNINGS_MAX: Final = 100

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Unheeded:
    """Something sent that has no effect."""

    pointer: str
    detail: str


@dataclass(slots=True)
class Reading:
    """What is wrong, and what is in vain, so far."""

    faults: Faults = field(default_factory=Faults)
    unheeded: list[Unheeded] = field(default_factory=list)

    def warn(self, pointer: str, detail: str) -> None:
        """Note what is in vain; beyond the first hundred it is left out."""
        if len(self.unheeded) < WARNINGS_MAX:
            self.unheeded.append(Unheeded(pointer, detail))


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the body, the record that is shown there now, and what its schema says.

    `refused` holds by pointer what the schema refuses; it is empty where everything was read.
    """

    reading: Reading
    refused: Mapping[str, str]
    pointer: str = ""
    current: Json | None = None

    def at(self, name: str | int, current: Json | None = None) -> "_Place":
        """A place inside this one."""
        return _Place(self.reading, self.refused, f"{self.pointer}/{name}", current)

    def refuse(self, detail: str, *, code: str, suggestions: tuple[str, ...] = ()) -> None:
        """Note what is wrong here."""
        self.reading.faults.add(
            Invalid, detail, pointer=self.pointer, code=code, suggestions=suggestions
        )


def read_given(shape: Shape, sent: object, *, current: Json | None, reading: Reading) -> Any:
    """What was sent as the frozen value that acts take; what is left out stays UNSET.

    `current` is the record as it is shown, None where a new one is made. A computed field may
    be sent back as it is shown; anything else is a fault. The form of a body is the schema's to
    judge; where it refuses, the kinds find words for each place.
    """
    forms = sent_forms(shape)
    form = forms.create if current is None else forms.change
    assert form is not None
    try:
        told, refused = read_as(form, sent), {}
    except msgspec.ValidationError:
        told, refused = None, places_refused(form, _without_long_lists(shape, sent))
    return _read_record(shape, sent, told, _Place(reading, refused, current=current))


def _read_record(shape: Shape, sent: object, told: Any, place: _Place) -> Any:
    """The acts' value; `told` is the form that was read, None where its schema refused."""
    assert shape.given is not None
    if not isinstance(sent, dict):
        place.refuse("This must be a JSON object.", code="bad_type")
        return shape.given()
    values: dict[str, Any] = {}
    for declared in shape.shown:
        name = declared.name
        if name not in sent:
            continue
        if isinstance(declared, Many):
            form = None if told is None else getattr(told, name)
            values[name] = _read_many(declared, sent[name], form, place)
        elif declared.access == "computed":
            _check_computed(declared, sent[name], place)
        elif declared.access != "placed":
            values[name] = (
                getattr(told, name)
                if told is not None
                else _read_one(declared, sent[name], place.at(name))
            )
    if len(sent) > len(shape.known & sent.keys()):
        for name in sent:
            if name not in shape.known:
                pointer = f"{place.pointer}/{escaped(shown(name))}"
                place.reading.warn(pointer, f"There is no field '{shown(name)}'.")
    return shape.given(**values)


def _read_one(declared: Attribute, value: object, place: _Place) -> Any:
    # Null clears; the acts know which fields cannot do without a value.
    if value is None:
        return None
    try:
        read = declared.kind.read(value)
    except Misread as misread:
        place.refuse(misread.detail, code=misread.code, suggestions=misread.suggestions)
        return UNSET
    if place.pointer in place.refused:
        place.refuse(
            f"This is not as it must be: {place.refused[place.pointer]}.", code="bad_value"
        )
    return read


def _check_computed(declared: Attribute, value: object, place: _Place) -> None:
    pointer, faults = f"{place.pointer}/{declared.name}", place.reading.faults
    if place.current is None:
        # What is made new has none of these yet; null and "" say just that.
        if value is not None and value != "":
            detail = f"{declared.name} is worked out here and cannot be given."
            faults.add(ForbiddenValue, detail, pointer=pointer)
    elif not declared.kind.same(value, place.current[declared.name]):
        detail = f"{declared.name} cannot be changed."
        faults.add(Invalid, detail, pointer=pointer, code="not_editable")


def _read_many(
    declared: Many, value: object, told: Any, place: _Place
) -> tuple[Any, ...] | UnsetType | None:
    inside = place.at(declared.name)
    if value is None:
        return None
    if not isinstance(value, list):
        inside.refuse("This must be a list.", code="bad_type")
        return UNSET
    if len(value) > declared.entries_max:
        detail = f"This list may have {declared.entries_max} entries at most."
        inside.refuse(detail, code="too_many")
        return UNSET
    current = place.current
    known = {entry["id"]: entry for entry in current[declared.name]} if current else {}
    entries = []
    for index, sent in enumerate(value):
        entry = inside.at(index, known.get(_id_of(sent)))
        _check_places(declared.shape, sent, index, entry)
        form = None if told is None else told[index]
        entries.append(_read_record(declared.shape, sent, form, entry))
    return tuple(entries)


def _check_places(shape: Shape, sent: object, index: int, place: _Place) -> None:
    """A place in the list follows from the order; it may be sent as it is now or will be."""
    if not isinstance(sent, dict):
        return
    for declared in shape.shown:
        if not isinstance(declared, Attribute) or declared.access != "placed":
            continue
        value = sent.get(declared.name)
        was = None if place.current is None else place.current[declared.name]
        if value is None or (type(value) is int and value in (index + 1, was)):
            continue
        detail = f"{declared.name} follows from the order of the list: here it is {index + 1}."
        place.at(declared.name).refuse(detail, code="not_editable")


def _id_of(sent: object) -> object:
    given = sent.get("id") if isinstance(sent, dict) else None
    return given if isinstance(given, str | int) and not isinstance(given, bool) else None


def _without_long_lists(shape: Shape, sent: object) -> object:
    """The body with each list that is too long left out: it is refused whole, in one word."""
    if not isinstance(sent, dict):
        return sent
    long = {
        declared.name
        for declared in shape.shown
        if isinstance(declared, Many)
        and isinstance(sent.get(declared.name), list)
        and len(sent[declared.name]) > declared.entries_max
    }
    return {name: value for name, value in sent.items() if name not in long} if long else sent
