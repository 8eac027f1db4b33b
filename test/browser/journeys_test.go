package browser

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"plein/internal/platform/testkit"
	"plein/test/house"
	"plein/test/tabs"
)

var inLetter = regexp.MustCompile(`http://[^\s"<>]+/sign-in/link/[\w-]+`)

// signInByLetter asks for a link on the sign-in page, waits for the letter, opens
// what stands in it and presses the button.
func signInByLetter(t *testing.T, p *tabs.Tab, s *house.Stage, role string) {
	t.Helper()
	who, err := s.People.Find(t.Context(), s.Roles[role])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(p.Path(), "/sign-in") {
		p.Go("/")
	}
	p.Fill("input[name=email]", who.Email)
	p.Follow("button[name=way][value=link]")
	link := ""
	testkit.Eventually(t, "the letter with the link to arrive", func() bool {
		letters, err := s.Letters()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range letters {
			if string(l.To) == who.Email || strings.Contains(string(l.Raw), who.Email) {
				link = inLetter.FindString(l.Text)
			}
		}
		return link != ""
	})
	p.Go(strings.TrimPrefix(link, s.URL))
	p.Follow("main form button")
}

// has waits for a text in the column of the page.
func has(t *testing.T, p *tabs.Tab, text string) {
	t.Helper()
	if got := p.Text("main"); !strings.Contains(got, text) {
		t.Fatalf("%s does not say %q, but:\n%s", p.Path(), text, got)
	}
}

// expect forgets what went wrong on purpose.
func expect(t *testing.T, p *tabs.Tab, what string) {
	t.Helper()
	for _, w := range p.Wrongs() {
		if !strings.Contains(w, what) {
			t.Errorf("%s", w)
		}
	}
}

const firstPost = "main article.post"

// TestNurse is a nurse's few minutes: in by a letter, the must-read, a thread, a
// reply, a reaction, something to keep, and out.
func TestNurse(t *testing.T) {
	t.Parallel()
	p := tab(t, lived.House)
	p.Look(tabs.Look{Width: 390, Height: 844})
	p.Go("/")
	if !strings.HasPrefix(p.Path(), "/sign-in") {
		t.Fatalf("a stranger is led to %s", p.Path())
	}
	signInByLetter(t, p, lived, "nurse")
	if p.Path() != "/" || !p.Has(firstPost) {
		t.Fatalf("signing in leads to %s", p.Path())
	}
	if !p.Has("article.must .must-foot button") {
		t.Fatal("the must-read does not stand on top")
	}
	p.Follow("article.must .must-foot button")
	if p.Has("#p-" + lived.Must.String() + " .must-foot button") {
		t.Error("the must-read asks again what was just confirmed")
	}
	if !p.Has(".flash") {
		t.Error("nothing says that it was confirmed")
	}
	p.Go("/latest")
	p.Follow(firstPost + " h2 a")
	p.Fill(".reply-long textarea[name=body]", "Dank, dit hebben we op B3 nodig.")
	p.Follow(".reply-long button.btn-primary")
	has(t, p, "Dank, dit hebben we op B3 nodig.")
	react(t, p)
	p.Click("main .post-acts form[action$=bookmark] button")
	p.Await("the bookmark to stand", `(b => b.getAttribute("aria-pressed") === "true" && !b.dataset.busy)(document.querySelector("main .post-acts form[action$=bookmark] button"))`)
	thread := strings.Split(p.Path(), "?")[0]
	p.Go("/saved")
	if !p.Has(`main a[href^="` + thread + `"]`) {
		t.Error("what was kept is not among what is saved")
	}
	p.Click(".me-menu > summary")
	p.Follow(".me-menu form[data-sign-out] button")
	if left := tabs.Eval[int](p, `Object.keys(localStorage).filter(k => k.startsWith("plein.draft.")).length`); left > 0 {
		t.Errorf("%d drafts stay on the device after signing out", left)
	}
	p.Back()
	p.Await("the page before signing out not to be there", `location.pathname.startsWith("/sign-in")`)
	if strings.Contains(p.Text("body"), "Samira") {
		t.Error("going back after signing out shows who was here")
	}
}

// react gives a reaction and takes it back when the network is gone.
func react(t *testing.T, p *tabs.Tab) {
	t.Helper()
	const open = "main article.post .post-f details.menu > summary"
	const thanks = `main article.post .post-f .pop-react button[value=thanks]`
	const shown = `document.querySelector('main article.post .post-f button.react[data-count-for=thanks], main article.post .post-f .react-form > button[value=thanks]')`
	at := p.Path()
	p.Click(open)
	p.Click(thanks)
	p.Await("the reaction to stand", shown+`?.getAttribute("aria-pressed") === "true" && !`+shown+`.hidden`)
	p.Await("the reaction to be sent", `!`+shown+`.dataset.busy`)
	if p.Path() != at {
		t.Errorf("reacting left the page for %s", p.Path())
	}
	p.Offline(true)
	p.Run(shown + ".click()")
	p.Await("the page to say that it did not work", `document.getElementById("melding").textContent !== ""`)
	p.Await("the reaction to come back", shown+`?.getAttribute("aria-pressed") === "true" && !`+shown+`.hidden`)
	p.Offline(false)
	expect(t, p, "ERR_INTERNET_DISCONNECTED")
	p.Go(at)
	if !tabs.Eval[bool](p, `document.querySelector('main article.post .post-f button[value=thanks][aria-pressed=true]') !== null`) {
		t.Error("the reaction was not kept")
	}
}

