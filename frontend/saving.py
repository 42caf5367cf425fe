"""One domain call out of a form: what it refuses goes to the field or into the alert."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms

from contracts.agreements.refused import FieldRefused
from contracts.files import UnsuitableFile
from contracts.refusals import NotFound, Refusal
from frontend.refusals import Alert, explain

T = TypeVar("T")


def attempt(form: forms.Form, step: Callable[[], T]) -> tuple[T | None, Alert | None]:
    """Make the call; None with a refusal, or with an error at the form's field.

    What does not exist for the actor stays a 404.
    """
    try:
        return step(), None
    except (FieldRefused, UnsuitableFile) as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    except NotFound:
        raise
    except Refusal as error:
        return None, explain(error)
    return None, None
