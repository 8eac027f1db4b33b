package browser

import (
	"net/url"
	"strings"
	"testing"

	"plein/test/tabs"
)

// TestLostSession types, loses the session, sends, signs in, and finds the text.
func TestLostSession(t *testing.T) {
	t.Parallel()
	const text = "Dit mag niet weg zijn: de pomp op kamer 12 piept."
	p := as(t, lived, "bram.kolkman")
	p.Go("/")
	p.Fill("#schrijf-tekst", text)
	p.ForgetSession()
	p.Follow("#schrijf button.btn-primary")
	if !strings.HasPrefix(p.Path(), "/sign-in") {
		t.Fatalf("sending without a session leads to %s", p.Path())
	}
	has(t, p, "bewaard")
	bram, err := lived.People.ByHandle(t.Context(), "bram.kolkman")
	if err != nil {
		t.Fatal(err)
	}
	link, err := lived.Link(t.Context(), bram.ID)
	if err != nil {
		t.Fatal(err)
	}
	p.Go(strings.TrimPrefix(link, lived.URL))
	p.Follow("main form button")
	if !strings.HasPrefix(p.Path(), "/sign-in/continue") {
		p.Go("/sign-in/continue")
	}
	if got := tabs.Eval[string](p, `document.querySelector("main textarea").value`); got != text {
		t.Fatalf("after signing in the text is %q", got)
	}
	p.Follow("main form button.btn-primary")
	has(t, p, text)

	// What was typed and never sent comes back on this device.
	p.Go("/groups/new")
	p.Go("/posts/new")
	p.Fill("main textarea[name=body]", "Nog niet klaar")
	p.Go("/groups")
	p.Go("/posts/new")
	if got := tabs.Eval[string](p, `document.querySelector("main textarea[name=body]").value`); got != "Nog niet klaar" {
		t.Errorf("a text that was left is %q when one comes back", got)
	}
}

// TestLanguageAndThemes changes both, and back.
func TestLanguageAndThemes(t *testing.T) {
	t.Parallel()
	p := as(t, lived, "eva.lindhout")
	p.Go("/")
	if lang := tabs.Eval[string](p, "document.documentElement.lang"); lang != "nl" {
		t.Fatalf("the page begins in %q", lang)
	}
	p.Follow(`form[action="/language"] button`)
	if lang := tabs.Eval[string](p, "document.documentElement.lang"); lang != "en" {
		t.Errorf("after choosing English the page is in %q", lang)
	}
	for _, path := range []string{"/", "/groups", "/people", "/settings", "/posts/" + lived.Must.String()} {
		p.Go(path)
		for _, width := range []int{320, 390, 1280} {
			p.Look(tabs.Look{Width: width})
			if wide := sideways(p); wide != "" {
				t.Errorf("%s in English scrolls sideways at %d: %s", path, width, wide)
			}
		}
		if words := p.Text(".topbar") + p.Text(".side"); strings.Contains(words, "Groepen") || strings.Contains(words, "Schrijf") {
			t.Errorf("%s still has Dutch around it", path)
		}
	}
	p.Go("/")
	p.Follow(`form[action="/language"] button`)
	seen := map[string]string{}
	for _, theme := range []struct {
		value    string
		contrast bool
	}{{"day", false}, {"evening", false}, {"evening", true}, {"day", true}} {
		p.Go("/settings/display")
		p.Run(`document.querySelector("input[name=theme][value='` + theme.value + `']").checked = true;
			document.querySelector("input[name=contrast]").checked = ` + map[bool]string{true: "true", false: "false"}[theme.contrast])
		p.Follow("main form button.btn-primary")
		p.Go("/")
		still(p)
		colours := tabs.Eval[string](p, `getComputedStyle(document.body).backgroundColor + " " + getComputedStyle(document.querySelector(".card")).borderTopColor + " " + getComputedStyle(document.body).color`)
		name := theme.value + map[bool]string{true: " with contrast"}[theme.contrast]
		if was, same := seen[colours]; same {
			t.Errorf("%s looks like %s: %s", name, was, colours)
		}
		seen[colours] = name
	}
	p.Go("/settings/display")
	p.Run(`document.querySelector("input[name=theme][value='']").checked = true; document.querySelector("input[name=contrast]").checked = false`)
	p.Follow("main form button.btn-primary")
}

// attack is a script that would tell of itself wherever it ran.
const attack = `"><img src=x onerror=alert(1)><script>alert(2)</script><b>vet</b>{{7*7}}`

