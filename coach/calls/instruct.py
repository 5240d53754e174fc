"""Text in a call that talks to a grader or a model instead of to the other person.

It is flagged for people, never punished and never obeyed.  The patterns are data about wording; a hit proves nothing.
"""

from __future__ import annotations

import re

# Letters of other alphabets that look like Latin ones hide a word from every list.
_LOOKALIKES = str.maketrans("аеорсхуіѕԁԛѡАВЕКМНОРСТХαοε", "aeopcxyisdqwABEKMHOPCTXaoe")

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:ignor\w{1,3}|disregard|forget|override|bypass|skip)\W{1,3}(?:\w{1,20}\W{1,3}){0,4}(?:instruction|rubric|prompt|guideline|criteria|system message)",
        r"\b(?:as|dear|attention|note (?:to|for)|message (?:to|for)|hello|hey|to) (?:the |our |any |you,? )?(?:\w{1,12} )?"
        r"(?:grader|reviewer|evaluator|assessor|scorer|llm|language model|grading (?:ai|model|system))\b",
        r"\b(?:reviewing|grading|scoring|evaluating|assessing|judging) (?:ai|model|bot|system|llm|assistant)\b",
        r"\b(?:ai|a\.i\.|llm|gpt|chatgpt|model|bot|whoever|whatever)\b.{0,30}\b(?:grad|scor|review|evaluat|assess|mark)(?:es|ing|er|or)\b",
        r"\b(?:system prompt|developer message|jailbreak|new instructions|prompt injection)\b",
        r"\byou are now (?:a|an|in|the)\b",
        r"\b(?:mark|score|grade|rate)\b.{0,30}\b(?:every|all|each)\b.{0,20}\b(?:check|stage|criteri|item|point|met)",
        r"\b(?:give|award|score|rate|grade|mark|assign)\b.{0,10}\b(?:this|the|me|him|her|my|your)\b.{0,20}"
        r"(?:\b(?:10|5|five|ten|full|maximum|max|perfect|top|high\w{0,3}|best)\b.{0,12}(?:/ ?(?:5|10)|\bout of|\bscores?\b|\bmarks?\b|\brating)|\b[45] ?/ ?5|\b(?:9|10) ?/ ?10|\b100 ?%)",
        r"\b(?:score|rating|grade)s? ?[:=-] ?(?:5|10|100|met|pass)\b",
        r"\bfinal (?:score|grade|rating)s?\b|\bevaluation complete\b|\bend[ _]of[ _]transcript|\bend_transcript",
        r"\b(?:reviewer|grader|evaluator|assessor|supervisor|qa|quality)(?:'s)? note\b",
        r"\"(?:score|verdict|findings|stage_id|stage)\" ?:",
        r"\b(?:mark|grade|score) (?:this|it|that|them|everything) as (?:met|passed|resolved|perfect)\b",
        r"\bsay that (?:i|the agent|this agent) (?:improved|did|was|were|is)\b",
        r"[<‹]\|.{1,40}\|[>›]|\[/?INST\]|[<‹]{1,2}/?(?:sys|transcript|system|turn|instructions?|im_start|im_end)\b",
        r"\bT\d{1,4} ?\| ?(?:AGENT|CUSTOMER|SYSTEM)\b",
        r"(?:^|[.\n] ?)(?:system|assistant|human)\s?:",
        r"\bignor(?:ez|iere|a|iert)\b.{0,40}\b(?:instruc|instruk|anweisung|consigne)",
        r"(?:忽略|无视|請忽略|请忽略).{0,20}(?:评分|指令|标准|提示|規則|规则)|满分",
        r"\b(?:reveal|print|repeat|show|output)\b.{0,30}\b(?:rubric|system (?:prompt|message)|your instructions)\b",
        r"\bgrade (?:leniently|generously|kindly)\b|\bgenerous grader\b",
        r"\bscore (?:5|five|10|ten)\b|\b(?:score|rate|grade) (?:me|us) (?:a )?(?:5|five|10|ten|full|high)",
    )
)


def gives_orders(line: str) -> bool:
    """True where a cleaned line, not yet neutralised, gives a grader or a model orders or passes for its input."""
    plain = line.translate(_LOOKALIKES)
    return any(pattern.search(plain) for pattern in _PATTERNS)
