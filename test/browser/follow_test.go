package browser

import (
	"fmt"
	"strings"
	"testing"

	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/test/tabs"
)

// These tests look at pages that stand open while others speak. They follow one
// another: each counts the streams of the whole house.

// alone waits until nobody of an earlier test is told anything any more.
func alone(t *testing.T) {
	t.Helper()
	testkit.Eventually(t, "the browsers of the test before to be gone", func() bool { return followed.Live.Numbers().Streams == 0 })
}

// told waits until so many browsers are told what changes.
func told(t *testing.T, n int) {
	t.Helper()
	testkit.Eventually(t, fmt.Sprintf("%d browsers to be told", n), func() bool { return followed.Live.Numbers().Streams == n })
}

// opened counts the streams that were opened, so that a test knows when its page
// has its own.
func opened() uint64 { return followed.Live.Numbers().Opened }

func another(t *testing.T, p *tabs.Tab) *tabs.Tab {
	t.Helper()
	q := p.Another()
	t.Cleanup(func() {
		quiet(t, q, "in the end")
		q.Close()
	})
	return q
}

func says(t *testing.T, who string, n items.NewItem) *items.Item {
	t.Helper()
	verb := followed.Items.Post
	if n.Parent != 0 {
		verb = followed.Items.Reply
	}
	i, err := verb(t.Context(), followed.As(t, followed.Roles[who]), n)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

const bar = "main .news > a"

func barSays(p *tabs.Tab, text string) {
	p.Await("the bar to say "+text, `(a => a && !a.hidden && a.innerText.trim() === "`+text+`")(document.querySelector("`+bar+`"))`)
}

// TestNews has three tabs of one browser open while somebody posts.
func TestNews(t *testing.T) {
	alone(t)
	home := as(t, followed, "nurse")
	home.Go("/latest")
	told(t, 1)
	group, thread := another(t, home), another(t, home)
	group.Go("/groups/" + followed.Group.String())
	thread.Go("/posts/" + followed.Post.String())
	n := opened()
	told(t, 1)
	testkit.Eventually(t, "the line to know what the tabs show", func() bool { return opened() >= n && followed.Live.Numbers().Streams == 1 })

	home.Run(`document.querySelector("main article.post:nth-of-type(3)").scrollIntoView(); window.firstCard = document.querySelector("main article.post").id; window.wasAt = document.querySelector("main article.post").getBoundingClientRect().top`)
	one := says(t, "director", items.NewItem{Audience: plein.OrgAudience, Title: "Het dak", Body: "Het dak is weer dicht."})
	barSays(home, "1 nieuw bericht")
	two := says(t, "director", items.NewItem{Audience: plein.OrgAudience, Title: "De lift", Body: "De lift ook."})
	barSays(home, "2 nieuwe berichten")
	if tabs.Eval[bool](home, `document.querySelector("main article.post").id !== window.firstCard || Math.abs(document.querySelector("main article.post").getBoundingClientRect().top - window.wasAt) > 1`) {
		t.Error("something moved under the reader")
	}
	if group.Shown(bar) {
		t.Error("the group says that there is news of elsewhere")
	}
	says(t, "community_manager", items.NewItem{Audience: followed.Group, Title: "De spade", Body: "De spade is terug."})
	barSays(home, "3 nieuwe berichten")
	barSays(group, "1 nieuw bericht")
	if now := followed.Live.Numbers().Streams; now != 1 {
		t.Errorf("three tabs hold %d streams", now)
	}

	home.Click(bar)
	home.Await("the new posts", `document.getElementById("p-`+one.ID.String()+`") && document.getElementById("p-`+two.ID.String()+`")`)
	home.Await("the bar to go", `document.querySelector("`+bar+`").hidden`)
	if got := home.Focused(); !strings.HasPrefix(got, "article#p-") {
		t.Errorf("after pressing the bar the focus is on %s", got)
	}
	if home.Path() != "/latest" || !tabs.Eval[bool](home, "window.firstCard !== undefined") {
		t.Error("pressing the bar left the page")
	}
	// What came in is alive: a reaction can be given.
	react := `main #p-` + one.ID.String() + ` .post-f details.menu > summary`
	home.Click(react)
	home.Click(`main #p-` + one.ID.String() + ` .post-f .pop-react button[value=thanks]`)
	home.Await("the reaction to stand", `document.querySelector("#p-`+one.ID.String()+` .react-form > button[value=thanks]")?.getAttribute("aria-pressed") === "true"`)

	// What is taken away is no news any more.
	gone := says(t, "director", items.NewItem{Audience: plein.OrgAudience, Body: "Foutje"})
	barSays(home, "1 nieuw bericht")
	if _, err := followed.Items.Delete(t.Context(), followed.As(t, followed.Roles["director"]), gone.ID); err != nil {
		t.Fatal(err)
	}
	home.Await("the bar to go with it", `document.querySelector("`+bar+`").hidden`)
}

// TestOpenThread has a conversation open while others answer and react.
func TestOpenThread(t *testing.T) {
	alone(t)
	root := says(t, "director", items.NewItem{Audience: plein.OrgAudience, Title: "Wie helpt zaterdag?", Body: "We zetten de kramen op."})
	p := as(t, followed, "nurse")
	p.Look(tabs.Look{Width: 390, Height: 844})
	p.Go("/posts/" + root.ID.String())
	told(t, 1)
	p.Fill(".reply-long textarea", "Ik denk er nog over")
	field := p.Focused()

	first := says(t, "team_leader", items.NewItem{Parent: root.ID, Body: "Ik kom met een aanhanger."})
	li := func(i *items.Item) string { return `document.getElementById("p-` + i.ID.String() + `")` }
	p.Await("the answer to come", li(first)+`?.innerText.includes("aanhanger")`)
	p.Await("it to be said", `document.getElementById("melding").textContent === "1 nieuwe reactie"`)
	under := says(t, "director", items.NewItem{Parent: first.ID, Body: "Fijn, dank je."})
	p.Await("an answer to the answer, under it", li(under)+`?.parentElement.closest("li")?.id === "p-`+first.ID.String()+`"`)
	if _, err := followed.Items.React(t.Context(), followed.As(t, followed.Roles["director"]), first.ID, plein.Thanks, true); err != nil {
		t.Fatal(err)
	}
	p.Await("the reaction to be counted", li(first)+`?.querySelector("button[value=thanks] > span")?.textContent === "1"`)
	if _, err := followed.Items.Edit(t.Context(), followed.As(t, followed.Roles["team_leader"]), first.ID, 0, "", "Ik kom met een bakfiets."); err != nil {
		t.Fatal(err)
	}
	p.Await("the answer to say something else", li(first)+`?.innerText.includes("bakfiets")`)
	if _, err := followed.Items.Delete(t.Context(), followed.As(t, followed.Roles["director"]), under.ID); err != nil {
		t.Fatal(err)
	}
	p.Await("the answer that was taken away to be a line", li(under)+`?.innerText.includes("weggehaald")`)
	if got := tabs.Eval[string](p, `document.querySelector(".reply-long textarea").value`); got != "Ik denk er nog over" || p.Focused() != field {
		t.Errorf("what was being written is %q, and the focus on %s", got, p.Focused())
	}
	if order := tabs.Eval[bool](p, `[...document.querySelectorAll(".thread > ol > li.cm")].map(l => l.id).join() === "p-`+first.ID.String()+`"`); !order {
		t.Error("the answers are not in their order")
	}
	// Reading it here is reading it everywhere: going back finds nothing new.
	p.Go("/posts/" + root.ID.String())
	if strings.Contains(p.Text("main .pager"), "nieuw") {
		t.Errorf("what was seen is new again: %s", p.Text("main .pager"))
	}
}

// TestTwoDevices reads a group on one and looks at the other.
func TestTwoDevices(t *testing.T) {
	alone(t)
	boss := followed.As(t, followed.Roles["community_manager"])
	g, err := followed.Groups.Start(t.Context(), boss, groups.NewGroup{Name: "A-team", Kind: plein.Closed})
	if err != nil {
		t.Fatal(err)
	}
	if err := followed.Groups.Invite(t.Context(), boss, g.ID, followed.Roles["nurse"]); err != nil {
		t.Fatal(err)
	}
	if err := followed.Groups.AcceptInvitation(t.Context(), followed.As(t, followed.Roles["nurse"]), g.ID); err != nil {
		t.Fatal(err)
	}
	desk, phone := as(t, followed, "nurse"), as(t, followed, "nurse")
	desk.Go("/groups/" + g.ID.String())
	desk.Go("/people")
	phone.Go("/groups")
	told(t, 2)
	link := `document.querySelector('.side a[href="/groups/` + g.ID.String() + `"]')`
	if !tabs.Eval[bool](desk, link+" !== null") {
		t.Fatal("the group does not stand in the menu")
	}
	says(t, "community_manager", items.NewItem{Audience: g.ID, Body: "Iets nieuws"})
	for _, p := range []*tabs.Tab{desk, phone} {
		p.Await("the count beside the group", link+`.querySelector(".count > [aria-hidden]")?.textContent === "1"`)
		if got := tabs.Eval[string](p, link+`.querySelector(".count .vh").textContent`); got != "1 nieuw" {
			t.Errorf("the count is heard as %q", got)
		}
	}
	phone.Go("/groups/" + g.ID.String())
	desk.Await("the count to go on the other device", link+`.querySelector(".count") === null`)

	// A notice comes on both, and goes on both when it is read on one.
	nurse, err := followed.People.Find(t.Context(), followed.Roles["nurse"])
	if err != nil {
		t.Fatal(err)
	}
	const bell = `document.querySelector('.side a[href="/notices"]')`
	says(t, "director", items.NewItem{Audience: plein.OrgAudience, Body: "Weet @[" + nurse.Name + "] dit?"})
	for _, p := range []*tabs.Tab{desk, phone} {
		p.Await("the number beside the bell", bell+`.querySelector(".count > [aria-hidden]") !== null`)
	}
	phone.Go("/notices")
	phone.Click("form[data-notices-all] button")
	desk.Await("the number beside the bell to go on the other device", bell+`.querySelector(".count") === null`)
	if tabs.Eval[bool](desk, `document.querySelector('.topacts a[href="/notices"] .dot') !== null`) {
		t.Error("the bell in the top bar still shows that there is something")
	}

	// Out of the group: nothing of it comes any more, and no page breaks by it.
	phone.Go("/latest")
	if err := followed.Groups.Remove(t.Context(), boss, g.ID, followed.Roles["nurse"]); err != nil {
		t.Fatal(err)
	}
	says(t, "community_manager", items.NewItem{Audience: g.ID, Body: "Onder ons"})
	marker := says(t, "director", items.NewItem{Audience: plein.OrgAudience, Body: "Voor allen"})
	barSays(phone, "1 nieuw bericht")
	phone.Click(bar)
	phone.Await("what is for all", `document.getElementById("p-`+marker.ID.String()+`")`)
	if strings.Contains(phone.Text("main"), "Onder ons") {
		t.Error("somebody who left reads on")
	}
}

// TestSignedOutElsewhere ends the session in one tab and looks at the other.
func TestSignedOutElsewhere(t *testing.T) {
	alone(t)
	p := as(t, followed, "nurse")
	p.Go("/latest")
	q := another(t, p)
	q.Go("/groups")
	told(t, 1)
	q.Click(".me-menu > summary")
	q.Follow(".me-menu form[data-sign-out] button")
	p.Await("the other tab to tell, or to be at the door", `location.pathname.startsWith("/sign-in") || !document.querySelector("[data-ended]").hidden`)
	told(t, 0)
	expect(t, p, "401")
}

// TestWithoutSharedWorkers is the same in a browser that has none: the tabs choose
// one of them.
func TestWithoutSharedWorkers(t *testing.T) {
	alone(t)
	p := as(t, followed, "nurse")
	p.Before(`delete window.SharedWorker;
		const real = window.fetch;
		window.fetch = (to, how) => {
			if (!String(to).startsWith("/live?")) return real(to, how);
			if (window.cut) return Promise.reject(new TypeError("cut"));
			const line = new AbortController();
			how.signal.addEventListener("abort", () => line.abort());
			window.breakLine = () => { window.cut = true; line.abort(); };
			return real(to, {...how, signal: line.signal});
		}`)
	p.Go("/latest")
	told(t, 1)
	q := another(t, p)
	q.Before("delete window.SharedWorker")
	q.Go("/")
	says(t, "director", items.NewItem{Audience: plein.OrgAudience, Body: "Hallo tabbladen"})
	barSays(p, "1 nieuw bericht")
	barSays(q, "1 nieuw bericht")
	told(t, 1)

	// A gap: what is said meanwhile comes when the line is back.
	p.Run("window.breakLine()")
	testkit.Eventually(t, "the line to break", func() bool { return followed.Live.Numbers().Streams == 0 })
	says(t, "director", items.NewItem{Audience: plein.OrgAudience, Body: "Tijdens het gat"})
	p.Run("window.cut = false")
	barSays(p, "2 nieuwe berichten")
	barSays(q, "2 nieuwe berichten")

	// The leader goes; the other takes over.
	p.Go("about:blank")
	says(t, "director", items.NewItem{Audience: plein.OrgAudience, Body: "En nu?"})
	barSays(q, "3 nieuwe berichten")
	told(t, 1)
}

// TestStandsStillWithoutScripts sees that nothing changes with scripts off.
func TestStandsStillWithoutScripts(t *testing.T) {
	alone(t)
	p := as(t, followed, "nurse")
	p.Scripts(false)
	p.Go("/latest")
	if p.Shown(bar) || p.Shown("[data-ended]") || !p.Has(firstPost) {
		t.Error("without scripts the page shows what only scripts can use")
	}
	told(t, 0)
}
