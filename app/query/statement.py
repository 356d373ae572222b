"""A SELECT as SQL text, compiled once per dialect: running it costs what the driver costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Select
from sqlalchemy.engine import Dialect

from app.kernel.budget import Budget
from app.query.listed import ListOf, written

Row = tuple[Any, ...]
Arguments = Mapping[str, Any] | Sequence[Any]


class Run(Protocol):
    """Runs SQL text with its arguments in the caller's own transaction, and answers every row.

    With a budget it stops when the time is up, and raises OutOfTime.
    """

    def __call__(
        self, text: str, arguments: Arguments, budget: Budget | None = None, /
    ) -> list[Row]: ...


# The parameters that a list binds beside its values and cursor keys.
LIMIT: Final = "rows_limit"
SKIPPED: Final = "rows_skipped"
COUNTED: Final = "rows_counted"


@dataclass(frozen=True, slots=True)
class CompiledText:
    """SQL text for one dialect: its own constants, and the order of its parameters by place.

    `lists` are the parameters that have a list each.
    """

    text: str
    constants: Mapping[str, Any]
    order: tuple[str, ...] | None
    lists: tuple[str, ...]
    dialect: Dialect

    def arguments(self, parameters: Mapping[str, Any]) -> Arguments:
        """The arguments as the driver takes them. Raises KeyError where one is missing."""
        given = {**self.constants, **parameters} if self.constants else parameters
        if self.lists:
            given = {**given, **{name: written(given[name], self.dialect) for name in self.lists}}
        return given if self.order is None else [given[name] for name in self.order]


class Statement:
    """A SELECT whose every value is a named parameter, made when it is first run.

    Only its text is kept, once per dialect: the SELECT itself is many times as heavy.
    """

    __slots__ = ("_make", "_texts")

    def __init__(self, make: Callable[[], Select[*tuple[Any, ...]]]) -> None:
        self._make = make
        self._texts: dict[tuple[str, str], CompiledText] = {}

    @property
    def select(self) -> Select[*tuple[Any, ...]]:
        """The SELECT, made anew."""
        return self._make()

    def compiled_for(self, dialect: Dialect) -> CompiledText:
        """The text in this dialect."""
        key = (dialect.name, dialect.driver)
        ready = self._texts.get(key)
        if ready is None:
            ready = self._texts[key] = _compiled(self.select, dialect)
        return ready


def _compiled(statement: Select[Any], dialect: Dialect) -> CompiledText:
    compiled: Any = statement.compile(dialect=dialect)
    text, given = compiled.string, compiled.construct_params(_check=False)
    order = compiled.positiontup
    if compiled.post_compile_params:
        # Lists of constants in the caller's select (IN) are written out here, once: that asks
        # for a value of every parameter, though none of them ends up in the text.
        blanks = {bind.key: None for bind in compiled.bind_names if bind.required}
        expanded = compiled.construct_expanded_state(blanks)
        text, given, order = expanded.statement, expanded.parameters, expanded.positiontup
    constants = {name: value for name, value in given.items() if value is not None}
    lists = tuple(name for name, bind in compiled.binds.items() if isinstance(bind.type, ListOf))
    by_place = tuple(order) if compiled.positional else None
    return CompiledText(text, constants, by_place, lists, dialect)
