"""The digest's page can be read by everybody."""

from __future__ import annotations

import digest_made as made
import pytest
from accessibility import BROWSER, SCHEMES, faults_of, violations
from test_reports_digest_formats import MADE_AT, full, hostile

from coach.reports.formats.digest_html import digest_html

PAGES = {"full": full, "hostile": hostile, "empty": made.digest}


@pytest.mark.parametrize("kind", PAGES)
def test_the_digests_page_is_well_made(kind: str) -> None:
    """Landmarks, heading order, ids, names, table headers and pictures: nothing is missing."""
    assert faults_of(digest_html(PAGES[kind](), made_at=MADE_AT)) == []


if BROWSER:  # decided at collection: without a browser there is nothing to run, and nothing to skip

    @pytest.mark.browser
    @pytest.mark.parametrize("scheme", SCHEMES)
    def test_axe_finds_nothing_on_the_digest(scheme: str, tmp_path) -> None:
        """The rules of axe-core hold in the light and in the dark scheme."""
        assert violations(digest_html(full(), made_at=MADE_AT), tmp_path, dark=scheme == "dark") == []
