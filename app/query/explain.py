"""How a list is found, in words, for whoever asks why it is slow; no figure of anyone's rows."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.engine import Dialect

from app.kernel.errors import Fault, Invalid
from app.query.anchors import Part, has_own_index, index_of
from app.query.compile import SEARCH, Shape
from app.query.listing import Plan, PreparedList

ALONG: Final = "along_sort"
TIES: Final = "ties"
WINDOW: Final = "window"
WHOLE: Final = "whole"

_SAID: Final = {
    ALONG: "The list is read along the index of its sort, and stops when the page is full.",
    TIES: (
        "The list is read along the index of {first}, and stops when the page is full; rows with"
        " the same {first} are read together and sorted, within {budget} ms."
    ),
    WINDOW: (
        "Rows are looked at in the order of the sort, at most {rows} at a time; a page that this"
        " leaves short says where it ended. A comparison that leaves few rows is used instead of"
        " the sort."
    ),
    WHOLE: "The page is counted from the beginning of the list, within {budget} ms.",
}
_TIED_WINDOW: Final = (
    " Rows with the same {first} are read together and sorted, within {budget} ms."
)
_DRIVEN: Final = " A comparison that leaves few rows is used instead of the sort."
_BY_CURSOR: Final = " With limit and cursor it would be found at once."


@dataclass(frozen=True, slots=True)
class PlanTold:
    """How a list is found: by which indexes, what is looked at row by row, and what would help.

    Nothing here comes from the rows themselves: it is the same for every organisation.
    """

    sort: tuple[str, ...]
    sort_index: str | None
    filter_index: str | None
    strategy: str
    detail: str
    residual: tuple[str, ...]
    advice: tuple[str, ...]


class QueryBudgetSpent(Invalid):
    """A list could not be found in the time that one may take; the fault says what could be."""

    code = "query_budget"

    def __init__(self, prepared: PreparedList, *, dialect: Dialect) -> None:
        told = explain_plan(prepared, dialect=dialect)
        detail = (
            f"This could not be answered within {prepared.limits.budget_ms} ms. "
            f"{' '.join(told.advice) or 'Ask for fewer rows with limit and cursor.'}"
        )
        parameter = "count" if prepared.count == "exact" else None
        fault = Fault("query_budget", detail, parameter=parameter, suggestions=told.residual)
        super().__init__(detail, faults=(fault,))


def explain_plan(prepared: PreparedList, *, dialect: Dialect) -> PlanTold:
    """How this list is found in this database."""
    plan, fields = prepared.plan, prepared.fields
    residual = _names(plan.split.residual)
    strategy = _strategy(prepared)
    filters = [
        index_of(fields.by_name[part.field], dialect=dialect.name, operator=part.operator)
        for part in plan.split.anchors
    ]
    leading = fields.by_name[plan.full[0].field]
    return PlanTold(
        sort=tuple(f"{'-' if order.descending else ''}{order.field}" for order in plan.full),
        sort_index=index_of(leading, dialect=dialect.name),
        filter_index=next((name for name in filters if name is not None), None),
        strategy=strategy,
        detail=_detail(strategy, plan).format(
            first=leading.name, rows=plan.window_rows, budget=prepared.limits.budget_ms
        ),
        residual=residual,
        advice=tuple(_advice(prepared, residual)),
    )


def _strategy(prepared: PreparedList) -> str:
    plan = prepared.plan
    if plan.has_windows:
        return WINDOW
    if prepared.request.mode != "cursor":
        return WHOLE
    return TIES if plan.has_ties else ALONG


def _detail(strategy: str, plan: Plan) -> str:
    if strategy == WINDOW:
        return _SAID[WINDOW] + (_TIED_WINDOW if plan.has_ties else "")
    if strategy != WHOLE:
        return _SAID[strategy]
    split = plan.split
    further = _DRIVEN if split.drivers else "" if split.residual or plan.has_ties else _BY_CURSOR
    return _SAID[WHOLE] + further


def _advice(prepared: PreparedList, residual: tuple[str, ...]) -> list[str]:
    plan, fields = prepared.plan, prepared.fields
    said = []
    equal = [
        part.field
        for part in plan.split.residual
        if part.is_predicate and part.operator == "eq" and has_own_index(fields.by_name[part.field])
    ]
    ranged = [
        part.field
        for part in plan.split.residual
        if part.is_predicate
        and part.operator in ("eq", "lt", "lte", "gt", "gte")
        and part.field in fields.sortable
    ]
    if equal and plan.full[0].field != fields.unique:
        said.append(f"Sorted by {fields.unique}, {equal[0]} would be found by its index.")
    if ranged and plan.full[0].field != ranged[0]:
        said.append(f"Sorted by {ranged[0]}, it would be found by its index.")
    if plan.has_ties:
        said.append(f"Sorted by {plan.full[0].field} alone, nothing would be left to sort.")
    if residual:
        said.append(_narrower(plan.split.drivers))
    if prepared.count == "exact":
        said.append("count=capped stops counting early.")
    elif prepared.count == "capped" and residual and prepared.request.mode == "cursor":
        said.append("count=none counts nothing.")
    if prepared.request.mode != "cursor":
        said.append("limit and cursor go on from where a page ended.")
    return said


def _narrower(drivers: tuple[Part, ...]) -> str:
    """What to ask instead, so that an index finds few rows."""
    for part in drivers:
        if part.field == SEARCH or part.operator == "has":
            return "More words, or longer ones, would leave fewer rows to look at."
        if part.operator not in ("eq", "in"):
            return f"A narrower {part.field} would be found by its index."
    return "A further comparison that few rows meet would be found by its index."


def _names(parts: tuple[Part, ...]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for part in parts:
        names.update(dict.fromkeys(_fields_of(part.shape)))
    return tuple(names)


def _fields_of(shape: Shape) -> list[str]:
    if shape[0] == "predicate":
        return [str(shape[1])]
    return [name for part in shape[1:] for name in _fields_of(part)]
