"""A SELECT as SQL text, compiled once per dialect: running it costs what the driver costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Select
from sqlalchemy.engine import Dialect

from app.kernel.budget import Budget

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
    """SQL text for one dialect: its own constants, and the order of its parameters by place."""

    text: str
    constants: Mapping[str, Any]
    order: tuple[str, ...] | None

    def arguments(self, parameters: Mapping[str, Any]) -> Arguments:
        """The arguments as the driver takes them. Raises KeyError where one is missing."""
        given = {**self.constants, **parameters} if self.constants else parameters
        return given if self.order is None else [given[name] for name in self.order]


class Statement:
    """A SELECT whose every value is a named parameter, compiled once per dialect."""

    __slots__ = ("_texts", "select")

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.select = statement
        self._texts: dict[tuple[str, str], CompiledText] = {}

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
    return CompiledText(text, constants, tuple(order) if compiled.positional else None)
