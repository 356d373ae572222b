"""What is shown of each row: the paths that were chosen, and references written whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from app.api.resources.resource import Expansion, Resource

TREES_KEPT_MAX: Final = 512

Json = dict[str, Any]
# Those of a resource's objects that are named by their ids, shown whole.
Whole = Callable[[Resource, Sequence[str]], Mapping[str, Json]]
# The names to show, each with those to show inside it; nothing inside means the whole of it.
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Showing:
    """The paths shown of each row, all of them where none is named, and what is expanded."""

    paths: tuple[str, ...] = ()
    expanded: tuple[Expansion, ...] = ()


WHOLE: Final = Showing()


def showing_of(resource: Resource, *, fields: Sequence[str], expand: Sequence[str]) -> Showing:
    """What `fields` and `expand` ask to be shown, both known to the resource.

    The id always stays. A path that only an expansion shows asks for that expansion too, and an
    expansion is shown whether or not a path leads to it.
    """
    if not fields and not expand:
        return WHOLE
    plain = frozenset(resource.shape.paths)
    expanded = tuple(
        one
        for one in resource.expansions
        if one.path in expand or any(one.shows(path) and path not in plain for path in fields)
    )
    if not fields:
        return Showing(expanded=expanded)
    chosen = {"id", *fields}
    chosen |= {one.path for one in expanded if not _is_led_to(one, fields)}
    return Showing(tuple(sorted(chosen)), expanded)


def shown_as(rows: Sequence[Json], showing: Showing, *, whole: Whole) -> Sequence[Json]:
    """Rows that show everything, as they were asked for; `whole` is asked once an expansion."""
    for expansion in showing.expanded:
        _expand(expansion, rows, whole)
    if not showing.paths:
        return rows
    tree = _tree(showing.paths)
    return [_pruned(row, tree) for row in rows]


def _is_led_to(expansion: Expansion, fields: Sequence[str]) -> bool:
    above = expansion.path.partition(".")[0]
    return any(path in (above, expansion.path) or expansion.shows(path) for path in fields)


def _expand(expansion: Expansion, rows: Sequence[Json], whole: Whole) -> None:
    """Write what is referred to in the place of the reference; what that had shown stays."""
    above, _, name = expansion.path.rpartition(".")
    holders = [entry for row in rows for entry in row[above]] if above else rows
    ids = {holder[expansion.source] for holder in holders} - {None}
    found = whole(expansion.target, sorted(ids)) if ids else {}
    for holder in holders:
        plain, written = holder.get(name), found.get(holder[expansion.source])
        holder[name] = {**plain, **(written or {})} if plain else written


@lru_cache(maxsize=TREES_KEPT_MAX)
def _tree(paths: tuple[str, ...]) -> Tree:
    chosen, tree = frozenset(paths), Tree()
    for path in paths:
        steps = path.split(".")
        # The whole makes its parts needless.
        if any(".".join(steps[:depth]) in chosen for depth in range(1, len(steps))):
            continue
        branch = tree
        for step in steps:
            branch = branch.setdefault(step, {})
    return tree


def _pruned(value: Any, tree: Tree) -> Any:
    if isinstance(value, list):
        return [_pruned(entry, tree) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _pruned(held, tree[name]) if tree[name] else held
        for name, held in value.items()
        if name in tree
    }
