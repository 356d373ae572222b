"""What was sent, read against a shape: every value of the wrong kind is noted at its pointer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.api.resources.kinds import Misread
from app.api.resources.resource import Attribute, Many, Shape
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


def read_given(
    shape: Shape, sent: object, *, current: Json | None, reading: Reading, pointer: str = ""
) -> Any:
    """What was sent as the frozen value that acts take; what is left out stays UNSET.

    `current` is the record as it is shown, None where a new one is made. A computed field may
    be sent back as it is shown; anything else is a fault.
    """
    assert shape.given is not None
    if not isinstance(sent, dict):
        detail = "This must be a JSON object."
        reading.faults.add(Invalid, detail, pointer=pointer, code="bad_type")
        return shape.given()
    values: dict[str, Any] = {}
    for declared in shape.fields:
        if declared.name not in sent or declared.name not in shape.known:
            continue
        value, place = sent[declared.name], f"{pointer}/{declared.name}"
        if isinstance(declared, Many):
            values[declared.name] = _read_many(declared, value, current, reading, place)
        elif declared.access == "computed":
            _check_computed(declared, value, current, reading.faults, place)
        elif declared.access != "placed":
            values[declared.name] = _read_one(declared, value, reading.faults, place)
    if len(sent) > len(shape.known & sent.keys()):
        for name in sent:
            if name not in shape.known:
                reading.warn(f"{pointer}/{_escaped(name)}", f"There is no field '{shown(name)}'.")
    return shape.given(**values)


def _read_one(declared: Attribute, value: object, faults: Faults, place: str) -> Any:
    if value is None:
        return None
    try:
        return declared.kind.read(value)
    except Misread as misread:
        faults.add(
            Invalid,
            misread.detail,
            pointer=place,
            code=misread.code,
            suggestions=misread.suggestions,
        )
        return UNSET


def _check_computed(
    declared: Attribute, value: object, current: Json | None, faults: Faults, place: str
) -> None:
    if current is None:
        # What is made new has none of these yet; null and "" say just that.
        if value is not None and value != "":
            detail = f"{declared.name} is worked out here and cannot be given."
            faults.add(ForbiddenValue, detail, pointer=place)
    elif not declared.kind.same(value, current[declared.name]):
        detail = f"{declared.name} cannot be changed."
        faults.add(Invalid, detail, pointer=place, code="not_editable")


def _read_many(
    declared: Many, value: object, current: Json | None, reading: Reading, place: str
) -> tuple[Any, ...] | UnsetType | None:
    if value is None:
        return None
    if not isinstance(value, list):
        detail = "This must be a list."
        reading.faults.add(Invalid, detail, pointer=place, code="bad_type")
        return UNSET
    if len(value) > declared.entries_max:
        detail = f"This list may have {declared.entries_max} entries at most."
        reading.faults.add(Invalid, detail, pointer=place, code="too_many")
        return UNSET
    known = {entry["id"]: entry for entry in current[declared.name]} if current else {}
    entries = []
    for index, sent in enumerate(value):
        entry, entry_place = known.get(_id_of(sent)), f"{place}/{index}"
        _check_places(declared.shape, sent, entry, place=(index, entry_place), reading=reading)
        entries.append(
            read_given(declared.shape, sent, current=entry, reading=reading, pointer=entry_place)
        )
    return tuple(entries)


def _check_places(
    shape: Shape, sent: object, entry: Json | None, *, place: tuple[int, str], reading: Reading
) -> None:
    """A place in the list follows from the order; it may be sent as it is now or will be."""
    if not isinstance(sent, dict):
        return
    index, pointer = place
    for declared in shape.fields:
        if not isinstance(declared, Attribute) or declared.access != "placed":
            continue
        value = sent.get(declared.name)
        was = None if entry is None else entry[declared.name]
        if value is None or (type(value) is int and value in (index + 1, was)):
            continue
        detail = f"{declared.name} follows from the order of the list: here it is {index + 1}."
        reading.faults.add(
            Invalid, detail, pointer=f"{pointer}/{declared.name}", code="not_editable"
        )


def _id_of(sent: object) -> object:
    given = sent.get("id") if isinstance(sent, dict) else None
    return given if isinstance(given, str | int) and not isinstance(given, bool) else None


def _escaped(name: str) -> str:
    """A name inside a JSON pointer (RFC 6901 §3), cut to a length worth repeating."""
    return shown(name).replace("~", "~0").replace("/", "~1")
