"""What is wrong with a query, shown at the very character, with the way to mend it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from app.kernel.errors import Fault
from app.query.faults import InvalidQuery, shown
from app.query.fields import QueryFields
from app.query.grammar import Limits
from app.query.spell import spell
from app.web.docs.builder_form import written

FINDINGS_MAX: Final = 25
AROUND_CHARACTERS: Final = 48
ELLIPSIS: Final = "…"
UNSEEN: Final = "\N{OPEN BOX}"

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault. `before`, `at` and `after` are the parameter as written, parted at the fault.

    `at` is empty where the fault has no place of its own; `corrected` is the whole query with
    this fault mended, where that is known.
    """

    code: str
    detail: str
    before: str = ""
    at: str = ""
    after: str = ""
    position: int | None = None
    suggestions: tuple[str, ...] = ()
    fix: str | None = None
    corrected: str | None = None

    @property
    def slug(self) -> str:
        """The code as addresses write it."""
        return self.code.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Findings:
    """The first faults of a query, how many there are in all, and the query with each mended.

    `mended` is None where no fault has a cure.
    """

    shown: tuple[Finding, ...]
    total: int
    mended: str | None


def findings_of(
    refused: InvalidQuery, pairs: Pairs, fields: QueryFields, *, limits: Limits
) -> Findings:
    """The faults of a refused query, each at its place."""
    faults = refused.faults[:FINDINGS_MAX]
    places = _places(faults, pairs, fields, limits)
    cures: dict[int, str] = {}
    for fault, place in zip(faults, places, strict=True):
        if place is not None and fault.fix is not None:
            cures.setdefault(place, fault.fix)
    return Findings(
        shown=tuple(
            _finding(fault, place, pairs) for fault, place in zip(faults, places, strict=True)
        ),
        total=len(refused.faults),
        mended=_mended(pairs, cures) if cures else None,
    )


def _places(
    faults: Sequence[Fault], pairs: Pairs, fields: QueryFields, limits: Limits
) -> list[int | None]:
    """Which parameter each fault is about: the same name may come several times."""
    alone = [tuple(_faults_alone(pair, fields, limits)) for pair in pairs]
    taken: set[tuple[int, Fault]] = set()
    places: list[int | None] = []
    for fault in faults:
        named = [index for index, (name, _) in enumerate(pairs) if shown(name) == fault.parameter]
        exact = [index for index in named if fault in alone[index] and (index, fault) not in taken]
        place = exact[0] if exact else named[-1] if named else None
        if place is not None:
            taken.add((place, fault))
        places.append(place)
    return places


def _faults_alone(pair: tuple[str, str], fields: QueryFields, limits: Limits) -> Iterator[Fault]:
    try:
        spell(fields, [pair], limits=limits)
    except InvalidQuery as refused:
        yield from refused.faults


def _mended(pairs: Pairs, cures: dict[int, str]) -> str:
    """The whole query with the parameters at these places as they should be."""
    return written([pair for index in range(len(pairs)) for pair in _cured(pairs, index, cures)])


def _cured(pairs: Pairs, index: int, cures: dict[int, str]) -> Pairs:
    cure = cures.get(index)
    return [pairs[index]] if cure is None else parse_qsl(cure, keep_blank_values=True)


def _finding(fault: Fault, place: int | None, pairs: Pairs) -> Finding:
    before, at, after = _parted(fault, None if place is None else pairs[place])
    whole = None
    if place is not None and fault.fix is not None:
        whole = _mended(pairs, {place: fault.fix})
    return Finding(
        code=fault.code,
        detail=fault.detail,
        before=before,
        at=at,
        after=after,
        position=fault.position,
        suggestions=fault.suggestions,
        fix=fault.fix,
        corrected=whole,
    )


def _parted(fault: Fault, pair: tuple[str, str] | None) -> tuple[str, str, str]:
    """The parameter as it was written, around the faulty character."""
    if pair is None:
        return "", "", ""
    name, value = _seen(shown(pair[0])), pair[1]
    if fault.position is None:
        # What has no place in the value is wrong with the parameter itself.
        cut = value if len(value) <= AROUND_CHARACTERS else value[:AROUND_CHARACTERS] + ELLIPSIS
        return "", name, f"={_seen(cut)}"
    position = min(fault.position, len(value))
    start, end = position - AROUND_CHARACTERS, position + 1 + AROUND_CHARACTERS
    before = value[max(start, 0) : position]
    after = value[position + 1 : end]
    return (
        f"{name}={ELLIPSIS if start > 0 else ''}{_seen(before)}",
        _seen(value[position : position + 1]) or UNSEEN,
        f"{_seen(after)}{ELLIPSIS if end < len(value) else ''}",
    )


def _seen(text: str) -> str:
    """Text of a stranger with what cannot be seen made visible."""
    return "".join(each if each.isprintable() else UNSEEN for each in text)
