package imports

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"plein/internal/rooms/imports/internal/intake"
)

// Problem is one thing that is wrong with an export: where it stands and why it
// cannot be taken over.
type Problem = intake.Problem

// Problems are all that was found wrong before anything was written.
type Problems []Problem

// Error gives one line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].Error()
	}
	return strings.Join(lines, "\n")
}

// maxProblems is after how many problems checking stops; the rest would say the
// same.
const maxProblems = 20

// maxSkipped bounds the list in a report; what goes beyond it is counted.
const maxSkipped = 1000

// Report tells what an import made, or would make. Counts are of things that
// were not there before, so a second run of the same export counts zeros.
type Report struct {
	People    int      `json:"people"`    // persons, without programs and former members
	Groups    int      `json:"groups"`    // groups and what the source calls channels
	Posts     int      `json:"posts"`     // posts and questions in groups
	Replies   int      `json:"replies"`   // replies, in groups and direct conversations
	Reactions int      `json:"reactions"` // after ours were matched: one person gives each kind once
	Direct    int      `json:"direct"`    // messages that open a thread in a direct conversation
	Files     int      `json:"files"`     // attachments whose bytes were in the export
	Units     int      `json:"units"`     // departments
	Bots      int      `json:"bots"`      // programs that wrote
	Former    int      `json:"former"`    // authors that the export does not describe
	Updated   int      `json:"updated"`   // people whom a staff list brought up to date
	Managers  int      `json:"managers"`  // managers that were set or changed
	Unchanged int      `json:"unchanged"` // things that were there already
	DryRun    bool     `json:"dry_run"`
	Skipped   []string `json:"skipped"` // what was left out or changed on the way, one line each

	moreSkipped int
}

func (r *Report) skip(at, reason string, args ...any) {
	if len(r.Skipped) >= maxSkipped {
		r.moreSkipped++
		return
	}
	r.Skipped = append(r.Skipped, intake.Refuse(at, reason, args...).Error())
}

// finish makes the report ready to be shown.
func (r *Report) finish() {
	if r.Skipped == nil {
		r.Skipped = []string{}
	}
	if r.moreSkipped > 0 {
		r.Skipped = append(r.Skipped, fmt.Sprintf("and %d more", r.moreSkipped))
		r.moreSkipped = 0
	}
}

// WriteJSON writes the report on one line.
func (r Report) WriteJSON(w io.Writer) error {
	r.finish()
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// WriteText writes the report for a person at a terminal.
func (r Report) WriteText(w io.Writer) error {
	r.finish()
	var b strings.Builder
	head := "Imported"
	if r.DryRun {
		head = "Dry run: nothing was written. This would be imported"
	}
	fmt.Fprintln(&b, head)
	for _, line := range []struct {
		n    int
		name string
		must bool
	}{
		{r.People, "people", true}, {r.Units, "departments", false}, {r.Groups, "groups", true},
		{r.Posts, "posts", true}, {r.Replies, "replies", true}, {r.Reactions, "reactions", true},
		{r.Direct, "direct messages", false}, {r.Files, "files", false}, {r.Bots, "bots", false},
		{r.Former, "former members", false}, {r.Updated, "people brought up to date", false}, {r.Managers, "managers set", false},
		{r.Unchanged, "there already, unchanged", true},
	} {
		if line.n > 0 || line.must {
			fmt.Fprintf(&b, "%10d  %s\n", line.n, line.name)
		}
	}
	if len(r.Skipped) > 0 {
		fmt.Fprintln(&b, "Left out or changed on the way:")
		for _, s := range r.Skipped {
			fmt.Fprintln(&b, "  "+s)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func itoa(n int) string { return strconv.Itoa(n) }
