package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// start measures the real binary: from its start on a million posts to the first
// whole page, and what it holds in memory when nobody asks anything. The floor is
// the same start on an empty house.
func start(ctx context.Context, dir string) ([]figure, error) {
	binary := filepath.Join(dir, "plein")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/plein")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, out)
	}
	small, err := plant(ctx, filepath.Join(dir, "small"), 20, 20)
	if err != nil {
		return nil, err
	}
	smallCookie := small.cookies[0]
	if err := small.app.Close(); err != nil {
		return nil, err
	}
	large, err := plant(ctx, filepath.Join(dir, "large"), 1000, 1000)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "writing a million posts …")
	if err := multiply(ctx, large, 1_000_000); err != nil {
		return nil, err
	}
	largeCookie := large.cookies[0]
	if err := large.app.Close(); err != nil {
		return nil, err
	}
	var floors, firsts, idles []float64
	for range rounds {
		floor, _, err := firstPage(ctx, binary, filepath.Join(dir, "small", "org"), smallCookie)
		if err != nil {
			return nil, err
		}
		first, idle, err := firstPage(ctx, binary, filepath.Join(dir, "large", "org"), largeCookie)
		if err != nil {
			return nil, err
		}
		floors, firsts, idles = append(floors, floor), append(firsts, first), append(idles, idle)
	}
	f, l, idle := median(floors), median(firsts), median(idles)
	return []figure{
		{what: "start to first page, 1M posts", got: fmt.Sprintf("%.2f s", l), floor: fmt.Sprintf("%.2f s with 20 posts", f),
			ratio: fmt.Sprintf("%.2f", l/f), target: "< 2 s", met: l < 2},
		{what: "idle memory of plein serve, 1M posts", got: fmt.Sprintf("%.0f MiB", idle), floor: "-", ratio: "-", target: "< 80 MiB", met: idle < 80},
	}, nil
}

// multiply fills the house with copies of posts that are there, straight into the
// tables, because a million acts would measure the acts.
func multiply(ctx context.Context, o *organisation, posts int) error {
	sql := o.app.DB.SQL()
	for _, text := range []string{
		`CREATE TEMP TABLE seed AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, * FROM items_items WHERE parent_id = 0`,
		fmt.Sprintf(`WITH RECURSIVE c(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < %d)
			INSERT INTO items_items (id, kind, audience_id, author_id, root_id, parent_id, depth, root_at, made_at, edited_at,
				deleted_at, deleted_by, must_read, must_until, share_id, about_id, version, client_key, lang, title, body, html)
			SELECT s.id - ((c.n / 1000 + 1) << 32) - c.n, s.kind, s.audience_id, s.author_id, s.id - ((c.n / 1000 + 1) << 32) - c.n, 0, 0, s.root_at, s.made_at, 0,
				0, 0, FALSE, 0, 0, 0, 1, '', s.lang, s.title, s.body, s.html
			FROM c JOIN seed s ON s.n = c.n %% 1000`, posts-1),
		`INSERT INTO items_tallies (item_id) SELECT id FROM items_items WHERE id NOT IN (SELECT item_id FROM items_tallies)`,
		`DROP TABLE seed`,
		`PRAGMA wal_checkpoint(TRUNCATE)`,
	} {
		if _, err := sql.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("a million posts: %w", err)
		}
	}
	return nil
}

// firstPage starts the binary, asks for the home page until it comes, and then
// reads how much memory the process holds. It ends the process it started.
func firstPage(ctx context.Context, binary, data, cookie string) (seconds, mebibytes float64, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	address := l.Addr().String()
	_ = l.Close()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, "serve", "--data", data, "--listen", address)
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}()
	for time.Since(began) < time.Minute {
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/", nil)
		req.Header.Set("Cookie", cookie)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			time.Sleep(2 * time.Millisecond)
			continue
		}
		page, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !bytes.Contains(page, []byte("<article")) {
			return 0, 0, fmt.Errorf("the first page answers %s: %s", res.Status, said.String())
		}
		seconds = time.Since(began).Seconds()
		time.Sleep(3 * time.Second) // idle is when nothing was asked for a while
		mebibytes, err = resident(cmd.Process.Pid)
		return seconds, mebibytes, err
	}
	return 0, 0, fmt.Errorf("no page within a minute: %s", said.String())
}

func resident(pid int) (float64, error) {
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, lines.Err()
}
