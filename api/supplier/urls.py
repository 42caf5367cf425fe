"""Addresses for suppliers' programs."""

from django.urls import path

from .articles import ArticleDetail, ArticleList
from .call_offs import CallOffConfirm, CallOffDetail, CallOffList, CallOffRefuse
from .price_proposals import ProposalDetail, ProposalList, ProposalWithdraw
from .successors import SuccessorList
from .uploads import (
    UploadDetail,
    UploadDiff,
    UploadErrors,
    UploadErrorsCsv,
    UploadList,
    UploadSubmit,
    UploadWithdraw,
)

_UPLOAD = "catalogue-uploads/<int:upload_id>"
_PROPOSAL = "price-proposals/<slug:number>"

urlpatterns = [
    path("articles", ArticleList.as_view(), name="supplier-articles"),
    path("articles/<int:article_id>", ArticleDetail.as_view(), name="supplier-article"),
    path("catalogue-uploads", UploadList.as_view(), name="supplier-uploads"),
    path(_UPLOAD, UploadDetail.as_view(), name="supplier-upload"),
    path(f"{_UPLOAD}/errors", UploadErrors.as_view(), name="supplier-upload-errors"),
    path(f"{_UPLOAD}/errors.csv", UploadErrorsCsv.as_view(), name="supplier-upload-errors-csv"),
    path(f"{_UPLOAD}/diff", UploadDiff.as_view(), name="supplier-upload-diff"),
    path(f"{_UPLOAD}:submit", UploadSubmit.as_view(), name="supplier-upload-submit"),
    path(f"{_UPLOAD}:withdraw", UploadWithdraw.as_view(), name="supplier-upload-withdraw"),
    path("successor-proposals", SuccessorList.as_view(), name="supplier-successor-proposals"),
    path("call-offs", CallOffList.as_view(), name="supplier-call-offs"),
    path("call-offs/<slug:number>", CallOffDetail.as_view(), name="supplier-call-off"),
    path(
        "call-offs/<slug:number>:confirm",
        CallOffConfirm.as_view(),
        name="supplier-call-off-confirm",
    ),
    path(
        "call-offs/<slug:number>:refuse", CallOffRefuse.as_view(), name="supplier-call-off-refuse"
    ),
    path("price-proposals", ProposalList.as_view(), name="supplier-price-proposals"),
    path(_PROPOSAL, ProposalDetail.as_view(), name="supplier-price-proposal"),
    path(
        f"{_PROPOSAL}:withdraw", ProposalWithdraw.as_view(), name="supplier-price-proposal-withdraw"
    ),
]
