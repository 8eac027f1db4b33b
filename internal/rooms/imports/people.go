package imports

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
)

// peopleFile reads a list of people as a spreadsheet saves it: CSV with a header
// in any order, separated by commas, semicolons or tabs.
type peopleFile struct {
	name   string
	limits limits
	file   *os.File
}

// The columns that are read. A cell with several values separates them with a
// semicolon, or with a comma or bar.
var peopleColumns = []string{"email", "name", "given_name", "title", "department", "location", "manager_email",
	"languages", "skills", "ask_me", "pronouns", "phone", "bio", "lang", "handle"}

const maxDepartments = 12 // levels of a path

func openPeople(file string, l limits, _ phrases) (reader, error) {
	f, _, err := intake.OpenRegular(file)
	if err != nil {
		return nil, err
	}
	return &peopleFile{name: filepath.Base(file), limits: l, file: f}, nil
}

func (x *peopleFile) close() error { return x.file.Close() }

func (x *peopleFile) read(ctx context.Context, s sink) error {
	if _, err := x.file.Seek(0, io.SeekStart); err != nil {
		return intake.Refuse(x.name, "cannot be read (%v)", err)
	}
	in := &boundedRecord{r: x.file, most: x.limits.Record}
	buffered := bufio.NewReader(in)
	if mark, err := buffered.Peek(3); err == nil && bytes.Equal(mark, intake.ByteOrderMark) {
		_, _ = buffered.Discard(3)
	}
	head, err := buffered.Peek(4096)
	if err != nil && err != io.EOF {
		return intake.ReadProblem(x.name, err)
	}
	c := csv.NewReader(buffered)
	c.Comma = separatorOf(head)
	c.ReuseRecord = true
	header, err := c.Read()
	if err != nil {
		return x.trouble(err)
	}
	columns, err := x.header(header, s)
	if err != nil || columns == nil {
		return err
	}
	byEmail := map[string]int{} // address → line
	managers := map[string]string{}
	for {
		in.used = 0
		row, err := c.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return x.trouble(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		line, _ := c.FieldPos(0)
		at := fmt.Sprintf("%s, line %d", x.name, line)
		p, err := x.person(s, at, columns, row)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if other, ok := byEmail[p.Email]; ok {
			if err := s.problem(at, "the address %s is also on line %d", intake.Shorten(p.Email), other); err != nil {
				return err
			}
			continue
		}
		byEmail[p.Email] = line
		if p.manager != "" {
			managers[p.Email] = p.manager
		}
		if err := s.person(*p); err != nil {
			return err
		}
	}
	if len(byEmail) == 0 {
		return s.problem(x.name, "holds no people")
	}
	return x.lineOfManagers(s, byEmail, managers)
}

// header finds the columns; a name it does not know is left out with a note.
func (x *peopleFile) header(row []string, s sink) (map[string]int, error) {
	columns := map[string]int{}
	at := x.name + ", line 1"
	for i, cell := range row {
		if !utf8.ValidString(cell) {
			return nil, intake.Refuse(at, "the text is not UTF-8; save the list as CSV UTF-8")
		}
		key := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(cell)), " ", "_")
		key = strings.NewReplacer("e-mail", "email", "-", "_").Replace(key)
		switch _, twice := columns[key]; {
		case twice:
			return nil, s.problem(at, "the column %q is there twice", intake.Shorten(key))
		case slices.Contains(peopleColumns, key):
			columns[key] = i
		case key != "":
			s.note(at, "the column %q is not known; left out", intake.Shorten(key))
		}
	}
	for _, must := range []string{"email", "name"} {
		if _, ok := columns[must]; !ok {
			return nil, s.problem(at, "there is no column %q", must)
		}
	}
	return columns, nil
}