// TestScriptInNames puts a script in every field that is a name, and reads every
// page on which such names stand (TRUST S65).
func TestScriptInNames(t *testing.T) {
	t.Parallel()
	p := as(t, lived, "technical_admin")
	p.Go("/settings/profile")
	for _, field := range tabs.Eval[[]string](p, `[...document.querySelectorAll("main form[action='/settings/profile'] :is(input:not([type]), input[type=text], textarea)")].map(e => e.name)`) {
		p.Fill(`main form[action='/settings/profile'] [name="`+field+`"]`, attack)
	}
	p.Follow("main form[action='/settings/profile'] button.btn-primary")
	if p.Has(".field-err") { // a field that takes no such text says so; the others keep it
		p.Run(`document.querySelectorAll(".field-err input, .field-err textarea").forEach(e => { e.value = ""; })`)
		p.Follow("main form[action='/settings/profile'] button.btn-primary")
	}
	p.Wrongs() // a refused form is a 422, which the console reports

	p.Go("/groups/new")
	p.Fill("#name", attack[:40])
	p.Fill("#purpose", attack)
	p.Click(".opt:has(input[name=kind][value=open])")
	p.Follow("main form button.btn-primary")
	group := p.Path()
	p.Go("/posts/new?audience=" + strings.TrimPrefix(group, "/groups/"))
	p.Fill("main [name=title]", attack)
	p.Fill("main textarea[name=body]", attack+" #tag<script>alert(3)</script> @["+attack+"](person:"+lived.Roles["nurse"].String()+") [x](javascript:alert(4)) ![y](x \"onerror=alert(5)\")")
	p.Follow("main form button.btn-primary")

	p.Go("/admin/units")
	p.Fill("main form[action='/admin/units'] [name=name]", attack[:60])
	p.Follow("main form[action='/admin/units'] button")
	p.Go("/admin/people/new")
	p.Fill("main [name=name]", attack[:60])
	if p.Has("main [name=title]") {
		p.Fill("main [name=title]", attack)
	}
	p.Fill("main [name=email]", "aanval@linge.example")
	p.Follow("main form button.btn-primary")
	p.Wrongs()

	me := lived.Roles["technical_admin"].String()
	for _, path := range []string{group, group + "/members", group + "/settings", "/groups", "/groups?q=" + url.QueryEscape(attack), "/people/" + me,
		"/people/" + me + "/posts", "/people?q=" + url.QueryEscape(attack), "/people?q=img", "/latest", "/", "/settings/profile", "/settings",
		"/admin/units", "/admin/people", "/admin/people?q=img", "/admin/groups", "/tags/" + url.PathEscape(attack), "/sign-in?next=" + url.QueryEscape(attack)} {
		p.Go(path)
		if found := tabs.Eval[string](p, `[...document.querySelectorAll("main b, main img, main script, .side b, .side img")].filter(e => e.outerHTML.includes("vet") || e.hasAttribute("onerror") || e.tagName === "SCRIPT").map(e => e.outerHTML).join("\n")`); found != "" {
			t.Errorf("%s made markup of a name: %s", path, found)
		}
		for _, w := range p.Wrongs() {
			if !strings.Contains(w, "status of 404") {
				t.Errorf("%s: %s", path, w)
			}
		}
	}
	p.Go(group)
	if !strings.Contains(p.Text("main"), "<img src=x") {
		t.Errorf("the name of the group is not shown as the text it is:\n%s", p.Text("main"))
	}
}

// TestFirstSetup makes the first administrator, after which the page is gone.
func TestFirstSetup(t *testing.T) {
	t.Parallel()
	code, err := empty.SignIn.SetupCode(t.Context())
	if err != nil || code == "" {
		t.Fatalf("the code of the first set-up: %q, %v", code, err)
	}
	p := tab(t, empty)
	p.Go("/sign-in")
	p.Follow(`main a[href="/setup"]`)
	if wide := sideways(p); wide != "" {
		t.Errorf("the page scrolls sideways: %s", wide)
	}
	tabs.Eval[int](p, axe+";0")
	for _, found := range readByAxe(p, everything) {
		t.Error(found)
	}
	for name, value := range map[string]string{"code": code, "name": "Fatima Bakker", "email": "fatima@linge.example", "password": "een lange zin met koffie"} {
		p.Fill("main [name="+name+"]", value)
	}
	p.Follow("main form button.btn-primary")
	if strings.HasPrefix(p.Path(), "/setup") {
		t.Fatalf("set-up stays on its page:\n%s", p.Text("main"))
	}
	p.Go("/admin")
	p.Go("/setup")
	expect(t, p, "status of 404")
	if strings.Contains(p.Text("main"), "code") {
		t.Error("the set-up page is still there")
	}
}
