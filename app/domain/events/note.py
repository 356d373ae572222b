"""Note a change of the books: it is told, in its place, when the transaction commits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from sqlalchemy import bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.domain.events.tables import Change, ChangeHead
from app.kernel.clock import epoch_us
from app.storage.fetch import Prepared, change, fetch
from app.storage.transaction import before_commit

Deed = Literal["created", "updated", "deleted"]
# The head that counts every resource's changes.
WHOLE: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A change that this transaction makes; `version` is the row's own after it.

    `heads` are those that rise with it beside its resource's own.
    """

    organisation: str
    resource: str
    id: str
    deed: Deed
    version: int
    heads: tuple[str, ...] = ()


def _raised(dialect: str) -> Prepared:
    adding = sqlite.insert(ChangeHead) if dialect == "sqlite" else postgresql.insert(ChangeHead)
    return Prepared(
        adding.values(org_id=bindparam("organisation"), resource=WHOLE, sequence=bindparam("more"))
        .on_conflict_do_update(
            index_elements=["org_id", "resource"],
            set_={"sequence": ChangeHead.sequence + adding.excluded.sequence},
        )
        .returning(ChangeHead.sequence)
    )


def _set(dialect: str) -> Prepared:
    adding = sqlite.insert(ChangeHead) if dialect == "sqlite" else postgresql.insert(ChangeHead)
    return Prepared(
        adding.values(
            org_id=bindparam("organisation"),
            resource=bindparam("name"),
            sequence=bindparam("last"),
        ).on_conflict_do_update(
            index_elements=["org_id", "resource"],
            set_={"sequence": adding.excluded.sequence},
        )
    )


_RAISE: Final = {name: _raised(name) for name in ("sqlite", "postgresql")}
_SET: Final = {name: _set(name) for name in ("sqlite", "postgresql")}
_ADD: Final = Prepared(
    insert(Change),
    columns=("org_id", "sequence", "resource", "row_id", "deed", "version", "at"),
)


def note_change(
    session: Session,
    *,
    organisation: str,
    resource: str,
    id: str,
    deed: Deed,
    version: int,
    heads: tuple[str, ...] = (),
) -> None:
    """Note that one row of a resource changes in this transaction.

    Several changes of one row in one transaction are one change, for nobody can see between.
    `heads` names what else has come further by it: a part of the row that others show.
    """
    noted = Noted(
        organisation=organisation,
        resource=resource,
        id=id,
        deed=deed,
        version=version,
        heads=heads,
    )
    before_commit(session, tell_changes, noted)


def tell_changes(session: Session, noted: list[Noted]) -> None:
    """Write what was noted, each at the next place of its organisation's sequence.

    The head's row stays locked until the commit that follows, so whoever comes next is given
    its places after this transaction is visible: no reader ever sees a later place without all
    the earlier ones. Organisations are taken in order, so that two writers never wait in a ring.
    """
    by_organisation: dict[str, list[Noted]] = {}
    for one in joined(noted):
        by_organisation.setdefault(one.organisation, []).append(one)
    for organisation in sorted(by_organisation):
        _tell(session, organisation, by_organisation[organisation])


def joined(noted: list[Noted]) -> Iterable[Noted]:
    """One change for each row: the last, which is still a creation where the row is new."""
    latest: dict[tuple[str, str, str], Noted] = {}
    for one in noted:
        key = (one.organisation, one.resource, one.id)
        before = latest.pop(key, None)
        if before is None:
            latest[key] = one
        elif before.deed != "created":
            latest[key] = replace(one, heads=(*before.heads, *one.heads))
        elif one.deed != "deleted":
            latest[key] = replace(one, deed="created", heads=(*before.heads, *one.heads))
    return latest.values()


def _tell(session: Session, organisation: str, noted: list[Noted]) -> None:
    dialect = session.get_bind().dialect.name
    taken = {"organisation": organisation, "more": len(noted)}
    last: int = fetch(session, _RAISE[dialect], taken)[0][0]
    now_us, heads = epoch_us(), {}
    for sequence, one in enumerate(noted, start=last - len(noted) + 1):
        heads.update(dict.fromkeys((one.resource, *one.heads), sequence))
        change(
            session,
            _ADD,
            {
                "org_id": organisation,
                "sequence": sequence,
                "resource": one.resource,
                "row_id": one.id,
                "deed": one.deed,
                "version": one.version,
                "at": now_us,
            },
        )
    for name, sequence in heads.items():
        change(
            session,
            _SET[dialect],
            {"organisation": organisation, "name": name, "last": sequence},
        )
