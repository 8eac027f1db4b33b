package imports

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"plein/internal/platform/clock"
)

// progress tells how far an import is: one line that moves on a terminal, a
// plain line now and then anywhere else.
type progress struct {
	w     io.Writer // nil for nobody
	moves bool
	clock clock.Clock
	total int
	seen  int
	done  int
	last  time.Time
	shown bool // the moving line stands there unfinished
}

const barWidth = 30

func newProgress(w io.Writer, c clock.Clock) *progress {
	p := &progress{w: w, clock: c, last: c.Now()}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			p.moves = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

// due says that it is time to say something again.
func (p *progress) due() bool {
	every := 10 * time.Second
	if p.moves {
		every = 100 * time.Millisecond
	}
	if now := p.clock.Now(); now.Sub(p.last) >= every {
		p.last = now
		return true
	}
	return false
}

// checked counts things read the first time.
func (p *progress) checked(n int) {
	if p == nil || p.w == nil {
		return
	}
	before := p.seen
	p.seen += n
	if before/256 != p.seen/256 && p.due() {
		p.say(fmt.Sprintf("Checking: %d", p.seen))
	}
}

// begin says how much there is to write.
func (p *progress) begin(total int, verb string) {
	if p == nil || p.w == nil {
		return
	}
	p.total = total
	p.clear()
	fmt.Fprintf(p.w, "Checked %d people, groups and messages. %s.\n", total, verb)
}

// wrote counts things that are safely in.
func (p *progress) wrote(n int) {
	if p == nil || p.w == nil {
		return
	}
	p.done += n
	if !p.due() && !(p.moves && p.done >= p.total) {
		return
	}
	part := 0.0
	if p.total > 0 {
		part = min(float64(p.done)/float64(p.total), 1)
	}
	if p.moves {
		full := int(part * barWidth)
		p.say(fmt.Sprintf("[%s%s] %3d%%  %d of %d", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), int(part*100), p.done, p.total))
		return
	}
	p.say(fmt.Sprintf("%d%%: %d of %d", int(part*100), p.done, p.total))
}

func (p *progress) say(line string) {
	if p.moves {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.shown = true
		return
	}
	fmt.Fprintln(p.w, line)
}

// end leaves the moving line as it stands and goes to the next one.
func (p *progress) end() {
	if p != nil && p.shown {
		fmt.Fprintln(p.w)
		p.shown = false
	}
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
