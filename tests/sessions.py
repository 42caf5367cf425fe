"""Being logged in, without the way there: one row of the session table."""

from __future__ import annotations

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.test import Client

from contracts.parties.models import Membership
from frontend.actor import SESSION_KEY as MEMBERSHIP_KEY


def session_of(member: Membership) -> str:
    """The key of a session in which the person acts as *member*."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[USER_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session[MEMBERSHIP_KEY] = member.pk
    session.create()
    return str(session.session_key)


def logged_in(member: Membership) -> Client:
    """A browser in which the person acts as *member*."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(member)
    return client
