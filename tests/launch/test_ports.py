"""A taken port is found before anything is started on it."""

import socket
from collections.abc import Iterator

import pytest

from launch.ports import bind_fault, bind_v6, claimed, next_free
from launch.refusal import Refusal


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_that_somebody_listens_on_is_refused_in_one_line(taken):
    with pytest.raises(Refusal, match=f"^port {taken} is taken; choose another: "), claimed(taken):
        pytest.fail("a taken port was claimed")


def test_a_port_that_somebody_shares_is_taken_as_well():
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        assert bind_fault(listener.getsockname()[1]) == "taken"


def test_the_next_free_port_is_not_a_taken_one(taken):
    assert next_free(taken) != taken


def test_nobody_else_can_answer_on_the_other_localhost_while_we_serve():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    twin = bind_v6(port)
    if twin is not None:
        twin.close()

    with claimed(port):
        with socket.socket() as ours:
            ours.bind(("127.0.0.1", port))
        assert bind_fault(port) == (None if twin is None else "taken")
