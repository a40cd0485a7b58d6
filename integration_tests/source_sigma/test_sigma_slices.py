"""Slices of lists that are read whole, and then filtered by the state."""

import pytest

from integration_tests.source_sigma.conftest import Connect
from saas_sandbox.sigma.server import Sandbox
from source_sigma import SourceSigma
from sourcewright.engine.slices import SlicedStream


def sliced(sandbox: Sandbox, stream: str, state: dict[str, object] | None = None) -> SlicedStream:
    access = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret, "api_url": sandbox.url}
    return SlicedStream(SourceSigma(config=access), stream, state)


@pytest.mark.parametrize("stream", ["workbooks", "teams"])
def test_given_the_state_after_all_was_read_when_its_slices_are_read_then_nothing_comes_again(
    connect: Connect, stream: str
) -> None:
    connector = connect()
    first = sliced(connector.sandbox, stream)
    state, slices = dict(first.state_after()), first.slices()

    whole = list(sliced(connector.sandbox, stream).read(slices))
    later = sliced(connector.sandbox, stream, state)

    assert whole == connector.read(stream).records(stream) != []
    assert list(sliced(connector.sandbox, stream, dict(later.state_of_filter)).read(later.slices())) == []
