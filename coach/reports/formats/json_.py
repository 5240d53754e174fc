"""JSON, in the published schemas: all that a report holds, as values."""

from __future__ import annotations

from pydantic import BaseModel


def as_json(report: BaseModel) -> str:
    """A report as JSON, indented by two, in the order of its schema."""
    return report.model_dump_json(indent=2) + "\n"
