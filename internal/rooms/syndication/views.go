package syndication

import "plein/internal/platform/view"

// keysView is /settings/feeds.
type keysView struct {
	view.Page
	Keys     []keyView
	Name, Of view.FieldView
	Fresh    []addressView // of a key that was made just now; shown this once
}

type keyView struct{ ID, Name, Made, Used string }

// addressView is one feed in its two forms.
type addressView struct{ Label, Atom, JSON string }
