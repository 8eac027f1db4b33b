package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxNesting is how deep one record may be nested; exports stay under ten.
const maxNesting = 64

// ByteOrderMark is what some programs put before a text.
var ByteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// EachLine hands over the lines of a file that are not empty, each bounded and
// valid UTF-8. The slice is only good until fn returns.
func EachLine(name string, r io.Reader, most int, fn func(n int, line []byte) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var kept []byte
	for n := 1; ; n++ {
		kept = kept[:0]
		var err error
		for {
			var piece []byte
			piece, err = in.ReadSlice('\n')
			kept = append(kept, piece...)
			if len(kept) > most {
				return Refuse(fmt.Sprintf("%s, line %d", name, n), "the line is longer than %s", BytesText(int64(most)))
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
		}
		if err != nil && err != io.EOF {
			return ReadProblem(name, err)
		}
		line := bytes.TrimRight(kept, "\r\n")
		if n == 1 {
			line = bytes.TrimPrefix(line, ByteOrderMark)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			at := fmt.Sprintf("%s, line %d", name, n)
			if !utf8.Valid(line) {
				return Refuse(at, "the text is not UTF-8")
			}
			if nesting(line) > maxNesting {
				return Refuse(at, "is nested deeper than %d", maxNesting)
			}
			if err := fn(n, line); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// EachElement hands over the elements of a JSON list, each bounded and valid
// UTF-8, without ever holding more than one. Whether an element is well-formed
// is left to whoever decodes it. The slice is only good until fn returns.
func EachElement(name string, r io.Reader, most int, fn func(n int, raw []byte) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, err := in.Peek(3); err == nil && bytes.Equal(mark, ByteOrderMark) {
		_, _ = in.Discard(3)
	}
	c, err := skipSpace(in)
	switch {
	case err == io.EOF:
		return Refuse(name, "the file is empty")
	case err != nil:
		return ReadProblem(name, err)
	case c != '[':
		return Refuse(name, "does not begin with a list")
	}
	var kept []byte
	for n := 1; ; n++ {
		at := func() string { return fmt.Sprintf("%s, record %d", name, n) }
		c, err := skipSpace(in)
		if err == nil && c == ']' && n == 1 {
			break
		}
		kept = kept[:0]
		depth, inString, escaped := 0, false, false
		for ; err == nil; c, err = in.ReadByte() {
			if !inString && depth == 0 && (c == ',' || c == ']') {
				break
			}
			kept = append(kept, c)
			if len(kept) > most {
				return Refuse(at(), "is longer than %s", BytesText(int64(most)))
			}
			switch {
			case escaped:
				escaped = false
			case inString:
				escaped, inString = c == '\\', c != '"'
			case c == '"':
				inString = true
			case c == '{' || c == '[':
				if depth++; depth > maxNesting {
					return Refuse(at(), "is nested deeper than %d", maxNesting)
				}
			case c == '}' || c == ']':
				depth--
			}
		}
		if err == io.EOF {
			return Refuse(at(), "the file ends in the middle of the list")
		}
		if err != nil {
			return ReadProblem(name, err)
		}
		if !utf8.Valid(kept) {
			return Refuse(at(), "the text is not UTF-8")
		}
		if len(bytes.TrimSpace(kept)) == 0 {
			return Refuse(at(), "is empty")
		}
		if err := fn(n, kept); err != nil {
			return err
		}
		if c == ']' {
			break
		}
	}
	if _, err := skipSpace(in); err == nil {
		return Refuse(name, "goes on after the end of the list")
	} else if err != io.EOF {
		return ReadProblem(name, err)
	}
	return nil
}

func skipSpace(in *bufio.Reader) (byte, error) {
	for {
		c, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, nil
		}
	}
}

// nesting tells how deep a JSON text is nested, whether or not it is valid.
func nesting(raw []byte) int {
	depth, deepest := 0, 0
	inString, escaped := false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if depth++; depth > deepest {
				deepest = depth
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// ReadProblem keeps a problem that came up from an archive, and names any other
// failure to read.
func ReadProblem(name string, err error) error {
	var p Problem
	if errors.As(err, &p) {
		return p
	}
	return Refuse(name, "cannot be read (%v)", err)
}
