"""Where webhooks may go: nothing inside, by whatever name or notation."""

from __future__ import annotations

import socket

import pytest
from django.test import override_settings

from api.models import WebhookEndpoint
from api.webhooks.addresses import ForbiddenTarget, checked
from tests.api_client import Program
from tests.bad_webhooks import URLS
from tests.integration.test_bad_input import documented

INSIDE = (
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1", "127.0.0.1",
    "127.8.9.10", "0.0.0.0", "100.64.0.1", "169.254.169.254", "169.254.170.2", "192.0.0.1",  # noqa: S104
    "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[ff02::1]", "[2001:db8::1]",
    "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]", "[2002:7f00:1::]", "[2002:a00:1::]",
    "[2001:0:7f00:1:0:0:80ff:fffe]", "[fd00:ec2::254]",
)  # fmt: skip
ODD = (
    "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1",
    "0", "127.0.0.1.", "10.0.0.0x1", "1.2.3.4.5", "256.1.1.1", "[::1", "[::1%25lo]", "::1",
)  # fmt: skip
NAMES = ("localhost", "LOCALHOST", "localhost.")


@pytest.mark.parametrize("host", [*INSIDE, *ODD, *NAMES])
@pytest.mark.parametrize("form", ["https://{}/hook", "https://{}:8443/hook?a=b"])
def test_nothing_goes_inside(host: str, form: str) -> None:
    with pytest.raises(ForbiddenTarget):
        checked(form.format(host))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("93.184.215.14", "93.184.215.14"),
        ("[2606:2800:21f:cb07:6820:80da:af6b:8b2c]", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"),
    ],
)
def test_public_addresses_are_fine(host: str, address: str) -> None:
    target = checked(f"https://{host}/hook?a=b")
    assert (target.address, target.port, target.path) == (address, 443, "/hook?a=b")
    assert target.host_header == host


@pytest.mark.parametrize(
    "url",
    [
        "", "hook", "//93.184.215.14/", "http://93.184.215.14/", "ftp://93.184.215.14/",
        "file:///etc/passwd", "gopher://93.184.215.14/", "https://", "https:///pfad",
        "https://wer@93.184.215.14/", "https://a:b@93.184.215.14/", "https://93.184.215.14/#x",
        "https://93.184.215.14:99999/", "https://93.184.215.14:0/", "https://93.184.215.14:x/",
        "https://93.184.215.14\\@127.0.0.1/", "https://93.184.215.14/a b", "https://ä.de/",
        "https://93.184.215.14/\r\nX: y", "https://93.184.215.14/" + "x" * 500, " https://x.de/",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenTarget):
        checked(url)


@override_settings(WEBHOOK_ALLOW_HTTP=True, WEBHOOK_ALLOWED_NETWORKS=["127.0.0.1/32"])
def test_what_the_settings_allow_is_exactly_that() -> None:
    assert checked("http://127.0.0.1:8000/").address == "127.0.0.1"
    assert checked("https://127.0.0.1/").address == "127.0.0.1"
    for url in ("http://127.0.0.2/", "http://10.0.0.1/", "http://[::1]/"):
        with pytest.raises(ForbiddenTarget):
            checked(url)


@override_settings(WEBHOOK_ALLOWED_NETWORKS=["127.0.0.0/8"])
def test_every_address_of_a_name_must_be_allowed() -> None:
    """localhost means ::1 as well on most machines; one forbidden address is enough."""
    both = {row[4][0] for row in socket.getaddrinfo("localhost", 443)}
    if "::1" in both:
        with pytest.raises(ForbiddenTarget):
            checked("https://localhost/")
    else:
        assert checked("https://localhost/").address == "127.0.0.1"


@pytest.mark.django_db
@pytest.mark.parametrize("case", URLS)
def test_a_bad_address_is_refused_as_the_docs_say(buyer: Program, case: str) -> None:
    problem = buyer.post("/api/v1/webhooks", {"url": URLS[case]}).json()
    (entry,) = problem["errors"]
    assert (problem["status"], problem["code"], entry["pointer"]) == (422, entry["code"], "#/url")
    assert (entry["code"], entry["detail"]) == documented()[case]
    assert not WebhookEndpoint.objects.exists()
