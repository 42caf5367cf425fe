"""Addresses and flags of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from shop.environment import (
    SettingError,
    broker_from_redis_url,
    database_from_url,
    flag,
    secret_key,
    words,
)


def test_a_database_url_with_host_and_password() -> None:
    found = database_from_url("postgresql://app:p%40ss@db.example:5433/kaufhaus?sslmode=require")
    assert found["NAME"] == "kaufhaus"
    assert found["USER"] == "app"
    assert found["PASSWORD"] == "p@ss"
    assert found["HOST"] == "db.example"
    assert found["PORT"] == "5433"
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_database_url_with_a_socket_folder() -> None:
    found = database_from_url("postgresql://app@/kaufhaus?host=/run/pg")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/pg", "", {})


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(SettingError, match="sqlite"):
        database_from_url("sqlite:///x.db")


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://h:6379/2", "redis://h:6379/2"),
        ("unix:///run/r.sock?db=3", "redis+socket:///run/r.sock?virtual_host=3"),
        ("unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0"),
    ],
)
def test_the_broker_reads_the_same_redis(url: str, broker: str) -> None:
    assert broker_from_redis_url(url) == broker


@pytest.mark.parametrize(
    ("value", "expected"), [("1", True), ("yes", True), ("0", False), ("", False), ("no", False)]
)
def test_a_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("KAUFHAUS_FLAG", value)
    assert flag("KAUFHAUS_FLAG", default=True) is expected


def test_words_leave_out_empty_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAUFHAUS_WORDS", " a, b ,,")
    assert words("KAUFHAUS_WORDS") == ["a", "b"]


def test_a_real_server_needs_a_given_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY")
    with pytest.raises(SettingError, match="SECRET_KEY"):
        secret_key(may_generate=False)


def test_a_generated_key_stays_and_is_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("KAUFHAUS_VAR", str(tmp_path))
    first = secret_key(may_generate=True)
    assert secret_key(may_generate=True) == first
    assert len(first) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
