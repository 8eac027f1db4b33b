package view

import "github.com/a-h/templ"

// fieldAttrs are the attributes that an input, a text area and a select share.
func fieldAttrs(f FieldView) templ.OrderedAttributes {
	a := templ.OrderedAttributes{{Key: "id", Value: f.id()}, {Key: "name", Value: f.Name}}
	add := func(key string, value any) { a = append(a, templ.KeyValue[string, any]{Key: key, Value: value}) }
	if s := f.about(); s != "" {
		add("aria-describedby", s)
	}
	if f.Error != "" {
		add("aria-invalid", "true")
	}
	if f.Autocomplete != "" {
		add("autocomplete", f.Autocomplete)
	}
	if f.InputMode != "" {
		add("inputmode", f.InputMode)
	}
	if f.Placeholder != "" {
		add("placeholder", f.Placeholder)
	}
	if f.Required {
		add("required", true)
	}
	if f.Focus {
		add("autofocus", true)
	}
	return a
}
