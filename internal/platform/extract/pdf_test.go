package extract

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/ascii85"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// writePDF makes a PDF of numbered objects, with a trailer and without a table of
// contents: the reader needs none.
func writePDF(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n0\n%%%%EOF\n", len(objects)+1, trailer)
	return b.Bytes()
}

func stream(dict, body string) string {
	return fmt.Sprintf("<< /Length %d %s >>\nstream\n%s\nendstream", len(body), dict, body)
}

func flate(body string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return b.String()
}

const (
	catalog = "<< /Type /Catalog /Pages 2 0 R >>"
	onePage = "<< /Type /Pages /Kids [3 0 R] /Count 1 /Resources << /Font << /F1 5 0 R >> /XObject << /X1 6 0 R >> >> >>"
	thePage = "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>"
	latin   = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
)

// drawn is a PDF of one page with this content.
func drawn(content, font string, more ...string) []byte {
	return writePDF("", append([]string{catalog, onePage, thePage, stream("/Filter /FlateDecode", flate(content)), font}, more...)...)
}

// fixed is a font of which every letter is half as wide as it is high.
func fixed(extra string) string {
	return "<< /Type /Font /Subtype /TrueType /FirstChar 0 /Widths [" + strings.Repeat("500 ", 256) + "] " + extra + " >>"
}

func samplePDF() []byte {
	return drawn("BT /F1 12 Tf 72 700 Td (Aanvraag voor verlof) Tj 0 -14 Td (tweede regel) Tj ET", latin)
}

func TestPDFText(t *testing.T) {
	wide := "<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [7 0 R] >>"
	letters := stream("", "1 begincodespacerange <0000> <FFFF> endcodespacerange 2 beginbfchar <0001> <0056> <0002> <00660069> endbfchar "+
		"2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<00E9> <D83DDE42>] endbfrange")
	widths := "<< /Type /Font /Subtype /CIDFontType2 /DW 1000 /W [1 [500 500] 16 18 500] >>"
	packed := "1 0 2 " + fmt.Sprint(len(catalog)+1) + " "
	together := stream(fmt.Sprintf("/Type /ObjStm /N 2 /First %d /Filter /FlateDecode", len(packed)), flate(packed+catalog+" "+onePage))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"two lines":  {samplePDF(), "Aanvraag voor verlof\ntweede regel"},
		"no trailer": {bytes.Split(samplePDF(), []byte("trailer"))[0], "Aanvraag voor verlof\ntweede regel"},
		"accents and escapes": {drawn(`BT /F1 9 Tf (\351\351n \(twee\) \\ drie\
vier) Tj ET`, latin), `één (twee) \ drievier`},
		"hex":         {drawn("BT /F1 9 Tf <56 65726C6F6> Tj ET", latin), "Verlo`"},
		"differences": {drawn(`BT /F1 9 Tf (\001\002\003x) Tj ET`, fixed("/Encoding << /Differences [1 /eacute /fi /uni20AC] >>")), "éfi€x"},
		"kerning makes no words, jumps do": {
			drawn("BT /F1 10 Tf [(V)-60(er)20(lof)-300(aan)-40(vraag)] TJ ET", fixed("")), "Verlof aanvraag"},
		"words are placed one by one": {
			drawn("BT /F1 10 Tf 1 0 0 1 72 700 Tm (een) Tj 1 0 0 1 90 700 Tm (twee) Tj 1 0 0 1 72 688 Tm (drie) Tj ET", fixed("")), "een twee\ndrie"},
		"letters are placed one by one": {
			drawn("BT /F1 10 Tf 1 0 0 1 72 700 Tm (e) Tj 1 0 0 1 77 700 Tm (e) Tj 1 0 0 1 82 700 Tm (n) Tj ET", fixed("")), "een"},
		"a divided word": {
			drawn("BT /F1 10 Tf 12 TL (verlof-) Tj T* (aanvraag in Noord-) Tj T* (Holland) Tj ET", fixed("")), "verlofaanvraag in Noord-\nHolland"},
		"turned":              {drawn("BT /F1 10 Tf 0 1 -1 0 72 100 Tm (op) Tj 0 1 -1 0 72 110 Tm (zij) Tj ET", fixed("")), "opzij"},
		"its own numbers":     {writePDF("", catalog, onePage, thePage, stream("", "BT /F1 10 Tf <000100020010001100200021> Tj ET"), wide, letters, widths), "Vfiabé🙂"},
		"a form":              {drawn("/X1 Do", latin, stream("/Type /XObject /Subtype /Form /Resources << /Font << /F1 5 0 R >> >>", "BT /F1 9 Tf (binnen) Tj ET")), "binnen"},
		"a form in itself":    {drawn("BT /F1 9 Tf (x) Tj ET /X1 Do", latin, stream("/Subtype /Form", "/X1 Do BT /F1 9 Tf 0 -50 Td (y) Tj ET")), "x\n" + strings.Repeat("y", maxForms)},
		"an image in between": {drawn("BT /F1 9 Tf (a) Tj ET BI /W 1 ID (\x01Tj) \nEI BT /F1 9 Tf 40 0 Td (b) Tj ET", fixed("")), "a b"},
		"objects in a stream": {[]byte(strings.Replace(string(writePDF("", "null", "null", thePage, stream("", "BT /F1 9 Tf (samen) Tj ET"), latin, together)),
			"1 0 obj\nnull\nendobj\n2 0 obj\nnull\nendobj\n", "", 1)), "samen"},
		"two filters": {writePDF("", catalog, onePage, thePage, stream("/Filter [/ASCII85Decode /FlateDecode]", a85(flate("BT /F1 9 Tf (twee keer) Tj ET"))), latin), "twee keer"},
		"saved twice": {append(samplePDF(), []byte("4 0 obj\n"+stream("", "BT /F1 9 Tf (nieuwer) Tj ET")+"\nendobj\n")...), "nieuwer"},
		"pages in a circle": {writePDF("", catalog, "<< /Type /Pages /Kids [2 0 R 3 0 R 3 0 R] /Resources << /Font << /F1 5 0 R >> >> >>", thePage,
			stream("", "BT /F1 9 Tf (rond) Tj ET"), latin), "rond"},
		"a scan": {drawn("q 600 0 0 800 0 0 cm /X1 Do Q", latin, stream("/Subtype /Image /Filter /DCTDecode", "\xff\xd8\xff")), ""},
	} {
		got, err := Text(context.Background(), "a.pdf", bytes.NewReader(c.data))
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; not %q", name, got, err, c.want)
		}
	}
}

