"""Statements on the driver's own connection: what they find, change and give back."""

import sqlite3
import threading

import psycopg
import pytest
from sqlalchemy import bindparam, delete, insert, literal, null, select, update

from app.domain.grants.tables import ConsentDecision
from app.domain.identity.tables import Installation
from app.kernel.budget import Budget, OutOfTime, budget_of
from app.storage.fetch import Prepared, change, fetch, fetch_text
from app.storage.transaction import perform, transaction

ADD = Prepared(insert(Installation), columns=["name", "value"])
ALL = Prepared(select(Installation.name, Installation.value).order_by(Installation.name))
DECISION = {"id": "dec_1", "user_id": "usr_1", "created_at": 1, "expires_at": 2}
EVERY_BYTE = bytes(range(256))


def add(engine, *names):
    with transaction(engine) as session:
        for name in names:
            assert change(session, ADD, {"name": name, "value": "1"}) == 1


def test_constants_stand_beside_parameters(engine):
    add(engine, "a", "b", "c")
    statement = Prepared(
        select(Installation.name, literal("fixed"), literal(7))
        .where(Installation.value == "1", Installation.name != bindparam("but"))
        .order_by(Installation.name)
        .limit(1)
    )

    with transaction(engine, writes=False) as session:
        assert fetch(session, statement, {"but": "a"}) == [("b", "fixed", 7)]
        assert fetch(session, statement, {"but": "z"}) == [("a", "fixed", 7)]


def test_a_parameter_may_come_twice(engine):
    add(engine, "a", "b")
    name = bindparam("name")
    statement = Prepared(
        select(Installation.name).where((Installation.name == name) | (Installation.value == name))
    )

    with transaction(engine, writes=False) as session:
        assert fetch(session, statement, {"name": "b"}) == [("b",)]


def test_a_change_says_how_many_rows_it_touched(engine):
    add(engine, "a", "b", "c")
    statement = Prepared(
        update(Installation).where(Installation.name >= bindparam("first")).values(value="2")
    )

    with transaction(engine) as session:
        assert change(session, statement, {"first": "b"}) == 2
        assert change(session, statement, {"first": "z"}) == 0
        assert change(session, Prepared(delete(Installation)), {}) == 3


def test_a_change_may_give_rows_back(engine):
    add(engine, "a", "b")
    statement = Prepared(
        update(Installation)
        .where(Installation.name == bindparam("which"))
        .values(value=bindparam("new"))
        .returning(Installation.name, Installation.value)
    )

    with transaction(engine) as session:
        assert fetch(session, statement, {"which": "b", "new": "2"}) == [("b", "2")]
        assert fetch(session, statement, {"which": "z", "new": "2"}) == []
    with transaction(engine, writes=False) as session:
        assert fetch(session, ALL, {}) == [("a", "1"), ("b", "2")]


def test_a_change_is_part_of_its_transaction(engine):
    add(engine, "a")

    def remove_and_fail(session):
        change(session, Prepared(delete(Installation)), {})
        assert fetch(session, ALL, {}) == []
        raise KeyError

    with pytest.raises(KeyError):
        perform(engine, remove_and_fail)

    with transaction(engine, writes=False) as session:
        assert fetch(session, ALL, {}) == [("a", "1")]


def test_it_sees_what_the_unit_of_work_still_holds(engine):
    with transaction(engine) as session:
        session.add(Installation(name="held", value="1"))

        assert fetch(session, ALL, {}) == [("held", "1")]


def test_a_reading_session_sees_each_commit_and_nothing_before_it(engine):
    with transaction(engine, writes=False) as reader:
        with transaction(engine) as writer:
            change(writer, ADD, {"name": "a", "value": "1"})
            assert fetch(reader, ALL, {}) == []
        assert fetch(reader, ALL, {}) == [("a", "1")]


def test_a_reading_session_never_changes_anything(engine):
    with (
        transaction(engine, writes=False) as session,
        pytest.raises(AssertionError, match="never writes"),
    ):
        change(session, ADD, {"name": "a", "value": "1"})


def test_bytes_come_back_as_they_went(engine):
    names = ["id", "user_id", "sealed_location", "created_at", "expires_at"]
    adding = Prepared(insert(ConsentDecision), columns=names)
    finding = Prepared(
        select(
            ConsentDecision.id, ConsentDecision.sealed_location, ConsentDecision.expires_at
        ).where(ConsentDecision.sealed_location == bindparam("sealed"))
    )

    with transaction(engine) as session:
        for number, sealed in enumerate((EVERY_BYTE, b"")):
            facts = {**DECISION, "id": f"dec_{number}", "sealed_location": sealed}
            assert change(session, adding, facts) == 1
        assert fetch(session, finding, {"sealed": EVERY_BYTE}) == [("dec_0", EVERY_BYTE, 2)]
    with transaction(engine, writes=False) as session:
        rows = fetch(session, finding, {"sealed": b""})
        assert rows == [("dec_1", b"", 2)]
        assert type(rows[0][1]) is bytes


def test_text_that_looks_like_sql_is_only_text(engine):
    name = "'; DROP TABLE installation; -- %s %(name)s :name ?"
    add(engine, name)

    with transaction(engine, writes=False) as session:
        assert fetch(session, ALL, {}) == [(name, "1")]


def test_a_constant_null_needs_no_parameter(engine):
    statement = Prepared(select(Installation.name, null().label("absent")))
    add(engine, "a")

    with transaction(engine, writes=False) as session:
        assert fetch(session, statement, {}) == [("a", None)]


def test_sql_text_runs_as_it_stands(engine):
    add(engine, "a", "b")

    with transaction(engine, writes=False) as session:
        assert fetch_text(session, "SELECT count(*) FROM installation", ()) == [(2,)]


def test_one_statement_serves_many_threads(engine):
    add(engine, "a")
    found = []

    def look():
        for _ in range(20):
            with transaction(engine, writes=False) as session:
                found.append(fetch(session, ALL, {}))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [[("a", "1")]] * 80


LONG = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ),
    "postgresql": "SELECT pg_sleep(60)",
}


def test_what_takes_too_long_is_stopped_and_the_session_goes_on(engine):
    with transaction(engine, writes=False) as session:
        with pytest.raises(OutOfTime):
            fetch_text(session, LONG[engine.dialect.name], (), budget_of(30))

        assert fetch_text(session, "SELECT 1", (), budget_of(60_000)) == [(1,)]
        assert fetch_text(session, "SELECT 2", ()) == [(2,)]


def test_without_time_nothing_begins(engine):
    with transaction(engine, writes=False) as session, pytest.raises(OutOfTime):
        fetch_text(session, "no SQL at all", (), Budget(1.0, lambda: 1.0))


def test_other_errors_come_up_as_they_are(engine):
    with (
        transaction(engine, writes=False) as session,
        pytest.raises((sqlite3.OperationalError, psycopg.errors.UndefinedTable)),
    ):
        fetch_text(session, "SELECT 1 FROM nowhere", (), budget_of(60_000))