func (x *peopleFile) person(s sink, at string, columns map[string]int, row []string) (*stagedPerson, error) {
	for _, cell := range row {
		if !utf8.ValidString(cell) {
			return nil, intake.Refuse(at, "the text is not UTF-8; save the list as CSV UTF-8")
		}
	}
	cell := func(name string, most int) string {
		if i, ok := columns[name]; ok && i < len(row) {
			return markup.OneLine(row[i], most)
		}
		return ""
	}
	if !slices.ContainsFunc(row, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return nil, nil
	}
	p := &stagedPerson{at: at}
	if p.Email = emailOf(cell("email", 1000)); p.Email == "" {
		return nil, s.problem(at, "%q is not an e-mail address", intake.Shorten(cell("email", 1000)))
	}
	name, err := text.CleanName(cell("name", plein.MaxName), plein.MaxName)
	if err != nil {
		return nil, s.problem(at, "%q cannot be a name", intake.Shorten(cell("name", plein.MaxName)))
	}
	p.Name = name
	p.source = "people:" + p.Email
	p.Given = cell("given_name", plein.MaxName)
	p.Title = cell("title", plein.MaxJobTitle)
	p.Location = cell("location", plein.MaxName)
	p.Handle = cell("handle", 60)
	p.Pronouns = cell("pronouns", 40)
	p.Phone = cell("phone", 40)
	if i, ok := columns["bio"]; ok && i < len(row) {
		if p.Bio = markup.LongText(row[i]); utf8.RuneCountInString(p.Bio) > plein.MaxBio {
			return nil, s.problem(at, "the bio is longer than %d characters", plein.MaxBio)
		}
	}
	if l := strings.ToLower(cell("lang", 10)); l == "nl" || l == "en" {
		p.Lang = l
	}
	for column, list := range map[string]*[]string{"languages": &p.Languages, "skills": &p.Skills, "ask_me": &p.AskMe} {
		*list = valuesOf(cell(column, 4000))
	}
	for level := range strings.SplitSeq(cell("department", 4000), "/") {
		if level = markup.OneLine(level, plein.MaxName); level == "" {
			continue
		}
		level, err := text.CleanName(level, plein.MaxName)
		if err != nil {
			return nil, s.problem(at, "the department cannot have this name")
		}
		p.department = append(p.department, level)
	}
	if len(p.department) > maxDepartments {
		return nil, s.problem(at, "the department is more than %d levels deep", maxDepartments)
	}
	if m := cell("manager_email", 1000); m != "" {
		switch p.manager = emailOf(m); p.manager {
		case "":
			return nil, s.problem(at, "the manager's address %q is not an e-mail address", intake.Shorten(m))
		case p.Email:
			p.manager = "" // whoever is at the top is often their own manager in a list
		}
	}
	p.tidy(s)
	return p, nil
}

// lineOfManagers refuses a line of managers that comes back to itself. What is
// not in the file may be in the database, so it is looked for later.
func (x *peopleFile) lineOfManagers(s sink, byEmail map[string]int, managers map[string]string) error {
	const walking, done = 1, 2
	state := make(map[string]uint8, len(managers))
	for _, start := range sortedKeys(managers) {
		var walked []string
		at := start
		for at != "" && state[at] == 0 {
			state[at] = walking
			walked = append(walked, at)
			at = managers[at]
		}
		if at != "" && state[at] == walking {
			err := s.problem(fmt.Sprintf("%s, line %d", x.name, byEmail[at]), "the line of managers above %s comes back to %[1]s", intake.Shorten(at))
			if err != nil {
				return err
			}
		}
		for _, w := range walked {
			state[w] = done
		}
	}
	return nil
}

func (x *peopleFile) trouble(err error) error {
	var p *csv.ParseError
	switch {
	case err == io.EOF:
		return intake.Refuse(x.name, "the file is empty")
	case errors.As(err, &p):
		return intake.Refuse(fmt.Sprintf("%s, line %d", x.name, p.Line), "cannot be read as a list (%v)", p.Err)
	}
	return intake.ReadProblem(x.name, err)
}

// separatorOf finds the sign between columns by counting in the first line,
// outside quotes.
func separatorOf(head []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(head) {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range []rune{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// valuesOf cuts a cell that holds several values.
func valuesOf(cell string) []string {
	var out []string
	for v := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ';' || r == ',' || r == '|' }) {
		if v = markup.OneLine(v, plein.MaxTag); v != "" && !slices.Contains(out, v) && len(out) < plein.MaxTags {
			out = append(out, v)
		}
	}
	return out
}

// boundedRecord stops a record that never ends, such as one behind a quote that
// was never closed.
type boundedRecord struct {
	r    io.Reader
	used int // set to zero after each record
	most int
}

func (b *boundedRecord) Read(p []byte) (int, error) {
	if b.used > b.most {
		return 0, fmt.Errorf("one record is longer than %s", intake.BytesText(int64(b.most)))
	}
	n, err := b.r.Read(p[:min(len(p), 64<<10)])
	b.used += n
	return n, err
}
