"""A query while it is read: what it means so far, and everything found wrong on the way."""

from dataclasses import dataclass, field
from typing import Final

from app.kernel.errors import Fault
from app.query.comparison import Slip, Terms, compare
from app.query.fields import Field, QueryFields
from app.query.grammar import LIMITS, Condition, Limits, Query, Value, all_of
from app.query.ordering import Sorting
from app.query.paging import page_request
from app.query.selection import Selection
from app.query.terms import Operand

FAULTS_MAX: Final = 200


class Enough(Exception):
    """So much is wrong already that nothing further is read."""


@dataclass(slots=True)
class Reading:
    """What has been read so far, and everything found wrong on the way."""

    fields: QueryFields
    under: Terms
    limits: Limits = LIMITS
    faults_max: int = FAULTS_MAX
    faults: list[Fault] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    comparisons: int = 0
    listed: int = 0
    paging: dict[str, str] = field(default_factory=dict)
    sorting: Sorting = field(default_factory=Sorting)
    selection: Selection = field(default_factory=Selection)

    def refuse(self, fault: Fault) -> None:
        """Note what is wrong. Raises Enough where that is all that will be told."""
        self.faults.append(fault)
        if len(self.faults) >= self.faults_max:
            raise Enough

    def takes_another(self) -> bool:
        """Whether one more comparison may be made."""
        self.comparisons += 1
        return self.comparisons <= self.limits.predicates_max

    @property
    def is_first_too_many(self) -> bool:
        """Whether the comparison just read is the first beyond what a query may have."""
        return self.comparisons == self.limits.predicates_max + 1

    def compared(
        self, declared: Field, operator: str, operands: tuple[Operand, ...]
    ) -> tuple[Value, tuple[Slip, ...]]:
        """What the field is compared with; see `compare`. All lists together have a limit too."""
        if len(operands) > 1:
            self.listed += len(operands)
            if self.listed > self.limits.values_max:
                return None, (too_many_values(self.limits, operands[0]),)
        return compare(declared, operator, operands, under=self.under)

    def query(self) -> Query:
        """What was meant; what is wrong with its page is noted."""
        page, count = page_request(self.paging, limits=self.limits, faults=self.faults)
        chosen = self.selection
        return Query(
            all_of(self.conditions),
            tuple(self.sorting.orders) or self.fields.default_sort,
            page,
            count,
            chosen.search,
            tuple(chosen.fields),
            tuple(chosen.expand),
            chosen.explain,
        )


def too_many_values(limits: Limits, first: Operand) -> Slip:
    """The slip of the list with which all lists hold too much."""
    detail = f"all lists of a query together have at most {limits.values_max} values"
    return Slip("list_too_long", detail, first)


def too_many_comparisons(limits: Limits) -> Fault:
    """The fault of one comparison too many; its place is the reader's to say."""
    return Fault("too_many", f"a query has at most {limits.predicates_max} comparisons")
