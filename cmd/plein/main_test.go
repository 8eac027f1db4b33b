package main_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program itself, built once: these tests run it as a person does.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "plein-cmd-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "plein")
	build := exec.Command("go", "build", "-ldflags", "-X main.stamp=v1.2.3-test", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s%v\n", out, err)
		return 1
	}
	return m.Run()
}

// command prepares a run in an empty folder, without what Plein would hear from
// the environment of the tests.
func command(ctx context.Context, t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(ctx, binary, args...)
	c.Dir = t.TempDir()
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "PLEIN_") {
			c.Env = append(c.Env, line)
		}
	}
	return c
}

// ended is how a run ended and what it said.
type ended struct {
	code     int
	out, err string
}

// errLines are the lines on the error output that the program itself said.
func (e ended) errLines() []string {
	return strings.Split(strings.TrimSuffix(e.err, "\n"), "\n")
}

func plein(t testing.TB, args ...string) ended {
	t.Helper()
	return finish(t, command(t.Context(), t, args...))
}

func finish(t testing.TB, c *exec.Cmd) ended {
	t.Helper()
	var out, say bytes.Buffer
	c.Stdout, c.Stderr = &out, &say
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ended{c.ProcessState.ExitCode(), out.String(), say.String()}
}

// must is plein for what has to go well.
func must(t testing.TB, args ...string) string {
	t.Helper()
	e := plein(t, args...)
	if e.code != 0 {
		t.Fatalf("plein %s ended with %d:\n%s%s", strings.Join(args, " "), e.code, e.out, e.err)
	}
	return e.out
}

// refused checks that a run ends with a code and says one line of why.
func refused(t testing.TB, code int, why string, args ...string) {
	t.Helper()
	e := plein(t, args...)
	if lines := e.errLines(); e.code != code || len(lines) != 1 || !strings.HasPrefix(lines[0], "plein: ") || !strings.Contains(lines[0], why) || e.out != "" {
		t.Errorf("plein %s: ended with %d, out %q, err %q; want %d and one line with %q", strings.Join(args, " "), e.code, e.out, e.err, code, why)
	}
}

// running is a program that serves.
type running struct {
	t   testing.TB
	cmd *exec.Cmd
	url string

	mu   sync.Mutex
	said strings.Builder
	done chan struct{} // closed when it ended
}

// Write keeps what the program says, on either output.
func (r *running) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.Write(p)
}

func (r *running) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said.String()
}

// start runs a program that serves, until the test ends, and waits for a line.
// What the expression holds in brackets becomes the address.
func start(t testing.TB, line *regexp.Regexp, args ...string) *running {
	t.Helper()
	r := &running{t: t, done: make(chan struct{})}
	r.cmd = command(context.WithoutCancel(t.Context()), t, args...)
	r.cmd.Stdout, r.cmd.Stderr = r, r
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = r.cmd.Wait(); close(r.done) }()
	t.Cleanup(func() { r.stop() })
	r.url = r.await(line)
	return r
}

// await waits until the program said something.
func (r *running) await(line *regexp.Regexp) string {
	r.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.After(2 * time.Minute)
	for {
		if found := line.FindStringSubmatch(r.text()); found != nil {
			return found[1]
		}
		select {
		case <-tick.C:
		case <-r.done:
			r.t.Fatalf("it ended before it said %s:\n%s", line, r.text())
		case <-end:
			r.t.Fatalf("it never said %s:\n%s", line, r.text())
		}
	}
}

// stop ends the program as systemd does and gives its exit code.
func (r *running) stop() int {
	r.t.Helper()
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-r.done:
	case <-time.After(20 * time.Second):
		_ = r.cmd.Process.Kill()
		<-r.done
		r.t.Errorf("it did not end within twenty seconds of SIGTERM:\n%s", r.text())
	}
	return r.cmd.ProcessState.ExitCode()
}

// browser gives a client with cookies that follows nothing by itself.
func browser() *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &http.Client{Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// page fetches an address.
func page(t testing.TB, c *http.Client, address string) (status int, body string) {
	t.Helper()
	res, err := c.Get(address)
	return answer(t, res, err)
}

// send posts a form.
func send(t testing.TB, c *http.Client, address string, form url.Values) (status int, body string) {
	t.Helper()
	res, err := c.PostForm(address, form)
	return answer(t, res, err)
}

func answer(t testing.TB, res *http.Response, err error) (int, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}
