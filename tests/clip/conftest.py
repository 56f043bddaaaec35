from datetime import UTC, datetime

import pytest


@pytest.fixture
def started() -> datetime:
    return datetime(2026, 3, 4, 8, 30, tzinfo=UTC)
