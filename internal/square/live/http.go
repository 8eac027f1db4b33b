package live

import (
	"net/http"
	"time"

	"plein/internal/platform/web"
	"plein/internal/plein"
)

// writeWithin is how long a browser may take to let a write through.
const writeWithin = 10 * time.Second

// asked reads what a browser wants to be told. What is no id is left out, as what
// may not be seen is.
func asked(r *http.Request) Ask {
	q := r.URL.Query()
	ask := Ask{After: q.Get("after"), Threads: ids(q["thread"]), Places: ids(q["place"])}
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		ask.After = last
	}
	return ask
}

func ids(words []string) (out []plein.ID) {
	for _, word := range words[:min(len(words), maxWatch)] {
		if id, err := plein.ParseID(word); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// stream writes what a browser is told, until one of the two ends it. This is the
// only place that knows how a stream is written.
func (m *Module) stream(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // for proxies that would gather it
	if r.Method == http.MethodHead {
		return nil
	}
	ctx := r.Context()
	one, err := m.Open(ctx, plein.ActorFrom(ctx), asked(r))
	if err != nil {
		return err
	}
	defer m.Close(one)
	out := http.NewResponseController(w)
	w.WriteHeader(http.StatusOK)
	for {
		frames, over := one.Next(ctx)
		if over != Going && over != Slow {
			frames = append(frames, frame("", string(over), "{}"))
		}
		if len(frames) > 0 {
			_ = out.SetWriteDeadline(time.Now().Add(writeWithin)) // a recorder in a test has none
			for _, f := range frames {
				if _, err = w.Write(f); err != nil {
					break
				}
			}
			if err == nil {
				err = out.Flush()
			}
			if err != nil && ctx.Err() == nil {
				m.Stuck(one)
			}
		}
		if over != Going || err != nil && ctx.Err() == nil {
			return nil
		}
	}
}

// thread gives a thread as a part of a page, for who has it open.
func (m *Module) thread(w http.ResponseWriter, r *http.Request) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	part, err := m.Thread(r, id)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, part)
}
