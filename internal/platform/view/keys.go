package view

type shortcut struct {
	keys []string
	word string
}

func keys() []shortcut {
	return []shortcut{
		{[]string{"/"}, "keys.search"},
		{[]string{"c"}, "keys.write"},
		{[]string{"j", "k"}, "keys.step"},
		{[]string{"r"}, "keys.reply"},
		{[]string{"t"}, "keys.thanks"},
		{[]string{"b"}, "keys.bookmark"},
		{[]string{"g", "p"}, "nav.square"},
		{[]string{"g", "g"}, "nav.groups"},
		{[]string{"g", "m"}, "nav.notices"},
		{[]string{"Ctrl", "Enter"}, "keys.send"},
		{[]string{"Esc"}, "keys.close"},
		{[]string{"?"}, "keys.list"},
	}
}