// TestWithoutScripts does the same by forms alone.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	p := tab(t, lived.House)
	p.Scripts(false)
	p.Go("/")
	signInByLetter(t, p, lived, "director")
	if p.Path() != "/" {
		t.Fatalf("signing in leads to %s", p.Path())
	}
	p.Go("/posts/new")
	p.Fill("textarea[name=body]", "Zonder scripts geschreven. #zonder")
	p.Follow("main form button.btn-primary")
	has(t, p, "Zonder scripts geschreven.")
	p.Go("/tags/zonder")
	p.Follow(firstPost + " a.plainlink")
	at := strings.Split(p.Path(), "?")[0]
	p.Fill(".reply-long textarea[name=body]", "En zo beantwoord.")
	p.Follow(".reply-long button.btn-primary")
	has(t, p, "En zo beantwoord.")
	p.Go(at)
	p.Click(firstPost + " .post-f details.menu > summary")
	p.Follow(firstPost + " .post-f .pop-react button[value=nice]")
	if !p.Has(firstPost + " .post-f button[value=nice][aria-pressed=true]") {
		t.Error("the reaction was not kept")
	}
	p.Follow(firstPost + " .post-acts form[action$=bookmark] button")
	p.Go("/saved")
	has(t, p, "Zonder scripts geschreven.")
	p.Go(at)
	p.Click(firstPost + " .post-h details.menu > summary")
	p.Follow(firstPost + ` .post-h a[href$="/edit"]`)
	p.Fill("textarea[name=body]", "Zonder scripts veranderd.")
	p.Follow("main form button.btn-primary")
	has(t, p, "Zonder scripts veranderd.")
	p.Go("/groups")
	p.Follow(`main form[action$="/join"] button`)
	if !strings.HasPrefix(p.Path(), "/groups/") || !p.Has(".flash") {
		t.Errorf("joining a group leads to %s", p.Path())
	}
	p.Click(".me-menu > summary")
	p.Follow(".me-menu form[data-sign-out] button")
	p.Go("/")
	if !strings.HasPrefix(p.Path(), "/sign-in") {
		t.Errorf("after signing out / leads to %s", p.Path())
	}
}

// TestCompose writes with a photo for a chosen audience, changes it, looks back,
// takes it away and brings it back. It goes before the others, who would miss the
// photo while it is away.
func TestCompose(t *testing.T) {
	photo := filepath.Join(t.TempDir(), "de tuin in november.png")
	if err := os.WriteFile(photo, house.Garden(), 0o600); err != nil {
		t.Fatal(err)
	}
	p := as(t, lived, "team_leader")
	p.Go("/")
	p.Click("#schrijf .audpick > summary")
	p.Click(`#schrijf .audpick .opt:first-of-type`)
	if chosen := p.Text("#schrijf [data-chosen]"); chosen != "Heel de organisatie" {
		t.Errorf("the button says %q after choosing the whole organisation", chosen)
	}
	p.Keys(kb.Escape)
	p.Fill("#schrijf-tekst", "Zo ligt de tuin er in november bij.")
	p.Attach("#schrijf input[type=file]", photo)
	p.Await("the name of the photo to show", `document.querySelector("#schrijf [data-names]").innerText.includes("de tuin in november")`)
	p.Follow("#schrijf button.btn-primary")
	if !p.Has(".flash:not(.flash-bad)") {
		t.Error("nothing says that it was posted")
	}
	has(t, p, "Zo ligt de tuin er in november bij.")
	p.Await("the photo to be there", `(i => i && i.complete && i.naturalWidth > 0)(document.querySelector("main article.post img[src*=thumb]"))`)
	p.Follow(firstPost + " a.plainlink")
	has(t, p, "Heel de organisatie")
	at := strings.Split(p.Path(), "?")[0]
	p.Click(firstPost + " .post-h details.menu > summary")
	p.Follow(firstPost + ` .post-h a[href$="/edit"]`)
	p.Fill("textarea[name=body]", "Zo ligt de tuin er in december bij.")
	p.Follow("main form button.btn-primary")
	has(t, p, "in december bij")
	p.Follow(`main a[href$="/history"]`)
	has(t, p, "in november bij")
	has(t, p, "in december bij")
	p.Go(at)
	p.Click(firstPost + " .post-h details.menu > summary")
	p.Follow(firstPost + ` .post-h form[action$="/delete"] button`)
	if !p.Has(".flash form button") {
		t.Fatal("taking something away offers no way back")
	}
	p.Follow(".flash form button")
	has(t, p, "in december bij")
}

