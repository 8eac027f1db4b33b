package extract

import (
	"bytes"
	"errors"
	"strconv"
)

// What a PDF is made of. Numbers are float64, and true, false and null are words.
type (
	pdfName   string
	pdfString string
	pdfWord   string
	pdfRef    int
	pdfArray  []any
	pdfDict   map[string]any
	pdfStream struct {
		dict pdfDict
		raw  []byte
	}
)

const maxNesting = 50

var (
	errEnd    = errors.New("end of data")
	errSyntax = errors.New("not a PDF")
)

// lexer reads values out of bytes. Every value is a step, and nothing is nested
// deeper than maxNesting.
type lexer struct {
	b    []byte
	at   int
	refs bool // "12 0 R" is a reference; in the content of a page it is not
	work *steps
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

func (l *lexer) skip() {
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

// next gives the next value or word.
func (l *lexer) next() (any, error) { return l.value(0) }

func (l *lexer) value(depth int) (any, error) {
	if err := l.work.take(); err != nil {
		return nil, err
	}
	if depth > maxNesting {
		return nil, errSyntax
	}
	l.skip()
	if l.at >= len(l.b) {
		return nil, errEnd
	}
	rest := l.b[l.at:]
	switch c := rest[0]; {
	case c == '/':
		return l.name(), nil
	case c == '(':
		return l.literal(), nil
	case c == '<' && len(rest) > 1 && rest[1] == '<':
		l.at += 2
		return l.dict(depth)
	case c == '<':
		return l.hex(), nil
	case c == '[':
		l.at++
		return l.array(depth)
	case c == '>' && len(rest) > 1 && rest[1] == '>':
		l.at += 2
		return pdfWord(">>"), nil
	case isDelimiter(c):
		l.at++
		return pdfWord(rest[:1]), nil
	}
	word := l.word()
	n, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return pdfWord(word), nil
	}
	if l.refs && n >= 0 && n == float64(int(n)) {
		if ref, ok := l.reference(int(n)); ok {
			return ref, nil
		}
	}
	return n, nil
}

func (l *lexer) word() string {
	from := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	return string(l.b[from:l.at])
}

// reference reads the rest of "12 0 R".
func (l *lexer) reference(n int) (pdfRef, bool) {
	back := l.at
	l.skip()
	generation := l.word()
	l.skip()
	if _, err := strconv.ParseUint(generation, 10, 16); err == nil && l.word() == "R" {
		return pdfRef(n), true
	}
	l.at = back
	return 0, false
}

func (l *lexer) name() pdfName {
	l.at++
	word := []byte(l.word())
	if bytes.IndexByte(word, '#') < 0 {
		return pdfName(word)
	}
	out := word[:0]
	for i := 0; i < len(word); i++ {
		if word[i] == '#' && i+2 < len(word) {
			if n, err := strconv.ParseUint(string(word[i+1:i+3]), 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, word[i])
	}
	return pdfName(out)
}

func (l *lexer) literal() pdfString {
	var out []byte
	open := 0
	for ; l.at < len(l.b); l.at++ {
		c := l.b[l.at]
		switch c {
		case '(':
			if open++; open == 1 {
				continue
			}
		case ')':
			if open--; open == 0 {
				l.at++
				return pdfString(out)
			}
		case '\\':
			l.at++
			if l.at >= len(l.b) {
				return pdfString(out)
			}
			switch e := l.b[l.at]; e {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case '\r':
				if l.at+1 < len(l.b) && l.b[l.at+1] == '\n' {
					l.at++
				}
				continue
			case '\n':
				continue
			case '0', '1', '2', '3', '4', '5', '6', '7':
				n := 0
				for i := 0; i < 3 && l.at < len(l.b) && l.b[l.at] >= '0' && l.b[l.at] <= '7'; i++ {
					n = n*8 + int(l.b[l.at]-'0')
					l.at++
				}
				l.at--
				c = byte(n)
			default:
				c = e
			}
		}
		out = append(out, c)
	}
	return pdfString(out)
}

func (l *lexer) hex() pdfString {
	l.at++
	var out []byte
	high, half := byte(0), false
	for ; l.at < len(l.b); l.at++ {
		c := l.b[l.at]
		if c == '>' {
			l.at++
			break
		}
		n, ok := nibble(c)
		if !ok {
			continue
		}
		if half {
			out = append(out, high<<4|n)
		}
		high, half = n, !half
	}
	if half {
		out = append(out, high<<4)
	}
	return pdfString(out)
}

func nibble(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func (l *lexer) array(depth int) (any, error) {
	var out pdfArray
	for {
		v, err := l.value(depth + 1)
		if errors.Is(err, errEnd) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch v {
		case pdfWord("]"):
			return out, nil
		case pdfWord(">>"), pdfWord("endobj"):
			return out, nil
		}
		out = append(out, v)
	}
}

func (l *lexer) dict(depth int) (any, error) {
	out := pdfDict{}
	for {
		key, err := l.value(depth + 1)
		if errors.Is(err, errEnd) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		name, ok := key.(pdfName)
		if !ok {
			if key == pdfWord(">>") || key == pdfWord("endobj") || key == pdfWord("stream") {
				return out, nil
			}
			continue
		}
		v, err := l.value(depth + 1)
		if err != nil && !errors.Is(err, errEnd) {
			return nil, err
		}
		if v == pdfWord(">>") {
			return out, nil
		}
		out[string(name)] = v
	}
}
