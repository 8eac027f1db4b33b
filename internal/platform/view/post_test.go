package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
)

func five(mine bool) []view.ReactView {
	return []view.ReactView{{Value: "agree", Icon: "agree", Label: "Eens", Count: 1350, Mine: mine}, {Value: "thanks", Icon: "tulip", Label: "Bedankt"},
		{Value: "nice", Icon: "star", Label: "Mooi", Count: 1}, {Value: "same", Icon: "same", Label: "Herkenbaar"}, {Value: "help", Icon: "hand", Label: "Ik help"}}
}

func samplePost(id string) view.PostView {
	return view.PostView{
		ID: id, Href: "/posts/" + id, By: view.Person{Name: "Dwight Nahar", Href: "/people/d", Tile: 2}, Note: "Verpleegkundige IC",
		At: now.Add(-20 * time.Minute), Edited: now, EditsTo: "/posts/" + id + "/history",
		Audience: view.AudienceView{Icon: "groups", Label: "Kwaliteit & veiligheid", Href: "/groups/k"}, Tag: view.TagView{Kind: "good", Icon: "check", Label: "Beantwoord"},
		Title: "Een vaste plek", HTML: "<p>De pompen hebben een <b>vaste laadplek</b>.</p>",
		Pictures: []view.PictureView{{Src: "/files/a/thumb", Href: "/files/a", Alt: "Vijf pompen op een rij", Width: 600, Height: 260}, {Src: "/files/b/thumb", Alt: ""}},
		Files:    []view.FileView{{Href: "/files/c", Name: "Snelkaart.pdf", Size: 184_000}},
		ReactTo:  "/posts/" + id + "/react", Reactions: five(true), Replies: 9, BookmarkTo: "/posts/" + id + "/bookmark", ShareTo: "/posts/" + id + "/share",
		Menu: view.MenuLink(view.Link{Href: "/posts/" + id + "/edit", Label: "Wijzig", Icon: "edit"}),
		Thread: &view.ThreadView{Earlier: 6, EarlierTo: "/posts/" + id, Form: &view.ReplyForm{ID: "r-" + id, Action: "/posts/" + id + "/replies", Draft: "reply-" + id, Key: "k", Label: "Schrijf een reactie"},
			Replies: []view.ReplyView{{ID: id + "1", By: view.Person{Name: "Marijke", Guest: true}, Note: "SEH", At: now, HTML: "<p>Ook hier</p>", ReactTo: "/x", Reactions: five(false), ReplyTo: "/posts/x",
				Menu:    view.MenuPost("/x", "x", "Verwijder", "", ""),
				Replies: []view.ReplyView{{ID: id + "2", By: view.Person{Name: "Dwight", Href: "/people/d"}, Writer: true, At: now, Edited: now, HTML: "<p>Graag</p>", Reactions: five(false)}, {ID: id + "3", Tomb: "Weggehaald door de schrijver.", At: now, By: view.Person{Name: "Oud", Former: true}}}},
			}},
	}
}

func TestPostAndThread(t *testing.T) {
	sp := speaker(t, "nl")
	feed := []templ.Component{view.Post(sp, samplePost("a"), now), view.Post(sp, samplePost("b"), now)}

	share := samplePost("c")
	original := samplePost("a")
	share.Title, share.Shared, share.Thread = "", &original, nil
	gone := samplePost("d")
	gone.Tomb, gone.Thread = "Dit bericht is weggehaald.", nil
	must := samplePost("e")
	must.Tag, must.Must, must.Thread = view.TagView{}, &view.MustView{Read: 2968, Of: 4212, UnitLeft: 7, Unit: "Interne B3", Action: "/posts/e/read"}, nil
	read := must
	read.ID, read.Must = "f", &view.MustView{Read: 1, Of: 2, UnitLeft: -1, Action: "/posts/f/read", Done: true}
	praise := samplePost("g")
	praise.Praise, praise.Thread, praise.ReactTo = &view.PraiseView{To: view.Person{Name: "Gert Bakker"}, Title: "Gert Bakker, jij kent elke gang"}, nil, ""
	feed = append(feed, view.Post(sp, share, now), view.Post(sp, gone, now), view.Post(sp, must, now), view.Post(sp, read, now), view.Post(sp, praise, now))
	got := viewtest.Part(t, body(feed...))
	for _, want := range []string{"<b>2.968</b> van 4.212 collega’s hebben dit gelezen. Van Interne B3 nog 7 niet.", `aria-label="Eens, 1.350, ook van jou"`, `name="off" value="agree"`, `name="on" value="nice"`,
		"Toon 6 eerdere reacties", `data-draft="reply-a"`, "184 kB", "Dit bericht is weggehaald.", `datetime="2026-11-20T10:42:00Z"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in the feed", want)
		}
	}

	// On its own page the title is the h1, and the field to answer has a button.
	alone := samplePost("h")
	alone.Alone, alone.Thread.Form.Long, alone.Thread.Form.Error, alone.Thread.Form.Value = true, true, "Dit is te lang.", "Wat ik typte"
	got = viewtest.Page(t, with(view.Layout(samplePage(t, "nl")), view.Post(sp, alone, now)))
	for _, want := range []string{"<h1 id=\"p-h-t\">", "Wat ik typte", "Plaats reactie"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
}

func TestComposer(t *testing.T) {
	sp := speaker(t, "nl")
	c := view.ComposerView{Action: "/posts", Draft: "home", Key: "k1", Me: view.Person{Name: "Samira Bouali"}, Label: "Bericht", Placeholder: "Wat wil je delen?",
		Title: &view.FieldView{Name: "title", Label: "Titel"}, Files: "files", Gables: true,
		Kinds:     []view.OptionView{{Value: "post", Label: "Bericht", Icon: "chat", Chosen: true}, {Value: "question", Label: "Vraag", Icon: "question"}},
		Audiences: []view.OptionView{{Value: "org", Label: "Heel het huis", Hint: "4.212 collega’s", Icon: "aud-all"}, {Value: "b3", Label: "Interne B3", Icon: "aud-dept", Chosen: true}}}
	got := viewtest.Part(t, view.Composer(sp, c))
	for _, want := range []string{`enctype="multipart/form-data"`, `name="audience" value="b3" checked`, `<span data-chosen>Interne B3</span>`, `data-draft="home"`, `name="key" value="k1"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in the composer", want)
		}
	}
	c.Audiences, c.Files, c.Gables, c.Title, c.Error, c.Value, c.Submit = c.Audiences[1:], "", false, nil, "Dit is te lang.", "mijn tekst", "Stel de vraag"
	got = viewtest.Part(t, view.Composer(sp, c))
	for _, want := range []string{`type="hidden" name="audience" value="b3"`, "mijn tekst", "Dit is te lang.", "Stel de vraag"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in the composer", want)
		}
	}
}
