package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"plein/internal/plein"
)

const (
	maxFields   = 1000    // values in one form
	filesInCore = 1 << 20 // bytes of an upload kept in memory; the rest waits in a temporary file
	maxDepth    = 32      // of JSON
)

// Form is what was sent: the fields of a form, or the query of a GET. All of it
// is valid UTF-8 without NUL, and lines end in "\n".
type Form struct {
	values url.Values
	files  map[string][]*multipart.FileHeader
}

// Get gives the first value of a field without the space around it, for fields
// of one line; "" when it was not sent.
func (f Form) Get(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// Text gives the first value of a field just as it was typed.
func (f Form) Text(name string) string { return f.values.Get(name) }

// Has says that the field was sent, also when it is empty.
func (f Form) Has(name string) bool { return f.values.Has(name) }

// On says that a tick box was ticked.
func (f Form) On(name string) bool {
	switch f.Get(name) {
	case "", "0", "false", "off", "no":
		return false
	}
	return true
}

// All gives every value of a field, as for a list of tick boxes.
func (f Form) All(name string) []string { return f.values[name] }

// ID reads a field as an id. An empty or missing field is the zero ID; anything
// else that is no id is plein.ErrNotFound.
func (f Form) ID(name string) (plein.ID, error) {
	s := f.Get(name)
	if s == "" {
		return 0, nil
	}
	return plein.ParseID(s)
}

// Files gives the files sent under a name. An empty file field, which a browser
// sends as a file without a name and content, is left out.
func (f Form) Files(name string) []*multipart.FileHeader {
	var out []*multipart.FileHeader
	for _, h := range f.files[name] {
		if h.Filename != "" || h.Size > 0 {
			out = append(out, h)
		}
	}
	return out
}

// Values gives all fields, for what has to keep a form until after sign-in.
func (f Form) Values() url.Values { return f.values }

// Decode reads a form from a POST, and the query from a GET or HEAD. The query of
// a POST is never mixed in. What is too large, not a form or not text is one
// clear error.
func Decode(r *http.Request) (Form, error) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if len(r.URL.RawQuery) > plein.MaxFormBytes {
			return Form{}, tooLarge(plein.MaxFormBytes)
		}
		v, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return Form{}, badForm(err)
		}
		return checked(Form{values: v})
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return Form{}, badForm(err)
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		if err := r.ParseForm(); err != nil {
			return Form{}, badForm(err)
		}
		return checked(Form{values: r.PostForm})
	case "multipart/form-data":
		if err := r.ParseMultipartForm(filesInCore); err != nil {
			return Form{}, badForm(err)
		}
		return checked(Form{values: r.MultipartForm.Value, files: r.MultipartForm.File})
	}
	return Form{}, badForm(errors.New("the content type is " + kind))
}

// checked copies the values, so that what net/http keeps of the request stays as
// it came.
func checked(f Form) (Form, error) {
	out := make(url.Values, len(f.values))
	n := 0
	for name, list := range f.values {
		if n += len(list); n > maxFields {
			return Form{}, plein.E(plein.Invalid, "web.too_many_fields", plein.Args{"max": maxFields})
		}
		if !isText(name) {
			return Form{}, plein.E(plein.Invalid, "web.not_text", nil)
		}
		clean := make([]string, len(list))
		for i, v := range list {
			if !isText(v) {
				return Form{}, plein.E(plein.Invalid, "web.not_text", nil)
			}
			clean[i] = strings.ReplaceAll(v, "\r\n", "\n")
		}
		out[name] = clean
	}
	f.values = out
	return f, nil
}

// isText refuses broken UTF-8, and NUL, which PostgreSQL cannot keep.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func badForm(err error) error {
	if over, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(over.Limit)
	}
	if errors.Is(err, multipart.ErrMessageTooLarge) {
		return plein.E(plein.Invalid, "web.too_many_fields", plein.Args{"max": maxFields})
	}
	return &plein.Error{Kind: plein.Invalid, Key: "web.bad_form", Op: "web.decode", Err: err}
}

// DecodeJSON reads one small JSON object into v. A key that is there twice, a
// nest deeper than 32, anything after the object and another content type are
// refused (TRUST S116), so that no two readers can understand it differently.
// Keys that v does not have are passed over.
func DecodeJSON(r *http.Request, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return plein.E(plein.Invalid, "web.not_json", nil)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return badForm(err)
	}
	if !utf8.Valid(body) {
		return plein.E(plein.Invalid, "web.not_text", nil)
	}
	if err := oneMeaning(body); err != nil {
		return &plein.Error{Kind: plein.Invalid, Key: "web.not_json", Op: "web.decode_json", Err: err}
	}
	if err := json.Unmarshal(body, v); err != nil {
		return &plein.Error{Kind: plein.Invalid, Key: "web.not_json", Op: "web.decode_json", Err: err}
	}
	return nil
}

// oneMeaning walks over the tokens and looks for what parsers disagree about.
func oneMeaning(body []byte) error {
	type level struct {
		keys  map[string]bool // nil in a list
		isKey bool
	}
	var open []level
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err == io.EOF {
			return errors.New("it ends too early")
		}
		if err != nil {
			return err
		}
		top := len(open) - 1
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{', '[':
				if top+1 >= maxDepth {
					return errors.New("it is nested too deep")
				}
				l := level{}
				if t == '{' {
					l = level{keys: map[string]bool{}, isKey: true}
				}
				if top >= 0 && open[top].keys != nil {
					open[top].isKey = true // this object is the value; after it comes a key
				}
				open = append(open, l)
			default:
				open = open[:top]
			}
		case string:
			if top >= 0 && open[top].keys != nil {
				if open[top].isKey {
					folded := strings.ToLower(t) // encoding/json takes "Role" for "role"
					if open[top].keys[folded] {
						return errors.New("a key is there twice")
					}
					open[top].keys[folded] = true
					open[top].isKey = false
				} else {
					open[top].isKey = true
				}
			}
		default:
			if top >= 0 && open[top].keys != nil {
				open[top].isKey = true
			}
		}
		if len(open) == 0 {
			break
		}
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something comes after it")
	}
	return nil
}
