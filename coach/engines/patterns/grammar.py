"""The closed classes of English that particulars are read with: number words, days, and the everyday words of service.

They are grammar, not judgement, and stand here rather than in a trainer's lexicons.
"""

from __future__ import annotations

_UNIT_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TEN_WORDS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINAL_WORDS = (
    "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth"
)
_DAY_WORDS = "monday tuesday wednesday thursday friday saturday sunday yesterday fortnight weekend"
_EVERYDAY_WORDS = (
    "account address agent anything back because before bought bring bringing call called calling came check come "
    "coming company could couldn't customer customers date day days deliver delivered deliveries delivery didn't does "
    "doesn't doing done don't email even every everything find first from getting give given going gone good hear hello "
    "help here hold home hour hours information isn't issue item items know last least left line long look looking made "
    "make maybe mean means mind minute minutes moment money month months morning much name need needed needs never next "
    "nobody nothing number once only order ordered orders other paid pardon people person phone please point possible "
    "probably problem product question quite rang read ready really reference refund remember ring ringing said same "
    "saying says screen second seem send sent service should show shows since somebody someone something sorry sort sounds speak "
    "still sure system take taken taking talk tell than thank thanks that's their there there's they they're thing things "
    "think thought through time times today told tomorrow took tried trying understand until very wait waiting want "
    "wanted wants wasn't week weeks well went what's when while will with without won't work working would wouldn't "
    "wrong year years your you're you've cheers lovely great grand fine course right okay yeah actually already also "
    "always another around away being both case certainly definitely different does each either else enough ever "
    "exactly fair happen happened happens hopefully just keep kind left let's like little many might more most must "
    "obviously perfect perhaps place pretty put rather sometimes soon supposed those thousand hundred though together "
    "type under used using usually whatever where whether which whole whose within yourself myself honestly literally "
    "basically absolutely anyway evening afternoon night tonight website page team department office colleague manager"
)

UNITS = {word: at for at, word in enumerate(_UNIT_WORDS.split(), start=2)}
TENS = {word: 10 * at for at, word in enumerate(_TEN_WORDS.split(), start=2)}
ORDINALS = {word: at for at, word in enumerate(_ORDINAL_WORDS.split(), start=3)}
DAYS = frozenset(_DAY_WORDS.split())
EVERYDAY = frozenset(_EVERYDAY_WORDS.split())
DIGITS = frozenset({"oh", "zero", "nought", "one", "double", *list(UNITS)[:8], *"0123456789"})
