"""A surface is one public dialect of the API: where it stands, what it shows, how it speaks.

It may rename, reshape and restrict; it never decides. Decisions live below.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.api.resources.changes import Feed
from app.api.resources.read import Unheeded
from app.api.resources.resource import Resource
from app.api.resources.view import View
from app.api.surfaces.answers import Answer
from app.kernel.errors import CountinghouseError
from app.query.explain import PlanTold
from app.query.grammar import LIMITS, Limits
from app.query.read import Page


class Problem(Protocol):
    """How the dialect tells of a refusal."""

    def __call__(self, error: CountinghouseError, *, issuer: str, request_id: str) -> Answer: ...


class Many(Protocol):
    """How the dialect wraps a page of rows, with how it was found where that was asked."""

    def __call__(
        self, rows: Sequence[bytes], page: Page, plan: PlanTold | None = None, /
    ) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One dialect. `one` and `many` wrap rows that are already rendered."""

    name: str
    base_path: str
    resources: tuple[Resource, ...]
    views: tuple[View, ...]
    feeds: tuple[Feed, ...] = ()
    one: Callable[[bytes, Sequence[Unheeded]], bytes]
    many: Many
    problem: Problem
    limits: Limits = LIMITS

    def owns(self, path: str) -> bool:
        """Whether this dialect answers for a path, known or not."""
        return path == self.base_path or path.startswith(f"{self.base_path}/")
