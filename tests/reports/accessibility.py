"""What a page must hold to be read by everybody: checks in plain Python, and axe-core in a browser where one is.

`faults_of(html)` needs nothing but html5lib.  `violations(html, folder, dark=...)` runs axe-core in headless Chromium;
ask `BROWSER` first, which is None on a machine without one.  Both return what is wrong, an empty list for nothing.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
SCHEMES = ("light", "dark")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BESIDE = re.compile(r"(\.\./)*[\w-]+\.html(#[\w-]+)?")
"""A link to another page of the same folder of pages."""
SVG = "{http://www.w3.org/2000/svg}"
READABLE = 4.5  # WCAG AA for text; 3 for what is not text
PAIRS = [
    *((ink, paper) for ink in ("ink", "ink-2", "accent") for paper in ("bg", "surface")),
    ("ink", "accent-soft"),
    ("ink-2", "accent-soft"),
    ("accent", "accent-soft"),
    ("on-accent", "accent"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("hot", "hot-soft"),
    ("hot", "bg"),
    *((f"on-ramp-{n}", f"ramp-{n}") for n in range(5)),
]


def faults_of(html: str) -> list[str]:
    """What is wrong with a page as far as its markup shows."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    checks = (_frame, _headings, _ids, _names, _tables, _pictures, _contents)
    return [*(f"markup: {code} at {place}" for place, code, _ in parser.errors), *(f for c in checks for f in c(root))]


def _frame(root: Element) -> Iterator[str]:
    if not root.get("lang"):
        yield "no language"
    if not "".join(root.findtext("head/title") or "").strip():
        yield "no title"
    for tag in ("header", "main", "footer"):
        if len(root.findall(f"body/{tag}")) != 1:
            yield f"not one {tag}"
    skip, main = root.find("body/a"), root.find("body/main")
    if skip is None or main is None or skip.get("href") != f"#{main.get('id')}":
        yield "no skip link"


def _headings(root: Element) -> Iterator[str]:
    levels = [int(e.tag[1]) for e in root.iter() if e.tag in HEADINGS]
    if levels.count(1) != 1 or levels[0] != 1:
        yield "not one h1 first"
    yield from (f"h{b} after h{a}" for a, b in itertools.pairwise(levels) if b > a + 1)
    yield from (f"empty {e.tag}" for e in root.iter() if e.tag in HEADINGS and not _text(e))


def _ids(root: Element) -> Iterator[str]:
    counts = Counter(e.get("id") for e in root.iter() if e.get("id"))
    yield from (f"id {name} {n} times" for name, n in counts.items() if n > 1)
    for element in root.iter():
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            yield from (
                f"{attribute} {name}: no such id"
                for name in (element.get(attribute) or "").split()
                if name not in counts
            )


def _names(root: Element) -> Iterator[str]:
    labels = {id(e) for label in root.iter("label") if _text(label) for e in label.iter("input")}
    for element in root.iter():
        named = _text(element) or element.get("aria-label") or element.get("aria-labelledby")
        if (element.tag in ("a", "button", "summary") and not named) or (
            element.get("role") == "region" and not (element.get("aria-label") or element.get("aria-labelledby"))
        ):
            yield f"no name: {element.tag}"
        if element.tag == "input" and id(element) not in labels and not element.get("aria-label"):
            yield "no label: input"


def _tables(root: Element) -> Iterator[str]:
    for table in root.iter("table"):
        if not _text(table.find("caption")):
            yield "table without a caption"
        heads = list(table.iter("th"))
        if not heads or any(th.get("scope") not in ("col", "row") for th in heads):
            yield "table headers without scope"


def _pictures(root: Element) -> Iterator[str]:
    for svg in (e for e in root.iter() if e.tag in ("svg", f"{SVG}svg")):
        if svg.get("aria-hidden") == "true":
            continue
        named = {e.tag.removeprefix(SVG) for e in svg if _text(e) and e.get("id")}
        if svg.get("role") != "img" or not {"title", "desc"} <= named:
            yield "svg without role, title or desc"
    yield from ("img without alt" for e in root.iter("img") if e.get("alt") is None)


def _contents(root: Element) -> Iterator[str]:
    yield from ("a script" for e in root.iter("script"))
    for element in root.iter():
        for attribute in ("src", "href", "{http://www.w3.org/1999/xlink}href"):
            value = element.get(attribute) or ""
            beside = element.tag == "a" and BESIDE.fullmatch(value)
            if value and not value.startswith("#") and not beside:
                yield f"not self-contained: {value}"


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def contrast_faults(css: str) -> list[str]:
    """The colour pairs of a style sheet that are too near to one another, in either scheme."""
    light = _variables(css.split("@media")[0])
    found = re.search(r"prefers-color-scheme: dark\)\s*\{(.*?)\}\s*\}", css, re.DOTALL)
    dark = {**light, **_variables(found[1] if found else "")}
    return [
        f"{name}: --{ink} on --{paper} {ratio:.2f}"
        for name, colours in (("light", light), ("dark", dark))
        for ink, paper in PAIRS
        if (ratio := contrast(colours[ink], colours[paper])) < READABLE
    ]


def _variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", css))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG between two colours such as #17212b."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_RUN = """
document.querySelectorAll('details').forEach(d => d.open = true);
axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(found => {
  const say = document.createElement('pre');
  say.id = 'axe-said';
  const slim = list => list.map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.map(n => n.html.slice(0, 160) + ' :: ' + (n.failureSummary || ''))}));
  const text = JSON.stringify({violations: slim(found.violations), passes: found.passes.length});
  say.textContent = btoa(unescape(encodeURIComponent(text)));
  document.body.appendChild(say);
});
"""


def violations(html: str, folder: Path, *, dark: bool = False) -> list[str]:
    """What axe-core finds on a page with every fold open, in one colour scheme.

    A copy of the page with the script in it is written into `folder`.  Raises RuntimeError where the browser does
    not answer; needs `BROWSER`.
    """
    script = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    script = script.replace("</script", "<\\/script")
    copy = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    copy = copy.replace("</body>", f"<script>{script}</script><script>{_RUN}</script></body>")
    page = folder / "axe.html"
    page.write_text(copy, encoding="utf-8")
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    shown = _browse(folder, scheme, "--virtual-time-budget=10000", "--dump-dom", page.as_uri())
    said = re.search(r'<pre id="axe-said">([^<]+)</pre>', shown)
    if said is None:
        raise RuntimeError(f"axe did not answer: {shown[-300:]}")
    found = json.loads(base64.b64decode(said[1]))
    if not found["passes"]:
        raise RuntimeError("axe looked at nothing")
    return [f"{v['id']} ({v['impact']}): {node}" for v in found["violations"] for node in v["nodes"]]


def sheets(html: str, folder: Path) -> int:
    """How many sheets of paper a page prints on; needs `BROWSER`."""
    page, paper = folder / "print.html", folder / "print.pdf"
    page.write_text(html, encoding="utf-8")
    _browse(folder, "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri())
    return len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes()))


def _browse(folder: Path, *options: str) -> str:
    """What the headless browser writes; its profile stays in `folder`."""
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=180, check=False).stdout
