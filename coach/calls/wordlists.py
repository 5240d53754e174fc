"""Words that decide what is a name and what a number is about.  Data for redaction, no logic."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names that are words of ordinary talk as well: they count as names only where they are written as one.
AMBIGUOUS = _words(
    """
    a al amber an and april archer are art ash at august autumn baker banks basil be bell berry best bill bird
    bishop black bliss bond box bridge bridges brook brooks brown bush buzz can carpenter case cash chance chase
    chip church clay close coach comfort cook cross curry daisy dale dawn day de dean dear del della den der di dick
    do don down drew du duke early east el ernest every fair faith field fields fish fisher flora flower ford forest
    forth fox frank french gene glad glen go good grace grant gray green grey guy hall ham hand hardy harmony hart
    hazel he head heath heather her hill him holiday holly home honour hood hope house hunter i ice in iris is it
    ivy jack jay jewel joy june just kay keen king knight la lance land lane lark law lawn le lee light lily little
    lock long love low lucky ma mace made major man march mark marks marsh mason max may me mellow melody mercy
    miles mill miller mills mine minor moon more moss much my new nick noble noon north note now o of old olive on
    one or order out own pace page paige park parks pat patience peace pearl penny pepper piper place plant pool
    poor pope poppy port post potter pound power precious price pride prince queen rain ray read real reed rest rich
    rick river rivers rob robin rock root rose rowan ruby rusty sage salt sam sandy savage say sea see shade sharp
    she shepherd shore short sierra singer skip sky small smart snow so son song south spring star steel still stone
    storm strange street strong sue summer summers sunny swan swift sy tai tan teal the they tile to tower up van
    verity violet von wade wall ward water waters way we weaver weeks west white wild will wills winter wise wish
    wolf wood woods work worth yes you young yu
    """
)

# What a cue for a name ("this is", "hello") is often followed by instead.
NOT_NAMES = _words(
    """
    s t d ll m re ve wow brilliant lovely finally hallelujah exactly correct
        a about accounts after afternoon again agent all almost already also always am american an and another any
    anyone anything april are as asap ask at away babe back bad bank be because been before being big billing both
    british but by bye call called calling came can cannot cause certainly chat check cheers come could course
    customer customers darling day dear december definitely deliveries delivery did didn do does doesn doing don
    done double down driver each either else email engineer english enough even evening ever every everybody
    everyone everything exactly extremely february fed feel few fine first folks for french friday friend from
    furious german getting give glad go god going gonna good got grand great guys had hang happy has have having he
    hello help her here hers hey hi him his hiya hold home honestly how however hun hung i if ill in inaudible
    indeed indian instead into irish is it its january july june just keep know lad ladies lads last later least let
    like live livid lol look looking lot lots love lovely mad madam manager many mate maybe me mean monday more
    morning most much must my name never new next nhs nice night no nobody none nope not nothing november now
    october of off oh ok okay old on once one online only onto or order other our out over pal perfect phone please
    pleased point polish problem problems question quick quite ready really receive refunds regarding repairs
    returns right said sales same saturday say scottish see seen september service she shop should sick since sir so
    some somebody someone something sorry speak speaking standing still store stuck such sunday supervisor support
    sure surely ta take talk talking team telling than thank thankfully thanks that the their them then there these
    they thing things think this those though through thursday tired to today together tomorrow tonight too total
    totally tried trying tuesday tv two uk unclear understand unfortunately until up upset us usa usually very via
    wait waiting want was we website wednesday week weeks well welsh were what when where which while who whole why
    will wish with without wondering would writing wrong yeah year years yep yes yesterday yet you your yours
    yourself sometimes hopefully frankly obviously basically literally apparently eventually additional additionally shipping status type zip
    names stupid useless
    """
)

# Common in Britain and Ireland; what is also a word of ordinary talk stands under AMBIGUOUS instead.
FIRST_NAMES = _words(
    """
    aaron abigail adam adrian agnes aidan aiden aileen aisha alan albert alejandro alex alexander alexandra alfie
    alice alison alistair allison amanda amelia amir amy ana andrea andrew andy angela anita ann anna anne annie
    anthony antonio aoife arthur asha ashley audrey barbara barry beatrice becky ben benjamin bernadette bernard
    beth bethan betty beverley bob bobby brenda brendan brian bridget bruce bryan caitlin callum cameron carl carla
    carlos carmen carol caroline carolyn catherine cathy cecilia charles charlie charlotte chloe chris christina
    christine christopher ciara claire clare clive colin colleen connor conor craig cynthia damian dan daniel
    danielle danny darren dave david debbie deborah declan deirdre denise dennis derek diana diane dmitri dominic
    donald donna doreen doris dorothy doug douglas duncan dylan edith edward edwin eileen elaine eleanor elena eli
    elizabeth ella ellen ellie elsie emily emma eoin eric erin ethan eva evan eve evelyn fatima fergus finn fiona
    florence frances francesca francis fred freda freddie frederick gail gareth gary gavin gemma geoff geoffrey
    george georgia georgina gerald geraldine gerard gillian gina gladys glenn gloria gordon graham greg gregory gwen
    hamish hannah harold harriet harry hassan heidi helen helena henry hilary howard hugh ian ibrahim imran ingrid
    irene isaac isabel isla ivan jackie jacob jacqueline jake james jamie jan jane janet janice jasmine jason javier
    jean jeff jeffrey jenna jennifer jenny jeremy jerry jess jessica jill jim jimmy joan joanna joanne joe joel john
    johnny jonathan jordan jose joseph josephine josh joshua joyce juan judith judy julia julian julie juliet karen
    karl kate katherine kathleen kathryn kathy katie keith kelly ken kenneth kerry kevin khalid kieran kim kirsty
    kumar kwame kyle laura lauren lawrence leah leanne lena leo leon leonard lesley leslie lewis liam linda lindsay
    lisa liz lloyd logan lois lorna lorraine louis louise lucas lucy luis luke lydia lynn lynne madeleine maeve
    maggie malcolm mandy marcus margaret maria marian marie marilyn marion marjorie martha martin marvin mary mateo
    matilda matt matthew maureen maurice mavis maya megan melanie melissa mia michael michelle miguel mike millie
    miriam mohamed mohammed moira molly monica muhammad muriel nadia nancy naomi natalie natasha nathan neil
    nicholas nicola nigel nikki noah noel nora norma norman nuala olga oliver olivia omar orla oscar owen paddy
    pamela patricia patrick paul paula pauline pedro peggy peter phil philip phoebe phyllis pippa priya rachel rahul
    ralph raymond rebecca reggie rhys richard ricky robert roberta roger roisin ronald ronnie rory rosemary rosie
    ross roy russell ruth ryan sally samantha samuel sanjay saoirse sara sarah scott sean sebastian shannon sharon
    sheila shelley shirley shona sian simon sinead siobhan sofia sonia sophia sophie stacey stan stanley stella
    stephanie stephen steve steven stuart susan susie suzanne sylvia tamara tanya tara ted teresa terry tessa theo
    theresa thomas tim timothy tina toby todd tom tommy tony tracey tracy trevor una ursula valerie vanessa vera
    vernon veronica vicky victor victoria vikram vincent wanda wayne wendy wilfred william winifred yasmin yusuf
    yvonne zack zara zoe
    """
)

# What a number is, by a word before it.
ORDER_CUES = _words(
    """
    booking case complaint consignment invoice item job model order orders parcel part product ref reference return
    sku ticket tracking
    """
)

PRIVATE_CUES = _words(
    """
  account bic card cell csc cvc cvn cvv digits ending ends expiration expires expiry fax iban identity
  insurance landline licence license member membership mob mobile nhs ni nino passcode passport password phone pin
  policy postcode registration security sort ssn swift tel telephone whatsapp zip
  """
)

CARD_CUES = _words(
    """
    csc cvc cvn cvv expiration expires expiry security
    """
)

MONEY_CUES = _words(
    """
    balance bill charge charged cost costs deduct deducted deposit fee instead minus owe owed paid pay plus price
    refund refunded spent total totalling totals worth
    """
)

# Small words between the parts of a number that is read out.
FILLERS = _words(
    """
    ah and dash ehm er erm hyphen mhm mm no ok okay right slash sorry space stroke then uh um wait yeah yep yes
    """
)

# What makes the number before it a quantity.
UNITS = _words(
    """
    amp amps boxes bucks business calls cent cents chairs cm customers day days degrees dollar dollars emails euro
    euros feet foot ft g gb gram grams grand hour hours hr hrs hz inch inches items k kg kids kilo kilometres kilos
    km kw kwh l lb lbs letters litre litres m mb mbps messages meters metre metres mile miles min mins minute
    minutes ml mm month months night nights orders p pages pence people per percent pieces points pound pounds quid
    rpm sec second seconds secs sheets stairs star stars steps stone tb texts time times units v volts w watt watts
    week weeks words working year years
    """
)

MONTHS = _words(
    """
    apr april aug august dec december feb february jan january jul july jun june mar march may nov november oct
    october sep sept september
    """
)

ORDINALS = _words(
    """
    eighteenth eighth eleventh fifteenth fifth first fourteenth fourth nineteenth ninth second seventeenth seventh
    sixteenth sixth tenth third thirteenth thirtieth twelfth twentieth
    """
)

# Words for a street; the second list only where they are capitalised.
STREETS = _words(
    """
    avenue boulevard crescent gardens grove lane mews road street terrace
    """
)

STREETS_CAPITAL = _words(
    """
    ave bank bungalows close cottages court drive flats green heights hill house parade park place quay rd rise row
    square st view villas walk way wharf yard
    """
)

# A capitalised word after these is a name.
RELATIONS = _words(
    """
    aunt auntie boss boyfriend brother called carer colleague dad daughter father fiance flatmate friend girlfriend
    gran granddaughter grandson husband mam mother mum named nan neighbor neighbour nephew niece partner sister son
    uncle wife
    """
)
