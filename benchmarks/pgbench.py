"""The ledger's own statements, run by pgbench: what PostgreSQL can do without Python."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from contracts.ledger.sql import APPEND_ENTRIES, LOCK_ACCOUNTS
from shop.services.binaries import postgres_install

JOBS = 2


def script(cold: int) -> str:
    """One transaction: lock the hot account and `cold` others, append a hold on each."""
    touched = cold + 1
    accounts = ", ".join([":hot", *(f":a{number}" for number in range(cold))])

    def each(value: str) -> str:
        return "ARRAY[" + ", ".join([value] * touched) + "]"

    values = {
        "account_ids": f"ARRAY[{accounts}]",
        "kinds": each("'hold'"),
        "limits": each("0"),
        "held": each("1.00"),
        "posted": each("0"),
        "resolved": each("NULL"),
        "references": each("'pgbench:' || :client_id || ':' || :number"),
        "documents": each("''"),
        "by_id": "NULL",
        "at": "now()",
    }
    choices = [
        f"\\set a{number} random(:hot + 1 + {number} * :share, :hot + ({number} + 1) * :share)"
        for number in range(cold)
    ]
    return "\n".join(
        [
            "\\set number :number + 1",
            *choices,
            "BEGIN;",
            LOCK_ACCOUNTS % values + ";",
            APPEND_ENTRIES % values + ";",
            "COMMIT;",
            "",
        ]
    )


def run(
    url: str, text: str, *, clients: int, seconds: float, variables: dict[str, int]
) -> list[float]:
    """Milliseconds of every transaction of all clients."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(text, encoding="utf-8")
        subprocess.run(
            [
                str(postgres_install() / "bin" / "pgbench"),
                "--no-vacuum",
                "--protocol=prepared",
                f"--client={clients}",
                f"--jobs={JOBS}",
                f"--time={seconds:.0f}",
                f"--file={file}",
                "--log",
                f"--log-prefix={folder}/log",
                *(f"--define={name}={value}" for name, value in variables.items()),
                url,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        lines = [line for log in Path(folder).glob("log.*") for line in log.open()]
    return [int(line.split()[2]) / 1000 for line in lines]
