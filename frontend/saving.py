"""One domain call out of a form: what it refuses goes to the field or into the alert."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms

from contracts.agreements.errors import NotFound as AgreementNotFound
from contracts.agreements.refused import FieldRefused
from contracts.files import UnsuitableFile
from frontend.refusals import REFUSALS, Refusal, explain
from orders.errors import NotFound

T = TypeVar("T")


def attempt(form: forms.Form, step: Callable[[], T]) -> tuple[T | None, Refusal | None]:
    """Make the call; None with a refusal, or with an error at the form's field.

    What does not exist for the actor stays a 404.
    """
    try:
        return step(), None
    except (FieldRefused, UnsuitableFile) as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except (NotFound, AgreementNotFound):
        raise
    except REFUSALS as error:
        return None, explain(error)
    return None, None
