package plein

import "time"

// Ref points at any thing in the house: "group", "person", "item", "file" and an id.
type Ref struct {
	Kind string
	ID   ID
}

// Event is one line of the change log: what was done, in the past tense, told
// under the teller's own name ("items.post.made"). The house has this one type;
// what a listener needs beyond it stands in Extra.
type Event struct {
	Seq      int64 // place in the log; zero before it is written
	Name     string
	At       time.Time
	Actor    ID
	Object   Ref
	Target   Ref
	Audience ID
	Extra    map[string]string
}
