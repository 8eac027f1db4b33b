package tabs

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Failer is who is told when something did not happen; a test is one. Fatalf does
// not come back.
type Failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// patience is how long anything may take before it counts as not happening.
const patience = 20 * time.Second

// Tab is one page, with cookies and storage of its own.
type Tab struct {
	ctx    context.Context
	cancel context.CancelFunc
	f      Failer
	base   string

	mu     sync.Mutex
	wrongs []string
}

// Tab opens one on a site, 1280 pixels wide. Whoever opens it closes it.
func (b *Browser) Tab(f Failer, base string) *Tab {
	f.Helper()
	return open(b.ctx, f, base, chromedp.WithNewBrowserContext())
}

// Another opens one more beside it, with the same cookies and storage.
func (t *Tab) Another() *Tab {
	t.f.Helper()
	return open(t.ctx, t.f, t.base)
}

func open(parent context.Context, f Failer, base string, opts ...chromedp.ContextOption) *Tab {
	f.Helper()
	ctx, cancel := chromedp.NewContext(parent, opts...)
	t := &Tab{ctx: ctx, cancel: cancel, f: f, base: base}
	if err := chromedp.Do(ctx); err != nil {
		f.Fatalf("open a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, t.hear); err != nil {
		f.Fatalf("open a tab: %v", err)
	}
	t.run("open a tab", send(cdplog.Enable, cdp.Empty{}), send(audits.Enable, cdp.Empty{}), send(network.Enable, network.EnableParams{}),
		send(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": "nl"}}))
	t.Look(Look{Width: 1280})
	return t
}

// Close ends the tab, and its cookies and storage with it.
func (t *Tab) Close() { t.cancel() }

// For lets another be told, as in a subtest.
func (t *Tab) For(f Failer) { t.f = f }

// hear keeps what goes wrong in the page.
func (t *Tab) hear(ev any) {
	switch e := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var words []string
			for _, a := range e.Args {
				words = append(words, string(a.Value), a.Description)
			}
			t.wrong("console: " + strings.TrimSpace(strings.Join(words, " ")))
		}
	case *runtime.EventExceptionThrown:
		t.wrong("script: " + e.ExceptionDetails.Text + " " + thrown(e.ExceptionDetails))
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == cdplog.EntryLevelError || e.Entry.Level == cdplog.EntryLevelWarning {
			t.wrong(fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *audits.EventIssueAdded:
		if d := e.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			t.wrong(fmt.Sprintf("content policy: %s refuses %s", d.ViolatedDirective, d.BlockedURL))
		}
	case *page.EventJavascriptDialogOpening:
		t.wrong("a dialog opened: " + e.Message)
		go func() {
			_ = chromedp.Do(t.ctx, send(page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}))
		}()
	}
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception == nil {
		return d.URL
	}
	return d.Exception.Description
}

func (t *Tab) wrong(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrongs = append(t.wrongs, what)
}

// Wrongs gives what went wrong in the page since the last time it was asked: errors
// and warnings of the console, refusals of the content policy, dialogs.
func (t *Tab) Wrongs() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := t.wrongs
	t.wrongs = nil
	return out
}

// step is one thing to do that gives nothing back.
type step = chromedp.Action[chromedp.Void]

// send makes a step of a command of the protocol.
func send[P, R any](c cdp.Command[P, R], params P) step {
	return func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, c, params)
		return chromedp.Void{}, err
	}
}

func (t *Tab) run(what string, steps ...step) {
	t.f.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.f.Fatalf("%s: %v\n%s", what, err, t.where())
	}
}

