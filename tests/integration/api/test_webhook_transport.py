"""One message on its way: signed, to the address that was checked, with a deadline."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from api.webhooks import signing
from api.webhooks.addresses import Target, checked
from api.webhooks.transport import MAX_ANSWER, Unanswered, post
from tests.webhook_receiver import Receiver, Reply, receiving


def certificate(folder: Path, name: str) -> Path:
    """A certificate for *name* that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + made.public_bytes(serialization.Encoding.PEM)
    file = folder / "certificate.pem"
    file.write_bytes(text)
    return file


@pytest.mark.parametrize(
    ("secret", "message_id", "timestamp", "body", "wanted"),
    [
        (
            "whsec_plJ3nmyCDGBKInavdOK15jsl",
            "msg_loFOjxBNrRLzqYUf",
            1731705121,
            '{"event_type":"ping","data":{"success":true}}',
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
    ],
)
def test_the_signature_is_the_published_one(
    secret: str, message_id: str, timestamp: int, body: str, wanted: str
) -> None:
    """The worked example of the makers of the standard."""
    assert (
        signing.signature(secret, message_id=message_id, timestamp=timestamp, body=body) == wanted
    )


class TestTransport:
    def test_a_slow_answer_is_cut_off(self, receiver: Receiver) -> None:
        receiver.replies = [Reply(200, wait=5)]
        self._cut(receiver)

    def test_an_answer_that_drips_is_cut_off_too(self, receiver: Receiver) -> None:
        """Every single read is fast; only all of them together are not."""
        receiver.replies = [Reply(200, b"x" * 100, drip=0.1)]
        self._cut(receiver)

    def _cut(self, receiver: Receiver) -> None:
        began = time.monotonic()
        with pytest.raises(Unanswered, match="innerhalb von"):
            post(checked(receiver.url), body="{}", headers={}, timeout=0.6)
        assert time.monotonic() - began < 3

    def test_a_long_answer_is_read_to_the_cap_only(self, receiver: Receiver) -> None:
        receiver.replies = [Reply(200, b"\x00\xff" * 5_000_000)]
        answer = post(checked(receiver.url), body="{}", headers={})
        assert len(answer.body) <= MAX_ANSWER
        assert "\x00" not in answer.body

    def test_the_connection_goes_to_what_was_checked_whatever_the_name_says(
        self, receiver: Receiver
    ) -> None:
        """The name is not asked for again: in tests nothing outside resolves at all."""
        target = Target("http", "haken.example.org", receiver.port, "/hook", "127.0.0.1")
        assert post(target, body="{}", headers={}).status == 204
        host = f"haken.example.org:{receiver.port}"
        assert receiver.received[0].headers["host"] == host

    def test_tls_is_checked_against_the_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = certificate(tmp_path, "haken.example.org")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        with receiving(context) as behind:
            target = Target("https", "haken.example.org", behind.port, "/hook", "127.0.0.1")
            with pytest.raises(Unanswered, match="CERTIFICATE_VERIFY_FAILED"):
                post(target, body="{}", headers={})
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
            assert post(target, body="{}", headers={}).status == 204
            other = replace(target, host="anderer.example.org")
            with pytest.raises(Unanswered, match="CERTIFICATE_VERIFY_FAILED"):
                post(other, body="{}", headers={})
        assert len(behind.received) == 1

    def test_a_certificate_that_is_none_is_refused(self, receiver: Receiver) -> None:
        url = receiver.url.replace("http:", "https:")
        with pytest.raises(Unanswered):
            post(checked(url), body="{}", headers={}, timeout=2)
        assert receiver.received == []
