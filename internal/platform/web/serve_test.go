package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// serve runs a server on a free port of this machine.
func serve(t *testing.T, h http.Handler) (address string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	at, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- Serve(ctx, "127.0.0.1:0", h, nil, func(a net.Addr) { at <- a }) }()
	select {
	case a := <-at:
		return a.String(), func() error { cancel(); return <-ended }
	case err := <-ended:
		t.Fatalf("it does not start: %v", err)
	case <-time.After(10 * time.Second):
		t.Fatal("it does not start")
	}
	panic("unreachable")
}

func TestStoppingLetsRequestsFinishAndStreamsEnd(t *testing.T) {
	begun, finish := make(chan string, 2), make(chan struct{})
	h := newHouse(t, func(h *house) {
		h.routes.Get("/slow", Public, func(w http.ResponseWriter, r *http.Request) error {
			begun <- "slow"
			<-finish
			return JSON(w, http.StatusOK, "done")
		})
		h.routes.Stream("/live", Public, func(w http.ResponseWriter, r *http.Request) error {
			_, _ = io.WriteString(w, "first")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Errorf("a stream cannot flush: %v", err)
			}
			begun <- "live"
			if _, ends := r.Context().Deadline(); ends {
				t.Error("a stream has a deadline")
			}
			<-r.Context().Done()
			_, _ = io.WriteString(w, " last")
			return nil
		})
	})
	address, stop := serve(t, h.srv)
	type result struct {
		text string
		err  error
	}
	get := func(path string) <-chan result {
		c := make(chan result, 1)
		go func() {
			resp, err := http.Get("http://" + address + path)
			if err != nil {
				c <- result{"", err}
				return
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			c <- result{string(b), err}
		}()
		return c
	}
	slow, live := get("/slow"), get("/live")
	<-begun
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	if got := <-live; got.err != nil || got.text != "first last" {
		t.Errorf("the stream: %+v", got)
	}
	if _, err := net.Dial("tcp", address); err == nil {
		// The stream has ended, so stopping has begun: nobody new may come in.
		t.Error("a stopping server accepts connections")
	}
	close(finish)
	if got := <-slow; got.err != nil || got.text != `"done"` {
		t.Errorf("the running request: %+v", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func TestAnAddressThatIsTaken(t *testing.T) {
	address, stop := serve(t, http.NotFoundHandler())
	if err := Serve(t.Context(), address, http.NotFoundHandler(), nil, nil); err == nil {
		t.Error("two servers on one address")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// A handler that fails halfway must not look as if it was done.
func TestHalfAnAnswerIsAnErrorToTheClient(t *testing.T) {
	h := newHouse(t)
	address, stop := serve(t, h.srv)
	resp, err := http.Get("http://" + address + "/fails/late")
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	if err == nil {
		t.Error("the client thinks that it has everything")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
