"""Addresses for school authorities' programs."""

from django.urls import path

from .call_offs import CallOffDetail, CallOffList
from .directory import ArticleResolve, BudgetLineList, SchoolList
from .requisitions import (
    RequisitionDetail,
    RequisitionHandOver,
    RequisitionList,
    RequisitionSubmit,
    RequisitionWithdraw,
)
from .returns import CallOffCancel, CallOffReceive, CancellationEffect
from .revisions import RevisionDifference, RevisionList

_ONE = "requisitions/<slug:number>"
_CALL_OFF = "call-offs/<slug:number>"

urlpatterns = [
    path("requisitions", RequisitionList.as_view(), name="buyer-requisitions"),
    path(_ONE, RequisitionDetail.as_view(), name="buyer-requisition"),
    path(f"{_ONE}:submit", RequisitionSubmit.as_view(), name="buyer-requisition-submit"),
    path(f"{_ONE}:hand-over", RequisitionHandOver.as_view(), name="buyer-requisition-hand-over"),
    path(f"{_ONE}:withdraw", RequisitionWithdraw.as_view(), name="buyer-requisition-withdraw"),
    path(f"{_ONE}/revisions", RevisionList.as_view(), name="buyer-revisions"),
    path(f"{_ONE}/difference", RevisionDifference.as_view(), name="buyer-difference"),
    path("call-offs", CallOffList.as_view(), name="buyer-call-offs"),
    path(_CALL_OFF, CallOffDetail.as_view(), name="buyer-call-off"),
    path(
        f"{_CALL_OFF}/cancellation-effect",
        CancellationEffect.as_view(),
        name="buyer-cancellation-effect",
    ),
    path(f"{_CALL_OFF}:cancel", CallOffCancel.as_view(), name="buyer-call-off-cancel"),
    path(f"{_CALL_OFF}:receive", CallOffReceive.as_view(), name="buyer-call-off-receive"),
    path("schools", SchoolList.as_view(), name="buyer-schools"),
    path("budget-lines", BudgetLineList.as_view(), name="buyer-budget-lines"),
    path("articles", ArticleResolve.as_view(), name="buyer-articles"),
]