func a85(s string) string {
	out := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return "<~" + string(out[:ascii85.Encode(out, []byte(s))]) + "~>"
}

func TestPDFBombs(t *testing.T) {
	zeros := flate(strings.Repeat(" ", maxPart))
	for name, c := range map[string]struct {
		data []byte
		want error // nil: anything goes, as long as it ends
	}{
		"locked":        {writePDF("/Encrypt 9 0 R", catalog, onePage, thePage, stream("", "BT (x) Tj ET"), latin), ErrLocked},
		"not one":       {[]byte("GIF89a"), ErrBroken},
		"nothing in it": {[]byte("%PDF-1.7\n"), ErrBroken},
		"no pages":      {writePDF("", catalog, "<< /Type /Pages >>"), nil},
		"unpacks to too much": {writePDF("", catalog, onePage, "<< /Type /Page /Contents [4 0 R 4 0 R 4 0 R] >>",
			stream("/Filter /FlateDecode", zeros)), ErrTooLarge},
		"packed twice":        {drawn("", latin, stream("/Type /ObjStm /N 1 /First 0 /Filter [/FlateDecode /FlateDecode]", flate(zeros+zeros+zeros))), nil},
		"nested":              {drawn(strings.Repeat("[", 200_000), latin), nil},
		"nested dictionaries": {writePDF("", catalog, strings.Repeat("<< /Kids ", 100_000)), nil},
		"streams without end": {[]byte("%PDF-1.7\n" + strings.Repeat("1 0 obj << >> stream\n", 100_000)), nil},
		"many objects":        {manyObjects(maxObjects + 10), ErrTooLarge},
		"a length that needs itself": {writePDF("", catalog, onePage, thePage, "<< /Length 4 0 R >>\nstream\nBT /F1 9 Tf (lang) Tj ET\nendstream", latin),
			nil},
		"a font of everything": {drawn("BT /F1 9 Tf (x) Tj ET", "<< /Subtype /Type0 /ToUnicode 6 0 R /DescendantFonts [<< /W [0 1e9 5 0 65535 1] >>] >>",
			stream("", strings.Repeat("1 beginbfrange <0000> <FFFF> <0041> endbfrange ", 1000))), ErrTooLarge},
		"letters without end": {drawn("BT /F1 9 Tf "+strings.Repeat("("+strings.Repeat("x ", 5000)+") Tj ", 2000)+"ET", latin), nil},
		"spaces without end":  {drawn("BT /F1 9 Tf "+strings.Repeat("("+strings.Repeat(" ", 5000)+") Tj ", 2000)+"ET", latin), ErrTooLarge},
		"impossible numbers":  {drawn("BT /F1 1e999 Tf NaN 0 0 1e-300 -1e300 0 Tm (x) Tj [(y) 1e300 (z)] TJ ET", latin), nil},
	} {
		got, err := Text(context.Background(), "a.pdf", bytes.NewReader(c.data))
		if c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %.60q, %v; not %v", name, got, err, c.want)
		}
		if len(got) > MaxText || !utf8.ValidString(got) || err != nil && strings.Contains(err.Error(), "panic") {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func manyObjects(n int) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i := range n {
		fmt.Fprintf(&b, "%d 0 obj 1 endobj ", i)
	}
	return b.Bytes()
}

// TestDamagedPDF changes bytes of a good file at random; it may give less, and
// always ends.
func TestDamagedPDF(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	good := writePDF("", catalog, onePage, thePage, stream("", "BT /F1 9 Tf 12 TL [(a)-300(b)] TJ T* (c) ' ET /X1 Do"), fixed("/ToUnicode 7 0 R"),
		stream("/Subtype /Form", "BT /F1 9 Tf (d) Tj ET"), stream("/Filter /FlateDecode", flate("1 beginbfchar <61> <0041> endbfchar")))
	for range 3000 {
		bad := bytes.Clone(good)
		for range 1 + r.IntN(8) {
			i := r.IntN(len(bad))
			switch r.IntN(3) {
			case 0:
				bad[i] = byte(r.IntN(256))
			case 1:
				bad = append(bad[:i], bad[min(len(bad), i+r.IntN(20)):]...)
			case 2:
				j := r.IntN(len(bad))
				bad = append(bad[:i:i], append(bytes.Clone(bad[j:min(len(bad), j+r.IntN(40))]), bad[i:]...)...)
			}
			if len(bad) == 0 {
				bad = []byte("%PDF-")
			}
		}
		if _, err := Text(context.Background(), "a.pdf", bytes.NewReader(bad)); err != nil && strings.Contains(err.Error(), "panic") {
			t.Fatalf("%v\n%q", err, bad)
		}
	}
}