// where tells on which page this is and how it begins, for a failure.
func (t *Tab) where() string {
	ctx, cancel := context.WithTimeout(t.ctx, 3*time.Second)
	defer cancel()
	at, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.querySelector("main") ?? document.body).innerText.slice(0, 600)`))
	return at
}

// Eval gives the value of an expression in the page. It works with scripts off too.
func Eval[T any](t *Tab, expression string) T {
	t.f.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.f.Fatalf("evaluate %s: %v\n%s", short(expression), err, t.where())
	}
	return v
}

func short(s string) string {
	if len(s) > 120 {
		return s[:120] + "…"
	}
	return s
}

func quote(s string) string {
	b, _ := json.Marshal(s) // a string always marshals
	return string(b)
}

// Await waits until an expression is true in the page.
func (t *Tab) Await(what, expression string) {
	t.f.Helper()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for {
		ctx, cancel := context.WithTimeout(t.ctx, patience)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok {
			return
		}
		select {
		case <-tick.C: // a page that is being left gives errors; the next one answers
		case <-end:
			t.f.Fatalf("waited for: %s (%s, %v)\n%s", what, short(expression), err, t.where())
		}
	}
}

// Go opens an address of the site and waits until all of it is there.
func (t *Tab) Go(path string) {
	t.f.Helper()
	to := path
	if strings.HasPrefix(path, "/") {
		to = t.base + path
	}
	t.leaving("go to "+path, func() {
		t.run("go to "+path, send(page.Navigate, page.NavigateParams{URL: to}))
	})
}

// leaving does what leads to another page, and waits until that is there.
func (t *Tab) leaving(what string, do func()) {
	t.f.Helper()
	t.run(what, chromedp.Evaluate[chromedp.Void](`void (window.isOldPage = true)`))
	do()
	t.Await(what+" leads to a page", `window.isOldPage === undefined && document.readyState === "complete" && document.body !== null`)
}

// Back goes a page back in the history.
func (t *Tab) Back() {
	t.f.Helper()
	t.leaving("go back", func() { t.run("go back", chromedp.Evaluate[chromedp.Void](`void setTimeout(() => history.back(), 0)`)) })
}

// Has says that something is on the page now.
func (t *Tab) Has(selector string) bool {
	t.f.Helper()
	return Eval[bool](t, "document.querySelector("+quote(selector)+") !== null")
}

// Shown says that something is on the page and to be seen.
func (t *Tab) Shown(selector string) bool {
	t.f.Helper()
	return Eval[bool](t, "(document.querySelector("+quote(selector)+")?.checkVisibility({visibilityProperty: true}) ?? false)")
}

// Text gives what something says, as one sees it.
func (t *Tab) Text(selector string) string {
	t.f.Helper()
	return Eval[string](t, "(document.querySelector("+quote(selector)+")?.innerText ?? \"\")")
}

// Path gives the address of the page, without the site.
func (t *Tab) Path() string {
	t.f.Helper()
	return Eval[string](t, "location.pathname + location.search")
}

// Click presses something with the mouse. It must be to be seen.
func (t *Tab) Click(selector string) {
	t.f.Helper()
	t.Await(selector+" to press", "document.querySelector("+quote(selector)+")?.checkVisibility()")
	t.run("press "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Follow presses something that leads to another page.
func (t *Tab) Follow(selector string) {
	t.f.Helper()
	t.leaving("press "+selector, func() { t.Click(selector) })
}

// Fill puts a text into a field, over what stood in it, as pasting does.
func (t *Tab) Fill(selector, text string) {
	t.f.Helper()
	t.Await(selector+" to fill", "document.querySelector("+quote(selector)+")?.checkVisibility()")
	t.Run("(e => { e.focus(); e.select(); })(document.querySelector(" + quote(selector) + "))")
	t.run("fill "+selector, send(input.InsertText, input.InsertTextParams{Text: text}))
}

// Choose picks a value of a list.
func (t *Tab) Choose(selector, value string) {
	t.f.Helper()
	t.run("choose in "+selector, chromedp.SetValue(chromedp.CSS(selector), value))
}

// Attach gives files to a file field.
func (t *Tab) Attach(selector string, files ...string) {
	t.f.Helper()
	t.run("attach to "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// Keys presses keys one after another, wherever the focus is. What a page does not
// keep for itself is typed.
func (t *Tab) Keys(keys ...string) {
	t.f.Helper()
	for _, key := range keys {
		for _, r := range key {
			k := kb.Keys[r]
			if k == nil {
				t.f.Fatalf("no keyboard has a key %q", key)
				return
			}
			e := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: k.Key, Code: k.Code, Text: k.Text,
				UnmodifiedText: k.Unmodified, WindowsVirtualKeyCode: k.Windows, NativeVirtualKeyCode: k.Native}
			if k.Shift {
				e.Modifiers = int64(kb.ModifierShift)
			}
			up := e
			up.Type, up.Text, up.UnmodifiedText = input.DispatchKeyEventTypeKeyUp, "", ""
			t.run("press the key "+key, send(input.DispatchKeyEvent, e), send(input.DispatchKeyEvent, up))
		}
	}
}

// Focused gives the tag, id, class and name of what has the focus.
func (t *Tab) Focused() string {
	t.f.Helper()
	return Eval[string](t, `(e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className && e.className.split ? "." + e.className.split(" ").join(".") : "") + (e.name ? "[name=" + e.name + "]" : ""))(document.activeElement)`)
}

// Scripts switches the page's own scripts off or on, from the next page on.
func (t *Tab) Scripts(on bool) {
	t.f.Helper()
	t.run("switch scripts", send(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}))
}

// SignIn takes over the session of a client.
func (t *Tab) SignIn(c *http.Client) {
	t.f.Helper()
	u, err := url.Parse(t.base)
	if err != nil {
		t.f.Fatalf("%v", err)
	}
	for _, cookie := range c.Jar.Cookies(u) {
		t.run("take over a session", send(network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: t.base,
			SameSite: network.CookieSameSiteLax}))
	}
}

// ForgetSession throws the session's cookie away, as a browser does when it ends.
func (t *Tab) ForgetSession() {
	t.f.Helper()
	t.run("lose the session", send(network.DeleteCookies, network.DeleteCookiesParams{Name: "plein", URL: t.base}))
}

// Look is how the screen is.
type Look struct {
	Width, Height int  // pixels; a height of 0 is 800
	Dark          bool // the device asks for dark
	Contrast      bool // the device asks for more contrast
}

// String names the look: "dark 390".
func (l Look) String() string {
	s := "light"
	if l.Dark {
		s = "dark"
	}
	if l.Contrast {
		s += " contrast"
	}
	return fmt.Sprintf("%s %d", s, l.Width)
}

// Look makes the screen so. Nothing moves on it, so that a look can be taken at once.
func (t *Tab) Look(l Look) {
	t.f.Helper()
	if l.Height == 0 {
		l.Height = 800
	}
	scheme, contrast := "light", "no-preference"
	if l.Dark {
		scheme = "dark"
	}
	if l.Contrast {
		contrast = "more"
	}
	t.run("look "+l.String(), send(emulation.SetDeviceMetricsOverride,
		emulation.SetDeviceMetricsOverrideParams{Width: int64(l.Width), Height: int64(l.Height), DeviceScaleFactor: 1, Mobile: l.Width < 768}),
		send(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-contrast", Value: contrast},
			{Name: "prefers-reduced-motion", Value: "reduce"}}}))
}

// Shot takes a picture of what is on the screen, or of the whole page.
func (t *Tab) Shot(whole bool) []byte {
	t.f.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	take := chromedp.CaptureScreenshot()
	if whole {
		take = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(ctx, take)
	if err != nil {
		t.f.Fatalf("take a picture: %v", err)
	}
	return png
}

// Run does something in the page that gives nothing back.
func (t *Tab) Run(script string) {
	t.f.Helper()
	t.run(short(script), chromedp.Evaluate[chromedp.Void](script))
}

// Before runs a script in every page from now on, before the page's own.
func (t *Tab) Before(script string) {
	t.f.Helper()
	t.run("prepare a page", send(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}))
}

// Leave does what leads to another page, and waits until that is there.
func (t *Tab) Leave(what string, do func()) {
	t.f.Helper()
	t.leaving(what, do)
}

// Offline takes the network away, or gives it back.
func (t *Tab) Offline(off bool) {
	t.f.Helper()
	t.run("take the network away", send(conditions, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}))
}

// conditions is the command that every Chromium of the last years knows; it takes
// the same as its successors.
var conditions = cdp.Command[network.OverrideNetworkStateParams, cdp.Empty]{Method: "Network.emulateNetworkConditions"}
