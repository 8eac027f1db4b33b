package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"plein/internal/plein"
)

// pack makes a packed document of names and contents, in turn.
func pack(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const wordHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`

func docx(t *testing.T, body string) []byte {
	return pack(t, "[Content_Types].xml", "<Types/>", "word/document.xml", wordHead+body+"</w:body></w:document>",
		"word/footnotes.xml", "<w:footnotes><w:p><w:r><w:t>een noot</w:t></w:r></w:p></w:footnotes>", "word/styles.xml", "<t>geen tekst</t>")
}

func odt(t *testing.T, body string) []byte {
	return pack(t, "mimetype", "application/vnd.oasis.opendocument.text", "META-INF/manifest.xml", "<manifest:manifest/>",
		"content.xml", `<?xml version="1.0"?><office:document-content><office:automatic-styles>x</office:automatic-styles><office:body><office:text>`+
			body+`</office:text></office:body></office:document-content>`)
}

func utf16le(s string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func TestTextIsTakenOut(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"a.txt", []byte("\xef\xbb\xbfregel één\r\n\r\n\r\nregel\ttwee\x00"), ""},
		{"a.TXT", []byte("\xef\xbb\xbfregel één\r\n\r\n\r\nregel\ttwee\x07 "), "regel één\n\nregel twee"},
		{"a.txt", []byte("co\xf6peratie \x80 5"), "coöperatie € 5"},
		{"a.txt", utf16le("verlof é 🙂"), "verlof é 🙂"},
		{"a.txt", nil, ""},
		{"notes.md", []byte("# Kop\n\n- *een*\n- [twee](https://example.nl)"), "# Kop\n\n- *een*\n- [twee](https://example.nl)"},
		{"a.html", []byte(`<!doctype html><title>Titel</title><style>p{x}</style><script>alert("<p>nee")</script><h1>K&ouml;p</h1>
			<p>een <b>v</b>et
			woord<br>regel</p><table><tr><td>a<td>b</table><!-- weg --><svg><text>nee</text></svg><noscript>nee</noscript>slot`),
			"Titel\nKöp\neen vet woord\nregel\na b\nslot"},
		{"a.htm", []byte("<meta charset=iso-8859-1><p>\xe9\xe9n"), "één"},
		{"a.html", []byte("<p>niet dicht <b <script"), "niet dicht"},
		{"a.docx", docx(t, `<w:p><w:r><w:t>Aan</w:t></w:r><w:r><w:t xml:space="preserve">vraag </w:t></w:r><w:r><w:tab/><w:t>&amp; verlof</w:t></w:r></w:p>`+
			`<w:p><w:del><w:r><w:delText>weg</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>`+
			`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cel</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>twee</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`),
			"Aanvraag & verlof\ncel\ntwee\neen noot"},
		{"a.odt", odt(t, `<text:tracked-changes><text:p>weg</text:p></text:tracked-changes><text:h>Kop</text:h><text:p>een<text:s text:c="3"/>twee<text:tab/>`+
			`<text:span>dr</text:span>ie<text:line-break/>vier<office:annotation><text:p>remark</text:p></office:annotation></text:p>`),
			"Kop\neen twee drie\nvier"},
	} {
		if c.want == "" && c.data != nil {
			if _, err := Text(context.Background(), c.name, bytes.NewReader(c.data)); !errors.Is(err, ErrBroken) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		got, err := Text(context.Background(), c.name, bytes.NewReader(c.data))
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; not %q", c.name, got, err, c.want)
		}
	}
	for name, want := range map[string]bool{"a.docx": true, "b.PDF": true, "a.exe": false, "docx": false, ".pdf": true, "a.pdf.exe": false} {
		if Reads(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

// bombs are files that are small for their sender and large for a careless reader.
func TestBombsAreRefused(t *testing.T) {
	manyEntries := make([]string, 0, 2*maxEntries+4)
	for range maxEntries + 1 {
		manyEntries = append(manyEntries, "x", "")
	}
	lock := pack(t, "META-INF/manifest.xml", "<m><encryption-data/></m>", "content.xml", "x")
	laughs := `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">` +
		`<!ENTITY x SYSTEM "file:///etc/passwd">]><office:body><text:p>begin &c; &x;</text:p></office:body>`
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"spaces.docx", docx(t, "<w:p><w:r><w:t>begin</w:t></w:r></w:p>"+strings.Repeat(" ", maxPart)), ErrTooLarge},
		{"deep.odt", odt(t, strings.Repeat("<a>", 400_000)), nil},
		{"entries.docx", pack(t, manyEntries...), ErrTooLarge},
		{"no.docx", pack(t, "other.xml", "<x/>"), ErrBroken},
		{"empty.odt", nil, ErrBroken},
		{"not.docx", []byte("PK but no more"), ErrBroken},
		{"old.docx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 with a password"), ErrLocked},
		{"locked.odt", lock, ErrLocked},
		{"a.exe", []byte("MZ"), ErrUnknown},
	} {
		got, err := Text(context.Background(), c.name, bytes.NewReader(c.data))
		if !errors.Is(err, c.want) || err == nil && c.want != nil {
			t.Errorf("%s: %.60q, %v; not %v", c.name, got, err, c.want)
		}
		var told *plein.Error
		if err != nil && (!errors.As(err, &told) || !strings.HasPrefix(told.Key, "extract.")) {
			t.Errorf("%s: no word for %v", c.name, err)
		}
	}
	got, err := Text(context.Background(), "laughs.odt", bytes.NewReader(pack(t, "content.xml", laughs)))
	if strings.Contains(got, "ha") || strings.Contains(got, "root") || len(got) > 100 {
		t.Errorf("entities: %.80q, %v", got, err)
	}
	for _, name := range []string{"a.txt", "a.html", "a.md"} {
		long := strings.Repeat("één woord <p>", 500_000)
		got, err := Text(context.Background(), name, strings.NewReader(long))
		if err != nil || len(got) > MaxText || len(got) < MaxText/2 || !utf8.ValidString(got) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Text(gone, "a.html", strings.NewReader(strings.Repeat("<p>", 5000))); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more: %v", err)
	}
	if _, err := Text(context.Background(), "a.docx", &endless{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file without an end: %v", err)
	}
}

type endless struct{}

func (*endless) Read(p []byte) (int, error) { return len(p), nil }

func FuzzText(f *testing.F) {
	f.Add("a.html", []byte("<p>een<script>x</script>"))
	f.Add("a.txt", []byte("een\xff"))
	f.Add("a.pdf", samplePDF())

	f.Add("a.docx", []byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		got, err := Text(context.Background(), name, bytes.NewReader(data))
		if len(got) > MaxText || !utf8.ValidString(got) || err != nil && got != "" {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		if err != nil && strings.Contains(err.Error(), "panic") {
			t.Fatal(err)
		}
	})
}
