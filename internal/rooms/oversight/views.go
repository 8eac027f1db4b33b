package oversight

import "time"

// rowView is one line of the log as it is shown.
type rowView struct {
	At   time.Time
	What string
	By   string
	To   []string
}
