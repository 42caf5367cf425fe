"""Addresses for finance systems."""

from django.urls import path

from .budget_entities import BudgetEntityList
from .events import EventList, EventsAcknowledge, EventsRefuse
from .exports import CsvExport

_ENTITY = "<slug:budget_entity>"

urlpatterns = [
    path("budget-entities", BudgetEntityList.as_view(), name="finance-budget-entities"),
    path(f"{_ENTITY}/events", EventList.as_view(), name="finance-events"),
    path(
        f"{_ENTITY}/events:acknowledge",
        EventsAcknowledge.as_view(),
        name="finance-events-acknowledge",
    ),
    path(f"{_ENTITY}/events:refuse", EventsRefuse.as_view(), name="finance-events-refuse"),
    path(f"{_ENTITY}/exports.csv", CsvExport.as_view(), name="finance-exports-csv"),
]
