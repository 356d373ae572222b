"""Many rows by their ids in one statement, prepared once for each of a few sizes."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam
from sqlalchemy.orm import Session

from app.storage.fetch import Prepared, fetch

SIZES: Final = (1, 10, 50, 200)


class Batch:
    """A select of one organisation's rows, narrowed to ids when it runs.

    `base` comes from `tenancy.columns_of`, so that the organisation is its parameter. As with
    `fetch`, its columns are text, whole numbers or bytes.
    """

    __slots__ = ("_base", "_column", "_prepared")

    def __init__(self, base: Select[Any], *, by: Any) -> None:
        self._base = base
        self._column: ColumnElement[Any] = by
        self._prepared: dict[int, Prepared] = {}

    def rows(
        self, session: Session, *, organisation: str, ids: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """The rows with these ids that the organisation has, in the order of the base select.

        Beyond 200 ids the order holds within each 200.
        """
        found: list[tuple[Any, ...]] = []
        ids = list(dict.fromkeys(ids))
        for start in range(0, len(ids), SIZES[-1]):
            wanted = ids[start : start + SIZES[-1]]
            size = next(size for size in SIZES if size >= len(wanted))
            # Repeating an id changes nothing, and keeps the statements few.
            padded = [*wanted, *[wanted[-1]] * (size - len(wanted))]
            parameters = {_name(index): one for index, one in enumerate(padded)}
            parameters["organisation"] = organisation
            found.extend(fetch(session, self._sized(size), parameters))
        return found

    def _sized(self, size: int) -> Prepared:
        ready = self._prepared.get(size)
        if ready is None:
            names: list[BindParameter[str]] = [bindparam(_name(index)) for index in range(size)]
            ready = self._prepared[size] = Prepared(self._base.where(self._column.in_(names)))
        return ready


def _name(index: int) -> str:
    return f"id_{index}"
