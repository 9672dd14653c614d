"""A pooler in each of the ways."""

from collections.abc import Iterator

import pytest
from poolers import WAYS, Pooled, Way, running


@pytest.fixture(scope="session", params=WAYS)
def pooled(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[Pooled]:
    """Each way in turn."""
    with running(postgres_url, WAYS[request.param]) as given:
        yield given


@pytest.fixture(scope="session")
def one_for_all(postgres_url: str) -> Iterator[Pooled]:
    """One connection, lent out for a transaction at a time; nobody keeps track of what is prepared on it."""
    with running(postgres_url, Way("transaction", 1, tracked=0)) as given:
        yield given
