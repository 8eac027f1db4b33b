package language

import (
	"strings"
	"testing"
)

// Each line holds forms of one word, or words that a colleague means when they
// type another: they have one stem.
const dutchFamilies = `
aanvraag aanvragen aanvraagt aangevraagd aangevraagde
vergadering vergaderingen vergaderen vergadert vergaderd
regeling regelingen regelen regelt geregeld regel regels
afdeling afdelingen
medewerker medewerkers
registratie registraties registreren registreert geregistreerd registreer
informatie informeren informeert geinformeerd
organisatie organisaties organiseren georganiseerd
antwoord antwoorden antwoordt
beeld beelden
bord borden bordje bordjes
woord woorden
levering leveren levert geleverd leveringen
inleveren ingeleverd inlevert
betaling betalen betaalt betaald betalingen
probleem problemen probleempje
systeem systemen
idee ideeen
categorie categorieen
bacterie bacterien
knie knieen
lid leden
teamlid teamleden
kind kinderen
stad steden
mogelijkheid mogelijkheden
boom bomen boompje
bom bommen
taak taken
tak takken
maan manen
man mannen
huis huizen huisje
brief brieven briefje
bedrijf bedrijven
school scholen
groot grote
hoog hoge
nieuw nieuwe
duurzaam duurzame
gezond gezonde
gemeente gemeenten gemeentes
gebied gebieden
gebouw gebouwen
jongen jongens
gegeven gegevens
teken tekens tekenen getekend
rekening rekeningen
mens mensen
koers koersen
fiets fietsen gefietst
werken werkt gewerkt werk werkte
bellen belt gebeld
melden meldt gemeld melding meldingen meld
plannen planning plan gepland
dienst diensten
kaart kaarten kaartje
markt markten
collega
laptop laptops
wachtwoord wachtwoorden
rooster roosters
cursus
kosten
lezen gelezen lees
nemen neemt neem
maken maakt gemaakt maak
vragen vraagt gevraagd vraag vraagje
zoeken zoekt zoek
draaien draait gedraaid
groei groeien gegroeid
opleiding opleidingen opleiden opgeleid
uitnodiging uitnodigen uitgenodigd uitnodigingen
verbetering verbeteren verbeterd verbetert
contract contracten
verhuizing verhuizen verhuist verhuisd
bestelling bestellen bestelt besteld bestellingen
reserveren reservering reserveert gereserveerd
patient patienten
verpleegkundige verpleegkundigen
ziekte ziekten ziektes
sleutel sleutels sleutelen
computer computers
afspraak afspraken
ruimte ruimtes ruimten
vergunning vergunningen
wijziging wijzigen wijzigt gewijzigd wijzigingen
vakantie vakanties
feestje feestjes feest
naam namen
jaar jaren
uur uren
prijs prijzen
reis reizen
oplossing oplossen oplossingen
ervaring ervaringen ervaren
declaratie declaraties declareren gedeclareerd declareer
printer printers
parkeren parkeert geparkeerd parkeer
thuiswerken thuiswerkt thuisgewerkt
vacature vacatures
fout fouten foute
scherm schermen
formulier formulieren formuliertje
mail mails
gesprek gesprekken
persoon personen
kantoor kantoren
motor
uitstellen uitgesteld uitstelt
toevoegen toegevoegd toevoegt
vriend vrienden
hand handen handje
maaltijd maaltijden
gebruik gebruiken gebruikt gebruikte gebruikten
gebeuren gebeurt gebeurde gebeurd
volgen gevolgd volgt
wonen gewoond woont
lunch lunches
verlenging verlengen verlengd verlengt
`

// Words on one line have nothing to do with each other.
const dutchStrangers = `
boom bom
taak tak
maan man
gemeente meent
gezond zond
gezin zin
gewoon woon
overheid over
eenheid een
kwaliteit kwaal
geval val
gevaar varen
plant plan
kast kas
test tes
post pos
gebied bieden
gelijk lijk
kamer kam
dienst dien
werk wereld
wet weten
raad rat
bod boot
leraar leer
verlof verloven
week wek
bel beleid
bron brons
kant kan
schaal schal
loon lonk
boek boeket
`

func TestDutchStems(t *testing.T) {
	bad, all := 0, 0
	for _, line := range strings.Split(strings.TrimSpace(dutchFamilies), "\n") {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			all++
			if Stem(Dutch, w) != Stem(Dutch, words[0]) {
				bad++
				t.Errorf("%s is %q, %s is %q", words[0], Stem(Dutch, words[0]), w, Stem(Dutch, w))
			}
		}
	}
	for _, line := range strings.Split(strings.TrimSpace(dutchStrangers), "\n") {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			all++
			if Stem(Dutch, w) == Stem(Dutch, words[0]) {
				bad++
				t.Errorf("%s and %s are both %q", words[0], w, Stem(Dutch, w))
			}
		}
	}
	t.Logf("%d of %d wrong", bad, all)
}
