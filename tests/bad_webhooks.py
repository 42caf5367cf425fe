"""Bad addresses of webhooks, for the table in docs/bad-input.md."""

from __future__ import annotations

URLS = {
    "webhook: http": "http://93.184.215.14/hook",
    "webhook: private address": "https://10.0.0.1/hook",
    "webhook: name that leads to this machine": "https://localhost/hook",
    "webhook: address of a cloud's metadata": "https://169.254.169.254/latest/meta-data/",
    "webhook: loopback as a decimal number": "https://2130706433/hook",
    "webhook: loopback in octal": "https://0177.0.0.1/hook",
    "webhook: password in the address": "https://wer:wie@93.184.215.14/hook",
    "webhook: blanks in the address": "https://93.184.215.14/ein hook",
}
