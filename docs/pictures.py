"""Makes the pictures in docs/pictures/ from pages that `make demo` wrote, with headless Chromium.

    python docs/pictures.py [PAGES] [--week 2026-W47] [--agent daniel]

PAGES is `out/demo/pages` by default, the week the newest there.  The pictures show the top of an agent's page and of
the digest of everyone.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SIZES = {"agent-page.png": (900, 1080), "digest.png": (900, 1240)}  # width and height in CSS pixels


def shoot(browser: str, page: Path, picture: Path, size: tuple[int, int]) -> None:
    """Photograph the top of a page.  Raises CalledProcessError where the browser fails."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--force-device-scale-factor=1",
                f"--user-data-dir={profile}",
                f"--window-size={size[0]},{size[1]}",
                f"--screenshot={picture}",
                page.as_uri(),
            ],
            capture_output=True,
            timeout=120,
            check=True,
        )


def main() -> int:
    """Make both pictures; 1 with a line where something is missing."""
    parser = argparse.ArgumentParser(description="Make the pictures of the documents.")
    parser.add_argument("pages", nargs="?", type=Path, default=ROOT / "out" / "demo" / "pages")
    parser.add_argument("--week", default="")
    parser.add_argument("--agent", default="daniel")
    given = parser.parse_args()
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write(f"no browser: install one of {', '.join(BROWSERS)}\n")
        return 1
    weeks = sorted(folder.name for folder in given.pages.glob("*-W*"))
    week = given.pages.resolve() / (given.week or (weeks[-1] if weeks else "no-week"))
    pages = {"agent-page.png": week / "agents" / f"{given.agent}.html", "digest.png": week / "digest.html"}
    for name, page in pages.items():
        if not page.is_file():
            sys.stderr.write(f"{page}: no such page; run `make demo`, or name a folder of pages\n")
            return 1
        PICTURES.mkdir(exist_ok=True)
        shoot(browser, page, PICTURES / name, SIZES[name])
        sys.stdout.write(f"written {PICTURES / name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
