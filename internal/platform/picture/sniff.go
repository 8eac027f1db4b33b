package picture

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// Class is what the house does with a file: show it, offer it for reading, or
// only hand it over.
type Class string

const (
	Image      Class = "image"   // one that Reencode reads
	Text       Class = "text"    // plain text, also CSV
	PDF        Class = "pdf"     //
	Office     Class = "office"  // documents, sheets and slides
	Archive    Class = "archive" // zip and its like
	AudioVideo Class = "media"   // sound and film
	Other      Class = "other"   // everything else; SVG and HTML too, because they can run
)

// SniffLength is how many bytes of a file Sniff wants to see.
const SniffLength = 4096

type magic struct {
	at    int
	bytes string
	mime  string
	class Class
}

// magics are the first bytes of files we know. None of them is a promise that
// the rest of the file is what it says: pictures are made anew, and nothing else
// is ever shown by us.
var magics = []magic{
	{0, "\xff\xd8\xff", "image/jpeg", Image},
	{0, "\x89PNG\r\n\x1a\n", "image/png", Image},
	{0, "GIF87a", "image/gif", Image},
	{0, "GIF89a", "image/gif", Image},
	{8, "WEBPVP8", "image/webp", Image},
	{0, "%PDF-", "application/pdf", PDF},
	{0, "{\\rtf", "application/rtf", Office},
	{0, "\x1f\x8b\x08", "application/gzip", Archive},
	{0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", Archive},
	{0, "Rar!\x1a\x07", "application/vnd.rar", Archive},
	{0, "BZh", "application/x-bzip2", Archive},
	{0, "\xfd7zXZ\x00", "application/x-xz", Archive},
	{0, "\x28\xb5\x2f\xfd", "application/zstd", Archive},
	{257, "ustar", "application/x-tar", Archive},
	{0, "\x1a\x45\xdf\xa3", "video/webm", AudioVideo},
	{0, "OggS", "audio/ogg", AudioVideo},
	{0, "fLaC", "audio/flac", AudioVideo},
	{0, "ID3", "audio/mpeg", AudioVideo},
	{0, "\xff\xfb", "audio/mpeg", AudioVideo},
	{0, "\xff\xf3", "audio/mpeg", AudioVideo},
	{8, "WAVEfmt ", "audio/wav", AudioVideo},
	{8, "AVI LIST", "video/x-msvideo", AudioVideo},
	{0, "MZ", "application/octet-stream", Other},
	{0, "\x7fELF", "application/octet-stream", Other},
}

// inZip are the documents that are a zip inside, by what their first entries
// say.
var inZip = []struct{ entry, ext, mime string }{
	{"word/", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"xl/", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"ppt/", ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{"mimetypeapplication/vnd.oasis.opendocument.text", ".odt", "application/vnd.oasis.opendocument.text"},
	{"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", ".ods", "application/vnd.oasis.opendocument.spreadsheet"},
	{"mimetypeapplication/vnd.oasis.opendocument.presentation", ".odp", "application/vnd.oasis.opendocument.presentation"},
}

var olderOffice = map[string]string{".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint"}

// Sniff says what a file is, from its first bytes (SniffLength or fewer). The
// name only chooses between kinds that have the same bytes; it never makes a file
// something that its bytes are not (TRUST S42).
func Sniff(head []byte, name string) (mime string, class Class) {
	ext := strings.ToLower(path.Ext(name))
	for _, m := range magics {
		if len(head) >= m.at+len(m.bytes) && string(head[m.at:m.at+len(m.bytes)]) == m.bytes {
			if m.at == 8 && !bytes.HasPrefix(head, []byte("RIFF")) {
				continue
			}
			return m.mime, m.class
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		for _, z := range inZip {
			// An OOXML file may begin with a long table of contents.
			if bytes.Contains(head, []byte(z.entry)) || ext == z.ext && bytes.Contains(head, []byte("[Content_Types].xml")) {
				return z.mime, Office
			}
		}
		return "application/zip", Archive
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if mime, known := olderOffice[ext]; known {
			return mime, Office
		}
		return "application/x-ole-storage", Office
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		switch brand := string(head[8:12]); {
		case strings.HasPrefix(brand, "hei"), strings.HasPrefix(brand, "hev"), brand == "mif1", brand == "msf1":
			return "image/heic", Other
		case strings.HasPrefix(brand, "avi"):
			return "image/avif", Other
		case brand == "M4A ":
			return "audio/mp4", AudioVideo
		case brand == "qt  ":
			return "video/quicktime", AudioVideo
		}
		return "video/mp4", AudioVideo
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "text/plain; charset=utf-16", Text
	case isText(head):
		return textKind(head, ext)
	}
	return "application/octet-stream", Other
}

// textKind tells what a browser would run from what it would only show.
func textKind(head []byte, ext string) (string, Class) {
	lower := bytes.ToLower(head)
	for _, sign := range []string{"<svg", "<!doctype svg", "xmlns=\"http://www.w3.org/2000/svg", "xmlns='http://www.w3.org/2000/svg"} {
		if bytes.Contains(lower, []byte(sign)) {
			return "image/svg+xml", Other
		}
	}
	for _, sign := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<iframe"} {
		if bytes.Contains(lower, []byte(sign)) {
			return "text/html", Other
		}
	}
	if ext == ".svg" {
		return "image/svg+xml", Other
	}
	if bytes.HasPrefix(bytes.TrimSpace(lower), []byte("<?xml")) {
		return "application/xml", Other
	}
	if ext == ".csv" {
		return "text/csv; charset=utf-8", Text
	}
	return "text/plain; charset=utf-8", Text
}

// isText says that the bytes are UTF-8 without control characters. The last
// character may have been cut in two.
func isText(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if len(head) == 0 {
		return false
	}
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && size == 1 {
			return len(head) < utf8.UTFMax && !utf8.FullRune(head)
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' || r == 0x7f {
			return false
		}
		head = head[size:]
	}
	return true
}
