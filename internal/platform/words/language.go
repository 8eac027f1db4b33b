package words

// language is a row in the tables below. Adding one means a column in every
// table and in every words.toml; the compiler and New find what is missing.
type language uint8

const (
	nl language = iota
	en
	languages = 2
)

var (
	codes = [languages]string{nl: "nl", en: "en"}

	marks = [languages]struct{ thousands, decimal string }{nl: {".", ","}, en: {",", "."}}

	months = [languages][12]string{
		nl: {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"},
		en: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	}
	weekdays = [languages][7]string{
		nl: {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
		en: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	}
)

// Languages lists the codes in which everything can be said, the default first.
func Languages() []string { return []string{codes[nl], codes[en]} }

// Known says that a language code is one of Languages.
func Known(lang string) bool {
	for _, c := range codes {
		if c == lang {
			return true
		}
	}
	return false
}

func languageOf(lang string) language {
	for l, c := range codes {
		if c == lang {
			return language(l)
		}
	}
	return nl
}
