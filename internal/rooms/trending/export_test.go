package trending

// What tests of the rules need to see.
var (
	Subjects = subjects
	Lift     = lift
	KnowsOf  = func(lists ...[]string) knowledge { return knows(lists...) }
)

// Near tells what of the knowledge a text is about.
func (k knowledge) Near(source string) []string { return k.near(source) }
