package text

import (
	"errors"
	"strings"
	"testing"

	"plein/internal/plein"
)

func TestNamesAreTidied(t *testing.T) {
	for in, want := range map[string]string{
		"  Samira   Bouali \n":      "Samira Bouali",
		"Zoe\u0308":                 "Zoë",
		"a\u00A0b":                  "a b",
		"β-blokkers":                "β-blokkers",
		"Ångström & Œuvre (2e)":     "Ångström & Œuvre (2e)",
		"Иван Петров":               "Иван Петров",
		"नमस्ते":                    "नमस्ते",
		"<script>alert(1)</script>": "<script>alert(1)</script>", // S65: kept as typed; the page escapes it
		"Feest 🎉 ❤️ 👩\u200d⚕️ 👍🏽 1️⃣": "Feest 🎉 ❤️ 👩\u200d⚕️ 👍🏽 1️⃣",
		"می\u200cخواهم":               "می\u200cخواهم",
		"Σοφία 12":                    "Σοφία 12",
	} {
		if got, err := CleanName(in, 40); err != nil || got != want {
			t.Errorf("CleanName(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestS70NamesThatMislead(t *testing.T) {
	for in, key := range map[string]string{
		"Direct\u0435ur":                  "text.name_mixed", // Cyrillic e
		"\u0391dmin":                      "text.name_mixed", // Greek Alpha
		"\u202Egpj.exe":                   "text.name_strange",
		"a\u2066b":                        "text.name_strange",
		"Direc\u200Btie":                  "text.name_strange",
		"Direc\u00ADtie":                  "text.name_strange",
		"Direc\u3164tie":                  "text.name_strange",
		"\uFEFFDirectie":                  "text.name_strange",
		"Direc\u200Dtie":                  "text.name_strange",
		"1\uFE0F2":                        "text.name_strange",
		"🎉\u200D":                         "text.name_strange",
		"🎉\u200Da":                        "text.name_strange",
		"\u200Da":                         "text.name_strange",
		"Direc\uFE0Ftie":                  "text.name_strange",
		"a\u2028b":                        "text.name_strange",
		"a\nb":                            "text.name_strange",
		"a\tb":                            "text.name_strange",
		"a\x00b":                          "text.name_strange",
		"a\x1b[31mb":                      "text.name_strange", // S71
		"a\u0085b":                        "text.name_strange",
		"z\u0301\u0301\u0301\u0301\u0301": "text.name_strange",
		"a\uFFFEb":                        "text.name_strange",
		"\xff":                            "text.not_text",
		" \n ":                            "text.name_empty",
		strings.Repeat("é", 41):           "text.too_long",
		strings.Repeat("a", 9999):         "text.too_long",
	} {
		got, err := CleanName(in, 40)
		if e := plein.AsError(err); err == nil || e.Kind != plein.Invalid || e.Key != key {
			t.Errorf("CleanName(%q) = %q, %v; want %s", in, got, err, key)
		}
	}
	if got, err := CleanName(strings.Repeat("é", 40), 40); err != nil || got != strings.Repeat("é", 40) {
		t.Errorf("the longest name is refused: %v", err)
	}
}

func TestBodiesAreKeptAsWritten(t *testing.T) {
	for in, want := range map[string]string{
		"a\r\nb\rc":         "a\nb\nc",
		"\n \n    code\n":   "    code",
		"a\tb\vc":           "a\tb\nc",
		"\uFEFFa\u2028b":    "a\nb",
		" \n\n ":            "",
		"👩\u200d⚕️ e\u0301": "👩\u200d⚕️ e\u0301",
	} {
		if got, err := CleanBody(in, 40); err != nil || got != want {
			t.Errorf("CleanBody(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestS74BytesThatAreNoText(t *testing.T) {
	for _, in := range []string{"a\xff", "a\x00b", "\xed\xa0\x80", "a\uFFFFb", "a\uFDD0", "a\x1b]0;x\x07", "\x7f", "a\u0090", "\xc0\xaf"} {
		if got, err := CleanBody(in, 40); !errors.Is(err, errNotText) {
			t.Errorf("CleanBody(%q) = %q, %v", in, got, err)
		}
		doc, err := New().Render(in)
		if err != nil || strings.ContainsFunc(doc.HTML+doc.Plain, isRefused) {
			t.Errorf("Render(%q) = %q, %v", in, doc.HTML, err)
		}
	}
	_, err := CleanBody(strings.Repeat("é", 41), 40)
	if e := plein.AsError(err); err == nil || e.Key != "text.too_long" || e.Args["max"] != 40 || e.Args["count"] != 41 {
		t.Errorf("too long gives %v", err)
	}
	// Entities can spell what cannot be typed.
	doc := render(t, "a&#27;[31m &#0; &#x85; &#xFFFE; b")
	if strings.ContainsFunc(doc.HTML+doc.Plain, isRefused) {
		t.Errorf("entities bring control characters back: %q", doc.HTML)
	}
}

func TestFoldFindsNamesHoweverTyped(t *testing.T) {
	for in, want := range map[string]string{
		"Zoë van  'T Hof":   "zoe van 't hof",
		"ZOE\u0308":         "zoe",
		"D’Hont":            "d'hont",
		"Łukasz Ørsted":     "lukasz orsted",
		"Straße ﬁn Ｆull":    "strasse fin full",
		" İpek\tIşık ":      "ipek isik",
		"Marie\u2011Louise": "marie-louise",
		"":                  "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldTag(t *testing.T) {
	for in, want := range map[string]string{"#Zorg": "zorg", "e\u0301té": "été", "A-b_1": "a-b_1", "2026plan": "2026plan", "İst": "ist"} {
		if got, ok := FoldTag(in); !ok || got != want {
			t.Errorf("FoldTag(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "#", "12", "a b", "a/b", "a<b", "../x", "a\u200bb", "a\u202eb", "\u0301a", "\xff", strings.Repeat("a", 51), "_-", "😀"} {
		if got, ok := FoldTag(in); ok {
			t.Errorf("FoldTag(%q) = %q, true", in, got)
		}
	}
}