// TestGroup starts a closed group, lets somebody in who asked and somebody who was
// asked, and lets one of them go.
func TestGroup(t *testing.T) {
	t.Parallel()
	owner := as(t, lived, "community_manager")
	owner.Go("/groups")
	owner.Follow(`main a[href="/groups/new"], .rail a[href="/groups/new"]`)
	owner.Fill("#name", "Koffie op maandag")
	owner.Fill("#purpose", "Samen koffie, elke maandag om tien uur.")
	owner.Click(".opt:has(input[name=kind][value=closed])")
	owner.Follow("main form button.btn-primary")
	group := owner.Path()
	has(t, owner, "Koffie op maandag")

	asker := as(t, lived, "petra.zandbergen")
	asker.Go(group)
	asker.Fill("textarea[name=note]", "Ik zet al tien jaar koffie.")
	asker.Follow(`main form[action$="/ask"] button`)
	owner.Go(group + "/members?who=ingrid")
	has(t, owner, "Ik zet al tien jaar koffie.")
	owner.Follow(`main form[action$="/accept"] button`)
	owner.Go(group + "/members?who=Ingrid+van+Dalen")
	owner.Follow(`main form[action$="/invite"] button`)

	invited := as(t, lived, "team_leader")
	invited.Go("/groups")
	has(t, invited, "Koffie op maandag")
	invited.Go(group)
	invited.Follow(`main form[action$="/invitation"] button[value=yes]`)
	invited.Fill("#schrijf-tekst", "Ik neem taart mee.")
	invited.Follow("#schrijf button.btn-primary")
	has(t, invited, "Ik neem taart mee.")

	asker.Go(group)
	has(t, asker, "Ik neem taart mee.")
	asker.Click("main .menu:has(form[action$='/leave']) > summary, .ghead .menu > summary")
	asker.Follow(`main form[action$="/leave"] button`)
	asker.Go(group)
	if strings.Contains(asker.Text("main"), "Ik neem taart mee.") {
		t.Error("who left a closed group still reads it")
	}
}

// TestKeyboard uses no mouse.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := as(t, lived, "dick.ruitenberg")
	p.Go("/")
	p.Keys(kb.Tab)
	if got := p.Focused(); !strings.HasPrefix(got, "a.skip") || !p.Shown("a.skip") {
		t.Errorf("the first stop is %s, not the way to the content", got)
	}
	p.Keys(kb.Enter)
	p.Await("the skip link to lead to the content", `document.activeElement.id === "inhoud"`)
	p.Keys("/")
	if got := p.Focused(); !strings.HasPrefix(got, "input#q") {
		t.Errorf("/ leads to %s", got)
	}
	p.Keys("c")
	if tabs.Eval[string](p, "document.getElementById('q').value") != "c" {
		t.Error("a letter in a field is not typed")
	}
	p.Run(`document.getElementById("q").value = ""; document.activeElement.blur()`)
	p.Keys("c")
	if got := p.Focused(); !strings.HasPrefix(got, "textarea#schrijf-tekst") {
		t.Errorf("c leads to %s", got)
	}
	p.Run(`document.activeElement.blur()`)
	where := func() int {
		return tabs.Eval[int](p, `[...document.querySelectorAll("main article.post")].indexOf(document.activeElement)`)
	}
	for _, step := range []struct {
		key  string
		want int
	}{{"j", 0}, {"j", 1}, {"j", 2}, {"k", 1}} {
		if p.Keys(step.key); where() != step.want {
			t.Errorf("%s leads to post %d, not %d", step.key, where(), step.want)
		}
	}
	if tabs.Eval[string](p, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
		t.Error("the focus cannot be seen on a post")
	}
	p.Run(`document.querySelector(".me-menu > summary").focus()`)
	p.Keys(kb.Enter)
	p.Await("the menu to open", `document.querySelector(".me-menu").open`)
	p.Keys(kb.Tab)
	if !tabs.Eval[bool](p, `document.querySelector(".me-menu .pop").contains(document.activeElement)`) {
		t.Errorf("Tab leads from the open menu to %s", p.Focused())
	}
	p.Keys(kb.Escape)
	p.Await("the menu to close", `!document.querySelector(".me-menu").open`)
	if !tabs.Eval[bool](p, `document.activeElement.matches(".me-menu > summary")`) {
		t.Errorf("after closing the menu the focus is on %s", p.Focused())
	}
	p.Run(`document.activeElement.blur()`)
	p.Leave("press ?", func() { p.Keys("?") })
	if !p.Has("#toetsen") {
		t.Errorf("? leads to %s, where no keys are listed", p.Path())
	}
	// Everything that can be reached shows where one is.
	p.Go("/groups")
	for n := range 25 {
		p.Keys(kb.Tab)
		if unseen := tabs.Eval[bool](p, `(e => e !== document.body && getComputedStyle(e).outlineStyle === "none" && getComputedStyle(e).boxShadow === "none" &&
			!(e.matches("input[type=radio],input[type=checkbox]") && getComputedStyle(e.closest("label,.opt,.seg") ?? e).outlineStyle !== "none"))(document.activeElement)`); unseen {
			t.Errorf("stop %d, %s, does not show that it has the focus", n+1, p.Focused())
		}
	}
}
