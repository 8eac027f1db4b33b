package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// program is Plein as it runs behind the proxy.
type program struct {
	path string
	args []string
	up   string // an address that answers once it runs
	cmd  *exec.Cmd
	done chan error
}

// rebuild makes what the changed files need, builds, and starts the new program.
// The old one serves until the new one is built.
func rebuild(ctx context.Context, p *program, changed []string) error {
	for _, step := range steps(changed) {
		cmd := exec.CommandContext(ctx, step[0], step[1:]...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s\n%s%w", strings.Join(step, " "), out, err)
		}
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", p.path, "./cmd/plein")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%s%w", out, err)
	}
	p.stop()
	return p.start(ctx)
}

// steps lists the commands to run before the build.
func steps(changed []string) [][]string {
	var out [][]string
	templates := slices.ContainsFunc(changed, func(p string) bool { return strings.HasSuffix(p, ".templ") })
	assets := slices.ContainsFunc(changed, func(p string) bool {
		return strings.HasPrefix(p, "web/") && !strings.HasSuffix(p, ".go")
	})
	if templates { // all of them: templ writes only those that differ
		out = append(out, []string{"scripts/templates.sh", "write"})
	}
	if assets {
		out = append(out, []string{"go", "run", "./web/build"})
	}
	return out
}

func (p *program) start(ctx context.Context) error {
	p.cmd = exec.Command(p.path, p.args...)
	p.cmd.Stdout, p.cmd.Stderr = os.Stdout, os.Stderr
	// A group of its own: Ctrl-C reaches dev, and dev stops the program in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		p.cmd = nil
		return err
	}
	p.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan<- error) { done <- cmd.Wait() }(p.cmd, p.done)
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); {
		select {
		case err := <-p.done:
			p.cmd = nil
			return errors.Join(errors.New("plein stopped before it was up; its last words are in the terminal"), err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		if res, err := http.Get(p.up); err == nil {
			_ = res.Body.Close()
			return nil
		}
	}
	return errors.New("plein did not answer within two minutes")
}

func (p *program) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	p.cmd = nil
}
