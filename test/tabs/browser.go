// Package tabs exists so that tests and the maker of screenshots drive a real
// Chromium in a few words, and so that nothing that goes wrong in a page goes by
// unseen: every tab keeps what its console said and what the content policy
// refused.
package tabs

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// ChromiumEnv names the program when it is not on the PATH.
const ChromiumEnv = "PLEIN_TEST_CHROMIUM"

// Browser is a running Chromium.
type Browser struct {
	ctx   context.Context
	close []func()
}

// find looks for Chromium under the names that it has.
func find() (string, error) {
	if path := os.Getenv(ChromiumEnv); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium on the PATH; make test installs it, or set " + ChromiumEnv)
}

// Open starts a Chromium without a window, in a folder of its own, that calls
// nobody by itself.
func Open(ctx context.Context) (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "plein-chromium-*")
	if err != nil {
		return nil, err
	}
	b := &Browser{close: []func(){func() { _ = os.RemoveAll(dir) }}}
	on := func(name string) chromedp.ExecAllocatorOption { return chromedp.Flag(name, true) }
	alloc, stop := chromedp.NewExecAllocator(ctx, chromedp.ExecPath(path), chromedp.UserDataDir(dir),
		chromedp.Flag("headless", "new"), on("no-sandbox"), on("disable-gpu"), on("no-first-run"), on("no-default-browser-check"),
		on("disable-background-networking"), on("disable-component-update"), on("disable-sync"), on("disable-quic"),
		on("disable-extensions"), on("disable-default-apps"), on("disable-dev-shm-usage"), on("mute-audio"), on("hide-scrollbars"),
		on("disable-background-timer-throttling"), on("disable-renderer-backgrounding"), on("disable-backgrounding-occluded-windows"),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,AutofillServerCommunication"),
		chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("font-render-hinting", "none"), chromedp.Flag("lang", "nl"),
		chromedp.WSURLReadTimeout(time.Minute))
	b.close = append(b.close, stop)
	first, cancel := chromedp.NewContext(alloc)
	b.close = append(b.close, cancel)
	b.ctx = first
	if err := chromedp.Do(first); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close ends it and throws its folder away.
func (b *Browser) Close() {
	for i := len(b.close) - 1; i >= 0; i-- {
		b.close[i]()
	}
	b.close = nil
}
