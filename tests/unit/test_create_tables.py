"""Many tables in one operation: what each `CreateModel` does, rendered once."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState, StateApps

from contracts.tables import CreateTables

KEY = ("id", models.BigAutoField(primary_key=True))


def table(name: str, *, other: str) -> CreateModel:
    foreign = models.ForeignKey(f"house.{other}", models.PROTECT, null=True, related_name="+")
    return CreateModel(name, fields=[KEY, ("other", foreign)])


OPERATION = CreateTables(table("Door", other="Key"), table("Key", other="Door"))


def test_tables_may_name_each_other() -> None:
    """Fails when a foreign key is written before both tables are there."""
    before, after = ProjectState(), ProjectState()
    OPERATION.state_forwards("house", after)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        OPERATION.database_forwards("house", editor, before, after)
    kinds = [sql.split()[:2] for sql in editor.collected_sql]
    assert kinds[:2] == [["CREATE", "TABLE"]] * 2
    assert sum("REFERENCES" in sql for sql in editor.collected_sql) == 2


def test_models_are_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when the tables are added to models that are rendered already."""
    state = ProjectState()
    assert state.apps.get_models() == []
    rendered: list[int] = []
    render = StateApps.render_multiple

    def counting(apps: StateApps, states: list[object]) -> None:
        rendered.append(len(states))
        render(apps, states)

    monkeypatch.setattr(StateApps, "render_multiple", counting)
    OPERATION.state_forwards("house", state)
    assert {model.__name__ for model in state.apps.get_models()} == {"Door", "Key"}
    assert rendered == [2]
