from __future__ import annotations

import pytest

from tests.pages import PageWorld, build_pages


@pytest.fixture
def pages(db: None) -> PageWorld:
    return build_pages()
