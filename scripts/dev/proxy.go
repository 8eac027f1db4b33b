package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// The two addresses of the proxy itself. Plein has nothing under /-/.
const (
	scriptPath = "/-/reload.js"
	eventsPath = "/-/reload"
)

// script reloads the page when a newer build is up. It is a file of its own,
// from the same origin, because Plein allows no script inside a page.
const script = `"use strict";
let first = "";
new EventSource("` + eventsPath + `").onmessage = (e) => {
  if (first && e.data !== first) location.reload();
  first = e.data;
};
`

// proxy stands before Plein: it adds the script to pages and shows what went
// wrong while there is no program to ask.
type proxy struct {
	behind http.Handler

	mu      sync.Mutex
	build   int
	err     error
	changed chan struct{} // closed at every new build
}

func newProxy(inner string) *proxy {
	p := &proxy{changed: make(chan struct{}), err: fmt.Errorf("the first build is not ready yet")}
	target := &url.URL{Scheme: "http", Host: inner}
	p.behind = &httputil.ReverseProxy{
		FlushInterval: -1, // live streams pass at once
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // Plein compares it with where a form came from
			r.Out.Header.Del("Accept-Encoding")
		},
		ModifyResponse: addScript,
	}
	return p
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case scriptPath:
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = io.WriteString(w, script)
		return
	case eventsPath:
		p.events(w, r)
		return
	}
	p.mu.Lock()
	err := p.err
	p.mu.Unlock()
	if err == nil {
		p.behind.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	page := strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(err.Error())
	fmt.Fprintf(w, "<!doctype html><title>dev</title><pre>%s</pre><script src=%q></script>", page, scriptPath)
}

// events keeps an open page up to date: one number per build.
func (p *proxy) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	for {
		p.mu.Lock()
		build, changed := p.build, p.changed
		p.mu.Unlock()
		fmt.Fprintf(w, "data: %d\n\n", build)
		if flush.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

func (p *proxy) reload()          { p.next(nil) }
func (p *proxy) broken(err error) { p.next(err) }

func (p *proxy) next(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
	p.build++
	close(p.changed)
	p.changed = make(chan struct{})
}

// addScript puts the script before the end of a page.
func addScript(res *http.Response) error {
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || res.Header.Get("Content-Encoding") != "" {
		return nil
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return err
	}
	if at := bytes.LastIndex(body, []byte("</body>")); at >= 0 {
		tag := []byte(`<script src="` + scriptPath + `"></script>`)
		body = append(body[:at:at], append(tag, body[at:]...)...)
		res.Header.Del("ETag") // the page is not the one the tag was made for
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	res.ContentLength = int64(len(body))
	res.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}
