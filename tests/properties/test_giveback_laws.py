"""Laws of give-back over random courses of deliveries and partial cancellations."""

from __future__ import annotations

from hypothesis import given, settings

from contracts.pricing import giveback

from .giveback_law import Course, check_course, courses


@settings(max_examples=400)
@given(courses)
def test_given_back_and_kept_make_up_what_was_issued(course: Course) -> None:
    check_course(giveback, course)
