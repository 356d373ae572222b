"""One transaction: who waits for whom, what stays, and which errors come up."""

import sqlite3
import threading

import psycopg
import pytest
from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app.domain.identity.tables import Installation
from app.kernel.errors import CountinghouseError
from app.storage.fetch import Prepared, change, fetch_text
from app.storage.transaction import Conflict, Unavailable, perform, transaction
from tests.factories.database import lent_engine

NAMES = select(Installation.name).order_by(Installation.name)
ADD = Prepared(insert(Installation), columns=["name", "value"])


def note(name, value="1"):
    """A deed that writes one row."""
    return lambda session: session.execute(insert(Installation).values(name=name, value=value))


def names(engine):
    return perform(engine, lambda session: session.scalars(NAMES).all(), writes=False)


@pytest.fixture
def impatient(sqlite_url):
    """An engine on SQLite whose writers are refused at once where they would wait."""
    with lent_engine(sqlite_url) as engine:
        event.listen(engine, "connect", lambda driver, _: driver.execute("PRAGMA busy_timeout=0"))
        yield engine


def test_a_second_writer_is_refused_from_its_start_while_readers_go_on(impatient):
    perform(impatient, note("before"))
    with transaction(impatient) as first:
        first.execute(text("SELECT 1"))  # Nothing is written yet, and the place is taken.
        with pytest.raises(Unavailable):
            perform(impatient, lambda second: second.execute(text("SELECT 1")))
        assert names(impatient) == ["before"]
        note("during")(first)
        assert names(impatient) == ["before"]

    assert names(impatient) == ["before", "during"]


def test_a_reader_does_not_take_the_writers_place(impatient):
    with transaction(impatient, writes=False) as reader:
        assert reader.scalars(NAMES).all() == []
        perform(impatient, note("meanwhile"))
        assert reader.scalars(NAMES).all() == []  # It goes on with what it began with.

    assert names(impatient) == ["meanwhile"]


def test_writers_that_read_first_lose_nothing(sqlite_url, rounds):
    value = select(Installation.value).where(Installation.name == "count")

    def rise(session):
        before = int(session.scalar(value))
        session.execute(update(Installation).values(value=str(before + 1)))

    def rise_often(engine, times):
        for _ in range(times):
            perform(engine, rise)

    times = rounds(small=5, soak=50)
    with lent_engine(sqlite_url) as engine:
        perform(engine, note("count", "0"))
        threads = [threading.Thread(target=rise_often, args=(engine, times)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert perform(engine, lambda session: session.scalar(value), writes=False) == str(
            4 * times
        )


def test_a_waiting_writer_has_its_turn_once_the_first_is_done(sqlite_url):
    with lent_engine(sqlite_url) as engine:
        with transaction(engine) as first:
            note("first")(first)
            second = threading.Thread(target=perform, args=(engine, note("second")))
            second.start()
        second.join()

        assert names(engine) == ["first", "second"]


def test_readers_see_what_is_committed_while_somebody_writes(engine):
    with transaction(engine) as writer:
        note("open")(writer)
        assert names(engine) == []

    assert names(engine) == ["open"]


def test_returning_commits_and_gives_the_answer(engine):
    def deed(session):
        note("kept")(session)
        return "answer"

    assert perform(engine, deed) == "answer"
    assert names(engine) == ["kept"]


@pytest.mark.parametrize("error", [KeyError("bug"), CountinghouseError("no"), SystemExit()])
def test_raising_rolls_back(engine, error):
    def deed(session):
        note("lost")(session)
        raise error

    with pytest.raises(type(error)) as raised:
        perform(engine, deed)

    assert raised.value is error
    assert names(engine) == []


def test_an_aftermath_is_written_after_the_rollback_and_stays(engine):
    seen = []

    def aftermath(session):
        seen.append(session.scalars(NAMES).all())
        note("trace")(session)

    def deed(session):
        note("lost")(session)
        seen.append(session.scalars(NAMES).all())
        raise CountinghouseError("Wrong password.", aftermath=aftermath)

    with pytest.raises(CountinghouseError, match="Wrong password"):
        perform(engine, deed)

    assert seen == [["lost"], []]
    assert names(engine) == ["trace"]


def test_an_aftermath_may_write_although_the_deed_only_read(engine):
    def deed(session):
        session.scalars(NAMES).all()
        raise CountinghouseError("no", aftermath=note("trace"))

    with pytest.raises(CountinghouseError, match="no"):
        perform(engine, deed, writes=False)

    assert names(engine) == ["trace"]


def test_an_aftermath_that_fails_leaves_nothing(engine):
    def aftermath(session):
        note("half")(session)
        raise KeyError("bug")

    def deed(_session):
        raise CountinghouseError("no", aftermath=aftermath)

    with pytest.raises(KeyError):
        perform(engine, deed)

    assert names(engine) == []


@pytest.mark.parametrize(
    "again",
    [
        note("same"),
        lambda session: session.add(Installation(name="same", value="2")),
        lambda session: change(session, ADD, {"name": "same", "value": "2"}),
    ],
    ids=["core", "at the commit", "on the driver"],
)
def test_a_lost_race_is_a_conflict_and_leaves_nothing(engine, again):
    perform(engine, note("same"))

    def deed(session):
        note("beside")(session)
        again(session)

    with pytest.raises(Conflict):
        perform(engine, deed)
    assert names(engine) == ["same"]


def on_the_session(session, statement):
    session.execute(text(statement))


def on_the_driver(session, statement):
    fetch_text(session, statement, ())


ways = pytest.mark.parametrize("run", [on_the_session, on_the_driver])


@ways
@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.parametrize("statement", ["SELECT * FROM no_such", "SELECT no_such", "SELEKT"])
def test_what_is_wrong_with_a_statement_comes_up_as_it_is(engine, run, statement, writes):
    with pytest.raises((DBAPIError, sqlite3.OperationalError, psycopg.ProgrammingError)):
        perform(engine, lambda session: run(session, statement), writes=writes)


def test_a_database_that_cannot_be_opened_comes_up_as_it_is(tmp_path):
    with lent_engine(f"sqlite:///{tmp_path}/nowhere/x.db") as engine, pytest.raises(DBAPIError):
        perform(engine, note("lost"))


@ways
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_terminate_backend(pg_backend_pid())",
        "SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)",
        "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '53300'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$",
    ],
)
def test_what_passes_by_itself_is_unavailable(postgresql_url, run, statement):
    with lent_engine(postgresql_url) as engine:
        with pytest.raises(Unavailable):
            perform(engine, lambda session: run(session, statement))
        perform(engine, note("afterwards"))  # The lost connection is not handed on.

        assert names(engine) == ["afterwards"]


