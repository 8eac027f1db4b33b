package syndication

// Atom and JSON write a feed.
var (
	Atom = atom
	JSON = asJSON
)

// FeedOf reads the address of a page as that of a feed.
func FeedOf(base, page string) (path, query string, ok bool) {
	m := &Module{&Service{Deps: Deps{Base: base}}}
	return m.feedOf(page)
}
