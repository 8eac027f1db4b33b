package browser

import (
	"strings"
	"testing"

	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/test/tabs"
)

// TestNotices is from being named to having read it: a colleague names somebody,
// who sees a number beside the bell, opens the line, and the number is gone.
func TestNotices(t *testing.T) {
	t.Parallel()
	const who = "ron.vlietstra" // who does nothing in the other journeys
	writer, named := as(t, lived, "team_leader"), as(t, lived, who)
	person, err := lived.People.ByHandle(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	writer.Go("/posts/new?audience=" + plein.OrgAudience.String())
	writer.Fill("textarea[name=body]", "Wie heeft de snelkaart? Jij toch, @["+person.Name+"].")
	writer.Follow("main form button.btn-primary")

	named.Go("/saved")
	testkit.Eventually(t, "the notice to be made", func() bool {
		named.Go("/saved")
		return named.Has(`.side a[href="/notices"] .count`)
	})
	named.Follow(`.topbar a[href="/notices"]`)
	has(t, named, "noemde je: “Wie heeft de snelkaart?")

	// With scripts it is marked at once, there and back.
	const line = ".notifs li:first-of-type "
	was := len(named.Text(`.side a[href="/notices"]`))
	named.Click(line + "form[data-notice] button")
	named.Await("the line to be read", `!document.querySelector(".notifs li:first-of-type").classList.contains("new") && !document.querySelector(".side a[href='/notices'] .count")`)
	named.Click(line + "form[data-notice] button")
	named.Await("the line to be new again", `document.querySelector(".notifs li:first-of-type").classList.contains("new") && !!document.querySelector(".side a[href='/notices'] .count")`)
	if now := len(named.Text(`.side a[href="/notices"]`)); now != was {
		t.Errorf("the menu says %q in the end", named.Text(`.side a[href="/notices"]`))
	}

	named.Follow(line + "a")
	has(t, named, "Wie heeft de snelkaart?")
	if named.Has(`.side a[href="/notices"] .count`) {
		t.Error("the number beside the bell is still there in the conversation")
	}
	named.Click("details.bell > summary")
	named.Follow(`details.bell button[value=mute]`)
	if label := named.Text("main"); !strings.Contains(label, "gedempt") {
		t.Error("nothing says that the conversation is muted")
	}

	named.Look(tabs.Look{Width: 390, Height: 844})
	named.Go("/notices")
	if named.Has(".notifs .new") {
		t.Error("something is new that was read")
	}
}

// TestNoticesWithoutScripts does the same with forms alone.
func TestNoticesWithoutScripts(t *testing.T) {
	t.Parallel()
	p := as(t, lived, "nurse") // who was answered when the stage was set
	p.Scripts(false)
	testkit.Eventually(t, "the notice to be made", func() bool {
		p.Go("/notices")
		return p.Has(".notifs .new")
	})
	p.Follow(".notifs .new form button")
	if !strings.HasPrefix(p.Path(), "/notices") {
		t.Fatalf("marking leads to %s", p.Path())
	}
	if !p.Has(`.notifs form button[value="false"]`) {
		t.Error("nothing can be marked as unread")
	}
	p.Follow(`.notifs form button[value="false"]`)
	p.Follow(".pagehead form button")
	if p.Has(".notifs .new") || !p.Has(".flash") {
		t.Error("after everything was read something is new")
	}
	p.Follow(".notifs li:last-of-type > a")
	if p.Path() == "/notices" {
		t.Error("a line leads nowhere")
	}
}
