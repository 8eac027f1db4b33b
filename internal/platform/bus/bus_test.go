package bus

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func open(t *testing.T) *Bus {
	t.Helper()
	b, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func receive(t *testing.T, c <-chan string) string {
	t.Helper()
	select {
	case s := <-c:
		return s
	case <-time.After(10 * time.Second):
		t.Fatal("no signal came")
		return ""
	}
}

func TestASignalReachesWhoListens(t *testing.T) {
	b := open(t)
	one, tree := make(chan string, 10), make(chan string, 10)
	stop, err := b.Subscribe("changes.new", func(d []byte) { one <- string(d) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Subscribe("changes.>", func(d []byte) { tree <- string(d) }); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"a", "b", "c"} {
		if err := b.Publish("changes.new", []byte(s)); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, one); got != s {
			t.Fatalf("got %q, want %q", got, s)
		}
		if got := receive(t, tree); got != s {
			t.Fatalf("got %q, want %q", got, s)
		}
	}
	stop()
	stop()
	if err := b.Publish("changes.new", []byte("after")); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, tree); got != "after" {
		t.Fatalf("got %q", got)
	}
	select {
	case s := <-one:
		t.Fatalf("a stopped listener got %q", s)
	default:
	}
}

func TestAPanickingListenerIsLoggedAndGoesOn(t *testing.T) {
	var log lockedBuffer
	b, err := Open(slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	got := make(chan string, 2)
	var calls atomic.Int32
	if _, err := b.Subscribe("x", func(d []byte) {
		if calls.Add(1) == 1 {
			panic("first")
		}
		got <- string(d)
	}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"1", "2"} {
		if err := b.Publish("x", []byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if s := receive(t, got); s != "2" {
		t.Fatalf("got %q", s)
	}
	if !strings.Contains(log.String(), "a listener panicked") {
		t.Fatalf("the panic is not in the log: %s", log.String())
	}
}

// S34: no wildcard in what is published, whoever made the id in it.
func TestS34SubjectsAreWordsOnly(t *testing.T) {
	b := open(t)
	for _, s := range []string{"", ".", "a.", ".a", "a..b", "a.*", "a.>", ">", "*", "a b", "a\r\nPUB x", "é", strings.Repeat("a", 201)} {
		if b.Publish(s, nil) == nil {
			t.Errorf("publish on %q was accepted", s)
		}
	}
	for _, s := range []string{"a*", "*a", "a.>.b", ">a", "a>", "a .b", ""} {
		if _, err := b.Subscribe(s, func([]byte) {}); err == nil {
			t.Errorf("subscribe to %q was accepted", s)
		}
	}
	for _, s := range []string{"*", ">", "a.*.b", "a.>", "*.*"} {
		if _, err := b.Subscribe(s, func([]byte) {}); err != nil {
			t.Errorf("subscribe to %q: %v", s, err)
		}
	}
	if err := b.Publish("a", make([]byte, MaxSignal+1)); err == nil {
		t.Error("a signal over the limit was accepted")
	}
	if err := b.Publish("a", make([]byte, MaxSignal)); err != nil {
		t.Errorf("a signal at the limit: %v", err)
	}
}

func TestNothingListensOnThePortsOfTheMachine(t *testing.T) {
	before := listening(t)
	b := open(t)
	heard := make(chan string, 1)
	if _, err := b.Subscribe("a", func(d []byte) { heard <- string(d) }); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish("a", []byte("yes")); err != nil {
		t.Fatal(err)
	}
	receive(t, heard) // it is certainly running now
	for port := range listening(t) {
		if !before[port] {
			t.Errorf("the bus opened %s", port)
		}
	}
}

// listening gives the listening TCP sockets and all UDP sockets of this process.
func listening(t *testing.T) map[string]bool {
	t.Helper()
	mine := map[string]bool{}
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Fatalf("no view on the open files of this process: %v", err)
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil {
			if inode, ok := strings.CutPrefix(to, "socket:["); ok {
				mine[strings.TrimSuffix(inode, "]")] = true
			}
		}
	}
	open := map[string]bool{}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		f, err := os.Open("/proc/self/net/" + table)
		if os.IsNotExist(err) {
			continue // a kernel without IPv6
		}
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			col := strings.Fields(lines.Text())
			if len(col) < 10 || !mine[col[9]] {
				continue
			}
			if strings.HasPrefix(table, "udp") || col[3] == "0A" { // 0A is LISTEN
				open[fmt.Sprintf("%s %s", table, col[1])] = true
			}
		}
		f.Close()
	}
	return open
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	first, err := Open(nil) // things made once per process are not leaks
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	waitForQuiet(t)
	for range 3 {
		b, err := Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Subscribe("a", func([]byte) {}); err != nil {
			t.Fatal(err)
		}
		b.Close()
		b.Close()
		waitForQuiet(t)
		if b.Publish("a", nil) == nil {
			t.Fatal("a closed bus took a signal")
		}
	}
}

// waitForQuiet waits until no goroutine of the server or the client is left.
func waitForQuiet(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		if !bytes.Contains(stacks, []byte("github.com/nats-io")) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still running:\n%s", stacks)
		}
		runtime.Gosched()
	}
}
