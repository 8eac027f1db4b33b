package browser

import (
	"testing"

	"plein/test/tabs"
)

// TestNamingSomebody writes a name as people do: the beginning of it, the arrows and
// Enter, and hears who could not read it.
func TestNamingSomebody(t *testing.T) {
	t.Parallel()
	p := as(t, lived, "eva.lindhout")
	p.Go("/")
	p.Click("#schrijf-tekst")
	p.Keys("Dag @kolk")
	const offers = `[...document.querySelectorAll(".suggest [role=option]")]`
	p.Await("a list of names", offers+`.some((o) => o.textContent.includes("Bram Kolkman"))`)
	if got := tabs.Eval[string](p, `(() => {
		const f = document.querySelector("#schrijf-tekst"), list = document.getElementById(f.getAttribute("aria-controls"));
		const at = document.getElementById(f.getAttribute("aria-activedescendant"));
		return [list?.getAttribute("role"), list?.getAttribute("aria-label"), at?.getAttribute("aria-selected"), document.activeElement.id].join(" ");
	})()`); got != "listbox Voorstellen true schrijf-tekst" {
		t.Errorf("the list is announced as %q", got)
	}
	for tabs.Eval[bool](p, `!document.querySelector(".suggest [aria-selected=true]").textContent.includes("Bram Kolkman")`) {
		p.Run(`document.querySelector("#schrijf-tekst").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowDown", bubbles: true}))`)
	}
	p.Keys("\r")
	if got := tabs.Eval[string](p, `document.querySelector("#schrijf-tekst").value`); got != "Dag @Bram Kolkman " {
		t.Errorf("the text is %q", got)
	}
	p.Await("what it does", `document.querySelector(".suggest-notes")?.textContent.includes("Bram Kolkman kan dit bericht niet zien")`)
	p.Keys("en #")
	p.Await("a list of hashtags", offers+`.some((o) => o.textContent.startsWith("#"))`)
	p.Keys("\x1b")
	if p.Has(".suggest") {
		t.Error("Escape leaves the list")
	}
	p.Fill("#schrijf-tekst", "")
}
