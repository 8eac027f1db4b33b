package picture

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"plein/internal/plein"
)

func TestS47NamesOfFiles(t *testing.T) {
	for in, want := range map[string]string{
		"rooster week 12.pdf":       "rooster week 12.pdf",
		"Één foto's (2).JPG":        "Één foto's (2).JPG",
		"../../etc/passwd":          "passwd",
		`C:\Users\jan\rooster.docx`: "rooster.docx",
		`\\server\share\x.txt`:      "x.txt",
		"/etc/":                     "file",
		"":                          "file",
		".":                         "file",
		"..":                        "file",
		". . .":                     "file",
		".htaccess":                 "htaccess",
		"a\x00b.txt":                "ab.txt",
		"a\r\nb.txt":                "ab.txt",
		"foto\u202Egpj.exe":         "fotogpj.exe",
		"a\u200Bb\uFEFF.txt":        "ab.txt",
		"CON":                       "_CON",
		"con.txt":                   "_con.txt",
		"nul.tar.gz":                "_nul.tar.gz",
		"COM1.log":                  "_COM1.log",
		"com10.log":                 "com10.log",
		"constant.txt":              "constant.txt",
		"a<b>:\"|?*.txt":            "a_b______.txt",
		"naam. . ":                  "naam",
		"e\u0301.txt":               "é.txt",
		"\xff\xfe.txt":              "_.txt",
		"a  b\u00A0c.txt":           "a b c.txt",
		"x/../y.png":                "y.png",
		"evil.png\u2028.exe":        "evil.png.exe",
	} {
		if got := SafeName(in); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", in, got, want)
		}
	}
	for _, long := range []string{strings.Repeat("a", 4096) + ".pdf", strings.Repeat("é", 4096) + ".pdf", strings.Repeat("😀", 300) + ".pdf",
		strings.Repeat("a", 300) + "." + strings.Repeat("b", 300), strings.Repeat("a/", 4096) + "x.pdf", strings.Repeat("\xff", 1<<20)} {
		got := SafeName(long)
		if utf8.RuneCountInString(got) > plein.MaxFilename || len(got) > maxNameBytes || got == "" || !utf8.ValidString(got) {
			t.Errorf("%.20q… became %d bytes", long, len(got))
		}
		if strings.HasSuffix(long, ".pdf") && !strings.HasSuffix(got, ".pdf") {
			t.Errorf("%.20q… lost its kind: %q", long, got)
		}
	}
}

func TestS48TheHeaderCannotBeBrokenOutOf(t *testing.T) {
	if got, want := ContentDisposition(false, "Één \"vraag\"; 100%.pdf"), `attachment; filename="__n _vraag__ 100_.pdf"; filename*=UTF-8''%C3%89%C3%A9n%20_vraag_%3B%20100%25.pdf`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, name := range []string{"a\"; filename=evil.exe", "a\r\nSet-Cookie: x=y", "a'b.txt", `a\"b.txt`, "é€😀.pdf", "\xff\x00", "a;b,c=d.txt", "%41.txt", "UTF-8''x", ""} {
		for _, inline := range []bool{true, false} {
			got := ContentDisposition(inline, name)
			how, params, err := mime.ParseMediaType(got)
			if err != nil || strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q gives %s: %v", name, got, err)
				continue
			}
			if (how == "inline") != inline || params["filename"] != SafeName(name) || len(params) != 1 {
				t.Errorf("%q gives %s, read as %v", name, got, params)
			}
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../x", "CON", "\u202e", "é.", "a.b.c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := SafeName(name)
		if got == "" || got == "." || got == ".." || strings.ContainsAny(got, "/\\\x00\r\n") || len(got) > maxNameBytes || !utf8.ValidString(got) {
			t.Fatalf("%q became %q", name, got)
		}
		if again := SafeName(got); again != got {
			t.Fatalf("%q became %q and then %q", name, got, again)
		}
	})
}
