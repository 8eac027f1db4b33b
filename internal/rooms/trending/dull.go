package trending

import (
	"strings"

	"plein/internal/platform/language"
)

// dullWords say nothing of a subject, in either language: the small words, what
// people do all day (go, make, know), when and how much, and being polite. They
// are folded.
const dullWords = `
aan aangezien achter af afgelopen al alle allebei alleen allemaal alles als alsof altijd ander andere anderen anders ben bent bij
bijna bijvoorbeeld binnen blijf blijft blijven boven buiten daar daarna daarom dag dagen dan dank dankjewel dankwel dat de den der
deze dezelfde die dient dit doe doen doet door dus echt echter een eens eerst eerste eigenlijk elk elke en enkele er erg ergens
even fijn gaan gaat ga gaf gebruik gebruiken gebruikt gedaan geef geeft geen gehad gekomen geleden gemaakt genoeg gewoon geven ging
goed goede graag groetjes groeten had hadden halen handig heb hebben hebt heeft heel heen helaas helemaal helpen helpt hem hen het
hetzelfde hier hij hoe hoeft hoeven hoi hoor hun idee ieder iedere iedereen iemand iets ik in is ja jaar je jij jou jouw jullie kan
keer kent kijk kijken klein klopt kom komen komende komt kon konden kort kreeg krijg krijgen krijgt kun kunnen kunt kwam laat laatste
laten later lang langer lekker leuk leuke liever ligt lijkt maak maakt maak maar maken man maand maanden mag mee meer meest meestal
men mensen met mij mijn minder minuten misschien moest moet moeten mogelijk mogen mooi mooie morgen na naar nadat net niemand niet
niets nieuw nieuwe nog nodig nooit nu of om omdat onder ons onze ook op over paar past per plek precies prima probeer proberen
reactie regel samen sinds snel soms staan staat steeds stel stond stuur sturen te tegen terug tijd tijdens toch toe toen tot totdat
tussen twee drie vier vijf tien uit uur uren van vanaf vandaag vanmiddag vanmorgen vanavond vast veel verder via vind vinden vindt
volgende volgens voor vooral voordat vorige vraag vragen vroeg waar waarom wanneer want waren was wat we week weken weer weet wel
welk welke werd werden werken werkt weten wie wij wil willen wilt word worden wordt wou zag zal ze zei zeg zeggen zegt zei zelf
zelfs zet zetten zich zie zien ziet zij zijn zit zitten zo zoals zodat zoek zoeken zoekt zonder zou zouden zult zullen
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag gisteren overmorgen ochtend middag avond nacht weekend
januari februari maart april mei juni juli augustus september oktober november december
collega collegas iedereen bedankt dankje goedemorgen hallo hi hey succes welkom tip tips gr groet mvg allen beste
a about above across actually after afternoon again ago all almost along already also although always am an and another any
anybody anyone anything are around as ask asked asking at away back be became because been before behind being below best better
between big both but by call came can cannot cant case check cheers come comes coming could couldnt day days did didnt different do
does doesnt doing done dont down during each else end enough especially even evening ever every everybody everyone everything
far feel few find fine first for found from full gave get gets getting give given gives go goes going gone gonna good got great had
happen happened has have havent having he hello help her here hers hi high him his home hope hour hours how however i id if ill im
in instead into is isnt it its ive just keep kind know known last late later least left less let lets like likely little long look
looking looks lot lots made make makes making many may maybe me mean means might minutes mine month months more morning most much
must my need needed needs never new next nice night no nobody none nor not nothing now of off often oh ok okay old on once one ones
only onto or other others our ours out over own part people per perhaps place please point possible probably problem put question
quite rather re read really reply right said same saw say saying says see seems seen send sent set several shall she should show
side since small so some somebody someone something sometimes soon sorry still stuff such sure take taken takes talk tell than thank
thanks that thats the their theirs them then there theres these they theyre thing things think this those though thought three
through time times to today together told tomorrow tonight too took toward tried try trying turn two under until up upon us use
used user uses using usually ve very via want wanted wants was wasnt way ways we week weeks weekend well went were weve what whats
when where whether which while who whole whom whose why will with within without wont work worked working works would wouldnt wrong
yeah year years yes yesterday yet you youll your youre yours youve
monday tuesday wednesday thursday friday saturday sunday january february march june july august october december
image img http https www com html pdf jpg png`

// dull is the set of them.
var dull = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(dullWords) {
		out[w] = true
	}
	return out
}()

// stem brings a folded word back to the form under which it is counted.
func stem(lang, word string) string {
	if lang != language.English {
		lang = language.Dutch
	}
	return language.Stem(lang, word)
}
