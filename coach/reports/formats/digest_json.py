"""The weekly digest as JSON; `digest_schema` in `team.py` publishes its schema."""

from __future__ import annotations

from coach.reports.team import TeamDigest


def digest_json(digest: TeamDigest) -> str:
    """The digest as indented JSON with a newline at its end; the text of transcripts is as it was said."""
    return digest.model_dump_json(indent=2) + "\n"
