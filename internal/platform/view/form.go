package view

import "plein/internal/platform/words"

// FieldView is one field of a form. Label, Hint and Error are sentences already.
// There is no maxlength: a browser would cut what was pasted without a word; the
// server says what is too long and keeps the text.
type FieldView struct {
	ID           string // empty takes Name
	Name         string
	Label        string
	Hint         string // under the label, before writing
	Value        string // what was typed is kept
	Error        string // under the field: what is wrong and how to mend it
	Type         string // input type; empty is text
	Autocomplete string // "email", "current-password", "off" …
	InputMode    string
	Placeholder  string
	Max          int // said in the hint when above zero, in characters
	Rows         int // of a TextArea; 0 is 4
	Required     bool
	Optional     bool // says that it may stay empty
	Focus        bool // the field to start in; after an error the first that is wrong
	Speaker      words.Speaker
}

// OptionView is one of several values of a field.
type OptionView struct {
	Value, Label, Hint, Icon string
	Count                    int // how many results it gives, in Facets
	Chosen                   bool
}

// FacetView is one question of a Facets form.
type FacetView struct {
	Legend, Name string
	Options      []OptionView
}

// ReactView is one of the five words under an item.
type ReactView struct {
	Value string // "agree"
	Icon  string // "agree", "tulip", "star", "same", "hand"
	Label string // "Eens"
	Count int
	Mine  bool
}

func (f FieldView) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f FieldView) kind() string {
	if f.Type != "" {
		return f.Type
	}
	return "text"
}

func (f FieldView) rows() int {
	if f.Rows > 0 {
		return f.Rows
	}
	return 4
}

func (f FieldView) hint() string {
	if f.Max <= 0 {
		return f.Hint
	}
	limit := f.Speaker.T("form.limit", "max", f.Max)
	if f.Hint == "" {
		return limit
	}
	return f.Hint + " (" + limit + ")"
}

// about lists the ids that describe the field, for aria-describedby.
func (f FieldView) about() string {
	s := ""
	if f.hint() != "" {
		s = f.id() + "-hint"
	}
	if f.Error != "" {
		if s != "" {
			s += " "
		}
		s += f.id() + "-err"
	}
	return s
}

func fieldClass(f FieldView) string {
	if f.Error != "" {
		return "field field-err"
	}
	return "field"
}

func wrong(fields []FieldView) (out []FieldView) {
	for _, f := range fields {
		if f.Error != "" {
			out = append(out, f)
		}
	}
	return out
}

func (r ReactView) spoken(sp words.Speaker) string {
	s := r.Label + ", " + sp.Number(r.Count)
	if r.Mine {
		s += ", " + sp.T("view.also_yours")
	}
	return s
}

func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