def test_a_server_that_is_away_is_unavailable():
    with (
        lent_engine("postgresql+psycopg://nobody@127.0.0.1:9/none") as engine,
        pytest.raises(Unavailable),
    ):
        perform(engine, note("lost"))


@ways
def test_a_change_under_a_repeatable_reader_is_unavailable(postgresql_url, run):
    def deed(session):
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        session.scalars(NAMES).all()
        perform(engine, lambda other: other.execute(update(Installation).values(value="2")))
        run(session, "UPDATE installation SET value = '3'")

    with lent_engine(postgresql_url) as engine:
        perform(engine, note("same"))
        with pytest.raises(Unavailable):
            perform(engine, deed)


def test_of_two_that_wait_for_each_other_one_is_unavailable(postgresql_url):
    both_hold_one = threading.Barrier(2)
    ends = []

    def deed(order):
        def lock_both(session):
            for place, name in enumerate(order):
                if place == 1:
                    both_hold_one.wait()
                session.execute(
                    update(Installation).where(Installation.name == name).values(value=order[0])
                )

        try:
            perform(engine, lock_both)
            ends.append("done")
        except Unavailable:
            ends.append("unavailable")

    with lent_engine(postgresql_url) as engine:
        perform(engine, note("a"))
        perform(engine, note("b"))
        threads = [threading.Thread(target=deed, args=(order,)) for order in ("ab", "ba")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(ends) == ["done", "unavailable"]


def test_a_reading_session_is_used_again_by_its_thread_alone(engine):
    with transaction(engine, writes=False) as first:
        assert first.scalars(NAMES).all() == []
    with transaction(engine, writes=False) as second, transaction(engine, writes=False) as inner:
        assert second is first
        assert inner is not second

    others = []

    def look():
        with transaction(engine, writes=False) as session:
            others.append(session)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert others[0] not in (first, inner)


def test_a_reading_session_carries_nothing_over(engine):
    perform(engine, note("row", "old"))
    with transaction(engine, writes=False) as first:
        assert first.get(Installation, "row").value == "old"
        first.add(Installation(name="stray", value="1"))
    perform(engine, lambda session: session.execute(update(Installation).values(value="new")))

    with transaction(engine, writes=False) as second:
        assert second is first
        assert not second.new
        assert not second.identity_map.keys()
        assert second.get(Installation, "row").value == "new"


def test_a_reading_session_that_failed_begins_afresh(engine):
    for _ in range(3):
        with pytest.raises(DBAPIError), transaction(engine, writes=False) as session:
            session.execute(text("SELECT * FROM no_such"))

    assert names(engine) == []


def test_what_is_written_in_a_reading_session_is_not_kept(engine):
    perform(engine, note("stray"), writes=False)

    assert names(engine) == []


def test_a_reading_session_belongs_to_one_database(engine, tmp_path):
    assert names(engine) == []
    with lent_engine(f"sqlite:///{tmp_path}/other.db") as other:
        with transaction(other, writes=False) as session:
            assert session.bind is other
        with transaction(engine, writes=False) as session:
            assert session.bind is engine


def test_a_writing_session_is_never_used_again(engine):
    with transaction(engine) as first:
        first.add(Installation(name="row", value="1"))
    with transaction(engine) as second:
        assert second is not first
        assert not second.identity_map.keys()
