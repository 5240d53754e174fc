"""The digest's sections as every format prints them: title, lead, tables, quoted moments, or the line that says "nothing".

Formats differ in how they set a section, never in what it says.
"""

from __future__ import annotations

from coach.reports.digest_means import stages, weights
from coach.reports.digest_words import (
    NEEDS_MEANING,
    Section,
    Table,
    chances,
    clipped,
    coverage_figures,
    listed,
    plural,
    recognition_moment,
)
from coach.reports.team import TeamDigest
from coach.reports.team_agenda import percent
from coach.reports.team_parts import FEWEST_CHANCES, FEWEST_FOR_NUMBER

MUST = ("critical_flag", "contest", "instruction_like_text")
"""The kinds of review that somebody is waiting for; others are samples to read."""


def sections(digest: TeamDigest) -> tuple[Section, ...]:
    """All sections of a digest in their order; one that has nothing says so in its lead."""
    return (
        _coverage(digest),
        _needs(digest),
        _recognitions(digest),
        _issues(digest),
        _blockers(digest),
        _promises(digest),
        _reviews(digest),
        _improved(digest),
        _agenda(digest),
        _pairings(digest),
        _training(digest),
        _hard_runs(digest),
        stages(digest),
        weights(digest),
    )


def _coverage(digest: TeamDigest) -> Section:
    covered = digest.coverage
    tables = [
        Table(
            "What this digest rests on",
            (("Figure", ""), ("Count", "num"), ("Remark", "")),
            coverage_figures(covered),
        )
    ]
    reasons = [
        (kind, reason.reason, f"{reason.count:,}", ", ".join(reason.examples))
        for kind, found in (("refused", covered.refused), ("stage ungraded", covered.ungraded))
        for reason in found
    ]
    if reasons:
        columns = (("What", ""), ("Reason", ""), ("Count", "num"), ("For example", ""))
        tables.append(Table("Refused and ungraded", columns, tuple(reasons)))
    lines = []
    waiting = [f"{kind.name.lower()} {kind.due:,}" for kind in digest.reviews if kind.kind in MUST]
    if waiting:
        lines.append(f"Waiting for a person's decision: {', '.join(waiting)}; see “To be reviewed”.")
    if covered.outcomes:
        told = ", ".join(f"{n:,} {outcome}" for outcome, n in covered.outcomes)
        lines.append(f"How calls ended for the customer: {told}. This stands beside the grades and never moves them.")
    if covered.apart:
        lines.append(
            f"{plural(covered.apart, 'call')} graded with another engine, model or playbook: in the lists below, "
            "not in any rate."
        )
    return Section("coverage", "Coverage", "", tuple(tables), tuple(lines))


def _needs(digest: TeamDigest) -> Section:
    needs = digest.needs
    if not needs.rows:
        lead = f"Nobody had {FEWEST_CHANCES} chances at any one check from {needs.since} to {needs.until} yet."
        return Section("needs", "Who needs what", lead)
    rows = []
    for place, check_id in enumerate(needs.checks):
        seen = [(row.agent, row.cells[place]) for row in needs.rows if row.cells[place].rate is not None]
        cells = ", ".join(f"{agent} {chances(cell.earned, cell.chances)}" for agent, cell in seen)
        rows.append((check_id, digest.check(check_id).name, cells))
    lead = (
        f"What was done of the chances there were, {needs.since} to {needs.until}; a partial counts one half. "
        f"Shown from {FEWEST_CHANCES} chances up, agents in alphabetical order."
    )
    if not digest.ai:
        lead += " Partial view: wording that was not found is no miss."
    thin = (f"Too few chances to say: {', '.join(needs.thin)}.",) if needs.thin else ()
    table = Table("Check by agent", (("Check", "id"), ("What it is", ""), ("Done of chances", "")), tuple(rows))
    return Section("needs", "Who needs what", lead, (table,), thin)


def _recognitions(digest: TeamDigest) -> Section:
    lead = "Moments worth naming, in the agents' own words. What came next came after, not always because."
    if not digest.recognitions:
        lead = "No moment with a proven quote this week: no quote, no praise."
    moments = tuple(recognition_moment(r) for r in digest.recognitions)
    return Section("recognitions", "Worth recognising", lead, moments=moments)


def _issues(digest: TeamDigest) -> Section:
    if not digest.issues:
        return Section("issues", "Recurring issues", "No recurring issue was named in this week's calls.")
    rows = tuple(
        (
            issue.name if issue.listed else f"{issue.name} (new)",
            f"{issue.calls:,}",
            "no calls then" if issue.before is None else f"{issue.before:,}",
            listed(issue.call_ids, issue.calls),
        )
        for issue in digest.issues
    )
    columns = (("Issue", ""), ("Calls", "num"), ("Week before", "num"), ("In", ""))
    return Section("issues", "Recurring issues", "", (Table("Recurring issues and where", columns, rows),))


def _blockers(digest: TeamDigest) -> Section:
    if not digest.blockers:
        return Section("blockers", "What stood in the way", "Nothing outside the agents' control was named this week.")
    columns = (("Call", "id"), ("What", ""), ("In the call's words", ""))
    tables = []
    for blocker in digest.blockers:
        caption = f"{blocker.name}: {blocker.count:,}"
        if len(blocker.entries) < blocker.count:
            caption += f", the latest {len(blocker.entries)} listed"
        rows = tuple((e.call_id, e.what, f"“{clipped(e.quote).text}”") for e in blocker.entries)
        tables.append(Table(caption, columns, rows))
    lead = "Policy, tools and authority: for the organisation to mend, and in nobody's score."
    return Section("blockers", "What stood in the way", lead, tuple(tables))


