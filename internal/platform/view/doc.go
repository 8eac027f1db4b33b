// Package view exists so that every page looks and behaves like one house: the frame
// around a page and the parts that repeat in it are made once, typed, and tested
// against the design's stylesheet.
//
// It knows people and groups only as things to show; where they come from and who
// may see them is for others to decide before a page is made.
//
// # Pages
//
// A page is a templ component over Layout, LayoutRail or LayoutBare; its data is a
// struct that embeds Page. A page has one h1 and no inline style or script: the
// policy is strict, and viewtest finds what it forbids.
//
// # Names of fields
//
// Composer posts audience, title, body, kind, files and key; a reply posts body and
// key; LanguageSwitch posts lang and next to /language; signing out is a POST to
// /sign-out. An act that takes a draft answers with a Flash that is not bad, or the
// draft comes back.
//
// # What the islands look for
//
// Everything works with scripts off. Where these stand in the markup, web/islands
// adds to it:
//
//	form data-draft="PLACE"      keeps the text on this device, per person and place ("home",
//	                             a group's id, "reply-" and an item's id); the audience is the
//	                             field named audience; [data-saved] inside is shown when kept
//	form data-toggle             a button with aria-pressed is switched at once; the server
//	                             answers JSON {"on": bool, "count": int}, both optional. A
//	                             count is a span in the button, and its aria-label begins
//	                             with the word and a comma.
//	                             Reactions post on=WORD or off=WORD; a Toggle posts NAME=true
//	                             or false. Without scripts the same post redirects back
//	[name=body] in it            offers people, groups and hashtags behind @ and # (GET
//	                             /suggest), and says what naming them does (POST
//	                             /suggest/notes); the conversation is read from the form's
//	                             action, body[data-offers] names the list
//	form data-notice             marks the line of .notifs it stands in at once: its button posts
//	                             read=true or false, holds the other label in data-other and
//	                             the other title in data-other-title, and [data-new] in the
//	                             line is shown while it is new; JSON {"on", "count"}.
//	                             data-notices-all on a form marks all lines
//	a[href="/notices"]           the number beside the bell is kept right on each of them;
//	                             body[data-new] holds the words for two
//	form data-kept               sends what was kept when a session had ended; the draft with
//	                             the same text goes with it
//	form data-sign-out           throws away all drafts of this device
//	details.audpick [data-chosen]  shows the audience that was chosen
//	input type=file              names of the chosen files go to [data-names] in the form
//	button data-copy="/posts/…"  copies an address; written hidden, shown where it can work
//	#schrijf, #schrijf-tekst     the composer of the page and its field: the key c
//	article.post                 the keys j and k; in it [data-reply] or a[data-thread] for r,
//	                             and in its .post-f button[value=thanks] for t and
//	                             button[name=bookmark] for b
//	body data-live, data-line    from where on this page can be followed, and the shared worker
//	[data-news="mine" or an id]  shows how many posts are new above a list (News); the link in
//	                             it leads to the list, and where the two have a post in common
//	                             what is new is put in its place
//	[data-thread-live="ID"]      fetches /live/threads/ID when something changes there
//	[data-ended]                 shown when the session is over
//	.side a[href="/groups/…"], a[href="/notices"]  get their counts
//	#q                           the search field: the key /
//	#toetsen on /settings/display  the list of keys (Keys): the key ?
package view
