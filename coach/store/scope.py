"""Whose calls a reader may see: everyone's, one team's, one agent's.

A scope narrows a query; it does not decide who gets which scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from coach.errors import BadSettings

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see; made by `everyone`, `of_team` or `of_agent`.

    An empty name of a team or agent raises BadSettings: it must never widen what is seen.
    """

    kind: Literal["everyone", "team", "agent"]
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in ("everyone", "team", "agent"):
            raise BadSettings(f"no scope is called {self.kind!r}", "use everyone, team or agent")
        if (self.kind == "everyone") == bool(self.name.strip()):
            raise BadSettings(
                f"a scope of kind {self.kind} cannot have the name {self.name!r}", "name one team or agent"
            )

    @classmethod
    def everyone(cls) -> Scope:
        """All teams and agents."""
        return cls("everyone")

    @classmethod
    def of_team(cls, team: str) -> Scope:
        """The calls of one team."""
        return cls("team", team)

    @classmethod
    def of_agent(cls, agent: str) -> Scope:
        """The calls of one agent."""
        return cls("agent", agent)

    def where(self, table: FromClause) -> ColumnElement[bool]:
        """The condition that holds for the rows of `table` (with columns `agent` and `team`) inside this scope."""
        from sqlalchemy import true

        if self.kind == "everyone":
            return true()
        column = table.c.team if self.kind == "team" else table.c.agent
        return column == self.name

    def whole(self) -> ColumnElement[bool]:
        """The condition for rows that belong to no agent or team: true for everyone, false for a narrower scope."""
        from sqlalchemy import false, true

        return true() if self.kind == "everyone" else false()