def _promises(digest: TeamDigest) -> Section:
    promises = digest.promises
    if not promises.total:
        return Section("promises", "Promises made", "No promise was made in this week's calls.")
    rows = tuple((p.call_id, p.agent, p.who, p.what, p.when or "no time given", p.outcome) for p in promises.entries)
    lead = f"{plural(promises.total, 'promise')}, {promises.without_when:,} without a time."
    if len(rows) < promises.total:
        lead += f" The {len(rows)} to look at first: not settled, no time given, latest."
    lead += " A transcript shows the promise, not whether it was kept."
    columns = (("Call", "id"), ("Agent", "id"), ("Who", ""), ("What", ""), ("When", ""), ("Ended", ""))
    return Section("promises", "Promises made", lead, (Table("Promises", columns, rows),))


def _reviews(digest: TeamDigest) -> Section:
    decided, lines = _decided(digest)
    if not digest.reviews:
        return Section("reviews", "To be reviewed", "Nothing waits for a person's decision.", decided, lines)
    tables = []
    for kind in digest.reviews:
        caption = f"{kind.name}: {kind.due:,}"
        if len(kind.items) < kind.due:
            caption += f", the first {len(kind.items):,} listed"
        rows = tuple((item.call_id, item.agent, item.detail, item.id or "not queued") for item in kind.items)
        columns = (("Call", "id"), ("Agent", "id"), ("What to look at", ""), ("Review", "id"))
        tables.append(Table(caption, columns, rows))
    lead = "A person decides; the command is coach review. A critical flag is not shown to the agent until it is confirmed."
    return Section("reviews", "To be reviewed", lead, (*tables, *decided), lines)


def _decided(digest: TeamDigest) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """The contests that people decided: a table, and their counts in a line; nothing of either where there are none."""
    of = digest.contests
    if not of.items:
        return (), ()
    counts = f"{of.upheld:,} upheld, {of.changed:,} changed otherwise, {of.denied:,} denied"
    columns = (("Call", "id"), ("Agent", "id"), ("What was contested", ""), ("Decision", ""), ("Review", "id"))
    rows = tuple((item.call_id, item.agent, item.detail, item.decided, item.id) for item in of.items)
    caption = f"Contests decided: {of.upheld + of.changed + of.denied:,}"
    return (Table(caption, columns, rows),), (f"Contested verdicts decided: {counts}.",)


def _improved(digest: TeamDigest) -> Section:
    if not digest.improved:
        lead = f"No focus has moved up yet; that takes {FEWEST_FOR_NUMBER} chances before and {FEWEST_FOR_NUMBER} this week."
        return Section("improved", "Moved on their own focus", lead)
    rows = tuple(
        (i.agent, digest.check(i.check_id).name, i.since, percent(i.rate_then), percent(i.rate_now), str(i.chances))
        for i in digest.improved
    )
    columns = (
        ("Agent", "id"),
        ("Focus", ""),
        ("Since", "id"),
        ("Before", "num"),
        ("This week", "num"),
        ("Chances", "num"),
    )
    lead = "Each against their own past only."
    return Section("improved", "Moved on their own focus", lead, (Table("Focus that moved up", columns, rows),))


def _agenda(digest: TeamDigest) -> Section:
    if not digest.agenda:
        return Section("agenda", "For the 1:1s", "No agent had a graded call this week.")
    rows = tuple((a.agent, str(a.calls), a.last_action, a.moved, a.say, a.ask) for a in digest.agenda)
    columns = (
        ("Agent", "id"),
        ("Calls", "num"),
        ("Last week's action", ""),
        ("Did it move", ""),
        ("What to say", ""),
        ("What to ask", ""),
    )
    lead = "One conversation each: open with what worked, then one thing."
    return Section("agenda", "For the 1:1s", lead, (Table("1:1 agenda", columns, rows),))


def _pairings(digest: TeamDigest) -> Section:
    if not digest.pairings:
        lead = "Nobody's focus matches something a colleague does well over five chances or more."
        return Section("pairings", "Pairs that could help", lead if digest.ai else NEEDS_MEANING)
    rows = tuple((p.agent, digest.check(p.check_id).name, " or ".join(p.partners)) for p in digest.pairings)
    columns = (("Works on it", ""), ("What", ""), ("Does it well", ""))
    lead = "Opt-in: ask both first. To watch or to talk, never to grade each other."
    return Section("pairings", "Pairs that could help", lead, (Table("Pairs", columns, rows),))


def _training(digest: TeamDigest) -> Section:
    if not digest.training:
        lead = "No check is weak across the team over five chances or more."
        return Section("training", "To practise as a team", lead if digest.ai else NEEDS_MEANING)
    rows = tuple((digest.check(t.check_id).name, chances(t.earned, t.chances), t.text) for t in digest.training)
    columns = (("Check", "id"), ("Done of chances", "num"), ("Exercise", ""))
    return Section("training", "To practise as a team", "", (Table("Exercises", columns, rows),))


def _hard_runs(digest: TeamDigest) -> Section:
    if not digest.hard_runs:
        lead = "No calls with hostile customers followed one another without a gap."
        return Section("hard_runs", "Hard calls in a row", lead)
    rows = tuple((r.agent, r.started, str(r.calls), listed(r.call_ids, r.calls)) for r in digest.hard_runs)
    columns = (("Agent", "id"), ("From", "id"), ("Calls", "num"), ("Which", ""))
    lead = (
        "Calls with hostile customers, under 5 minutes apart (under 15 from start to start where a call's length is "
        "not known); the three longest runs of each agent. A matter of planning: a gap could be put there."
    )
    return Section("hard_runs", "Hard calls in a row", lead, (Table("Runs of hard calls", columns, rows),))
