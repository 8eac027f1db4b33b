package signin

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"plein/internal/plein"
)

var monday = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func TestPausesGrowAndLeakAway(t *testing.T) {
	p := pace{free: 3, leak: time.Minute, longest: 10 * time.Second}
	var c tally
	now := monday
	for i, want := range []time.Duration{0, 0, 0, 1, 2, 4, 8, 10, 10} { // seconds
		if got := p.wait(c, now); got != 0 {
			t.Fatalf("try %d has to wait %v before it is made", i, got)
		}
		c = p.charge(c, now)
		if got := p.wait(c, now); got != want*time.Second {
			t.Fatalf("after try %d: wait %v, want %v", i+1, got, want*time.Second)
		}
		c.until = now // the test does not wait
	}
	c = p.charge(c, now.Add(7*time.Minute)) // ten tries, seven leaked away
	if c.level < 2.99 || c.level > 3.01 || p.wait(c, now.Add(7*time.Minute)) != 0 {
		t.Fatalf("level %v after seven minutes", c.level)
	}
	if got := c.refund().level; got < 1.99 || got > 2.01 {
		t.Fatalf("level %v after a try was taken back", got)
	}
}

func TestAClockThatIsPutBackLocksNobodyOut(t *testing.T) {
	c := tally{level: 50, at: monday, until: monday.Add(paceHere.longest)}
	if got := paceHere.wait(c, monday.AddDate(-1, 0, 0)); got > paceHere.longest {
		t.Fatalf("wait %v", got)
	}
	if got := paceHere.charge(c, monday.AddDate(-1, 0, 0)); got.level != 51 {
		t.Fatalf("level %v: time that did not pass leaked", got.level)
	}
}

func TestHowManyLettersGoToOneAddress(t *testing.T) {
	ago := func(ds ...time.Duration) (out []time.Time) {
		for _, d := range ds {
			out = append(out, monday.Add(-d))
		}
		return out
	}
	m := time.Minute
	for name, c := range map[string]struct {
		asked []time.Time
		want  bool
	}{
		"never":               {nil, true},
		"just now":            {ago(0), false},
		"59 seconds ago":      {ago(59 * time.Second), false},
		"a minute ago":        {ago(m), true},
		"four in this hour":   {ago(2*m, 3*m, 4*m, 5*m), true},
		"five in this hour":   {ago(2*m, 3*m, 4*m, 5*m, 59*m), false},
		"the fifth is old":    {ago(2*m, 3*m, 4*m, 5*m, 60*m), true},
		"the clock went back": {ago(-time.Hour), false},
	} {
		if got := mayAsk(c.asked, monday); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhatCountsAsOneNetwork(t *testing.T) {
	same := func(a, b string) bool { return network(netip.MustParseAddr(a)) == network(netip.MustParseAddr(b)) }
	if same("192.0.2.1", "192.0.2.2") || !same("::ffff:192.0.2.1", "192.0.2.1") {
		t.Error("addresses of IPv4 are one each")
	}
	if !same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9") || same("2001:db8:1:2::1", "2001:db8:1:3::1") || !same("fe80::1%eth0", "fe80::2") {
		t.Error("a /64 of IPv6 is one")
	}
	_ = network(netip.Addr{}) // unknown is a place too
}

func TestTalliesCannotRunIntoEachOther(t *testing.T) {
	if named("here", "ab", "c") == named("here", "a", "bc") || named("a") == named("a", "") {
		t.Fatal("two tallies have one name")
	}
}

func TestWhichPasswordsWillDo(t *testing.T) {
	o := owned{"Samira Bouali", "s.bouali@linge.example", "Lingeziekenhuis"}
	for password, want := range map[string]string{
		"":                                  "form.required",
		"elf tekens.":                       "signin.error.short",
		"twaalf teken":                      "",
		strings.Repeat("ab", 512):           "",
		strings.Repeat("ab", 512) + "c":     "signin.error.long",
		"met een nul \x00 erin":             "signin.error.nul",
		"123456789012":                      "signin.error.silly",
		"Wachtwoord123":                     "signin.error.silly",
		"WACHTWOORD 2026!!":                 "signin.error.silly",
		"welkom123456":                      "signin.error.silly",
		"zzzzzzzzzzzzzz":                    "signin.error.silly",
		"            ":                      "signin.error.silly",
		"..----______":                      "signin.error.silly",
		"Samira Bouali":                     "signin.error.own",
		"samirabouali1":                     "signin.error.own",
		"S.Bouali@Linge.example":            "signin.error.own",
		"Lingeziekenhuis2026":               "signin.error.own",
		"lingeziekenhuislingeziekenhuis":    "signin.error.own",
		"de fiets van Samira Bouali is weg": "",
		"correcthorsebatterystaple":         "",
		"paard batterij nietje":             "",
		"пароль с пробелами":                "",
		"🚲🚲🚲🚲🌷🌷":                            "",
	} {
		err := checkPassword(password, o)
		if got := plein.AsError(err); (err == nil) != (want == "") || err != nil && (got.Key != want || got.Field != "password") {
			t.Errorf("%.40q: %v, want %q", password, err, want)
		}
	}
	if err := checkPassword("een lang wachtwoord", owned{}); err != nil {
		t.Errorf("with nothing known of the person: %v", err)
	}
}

func TestAHashCarriesItsStrength(t *testing.T) {
	ctx := context.Background()
	old, now := newHasher(cost{64, 1, 1}), newHasher(cost{128, 2, 1})
	kept, err := old.make(ctx, "een fiets vol tulpen")
	if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatal(kept, err)
	}
	for password, want := range map[string]bool{"een fiets vol tulpen": true, "een fiets vol tulpe": false, "": false} {
		right, stale, err := now.check(ctx, password, kept)
		if err != nil || right != want || !stale {
			t.Errorf("%q: right %v, stale %v, %v", password, right, stale, err)
		}
	}
	if right, stale, err := old.check(ctx, "een fiets vol tulpen", kept); !right || stale || err != nil {
		t.Error("a hash of the strength of now is stale", right, stale, err)
	}
	again, err := old.make(ctx, "een fiets vol tulpen")
	if err != nil || again == kept {
		t.Error("two hashes of one password are the same")
	}
	if right, _, err := old.check(ctx, "", ""); right || err != nil {
		t.Error("no password is opened by an empty one", err)
	}
}

func TestOneLetterFromTwoKeyboards(t *testing.T) {
	h := newHasher(cost{64, 1, 1})
	kept, err := h.make(context.Background(), "caf\u00e9 op de hoek")
	if err != nil {
		t.Fatal(err)
	}
	if right, _, err := h.check(context.Background(), "cafe\u0301 op de hoek", kept); !right || err != nil {
		t.Fatal("é from another keyboard is another password", err)
	}
}

func TestDamagedHashesAreRefused(t *testing.T) {
	good := stored{cost: cost{64, 1, 1}, salt: make([]byte, 16), hash: make([]byte, 32)}.String()
	if _, err := readStored(good); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"x", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=64", "m=4294967295", 1), strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "t=1", "t=999", 1),
		strings.Replace(good, "p=1", "p=0", 1), strings.Replace(good, "p=1", "p=300", 1), good + "$", strings.Replace(good, "AAA", "!!!", 1)} {
		if _, err := readStored(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

// TestStrength keeps the cost of a hash from being lowered by accident.
func TestStrength(t *testing.T) {
	if strength.memory < 64<<10 || strength.time < 3 || atOnce*int(strength.memory)>>10 > 256 {
		t.Fatalf("%+v, %d at once", strength, atOnce)
	}
}

func TestTheLineForHashesHasAnEnd(t *testing.T) {
	h := newHasher(cost{64, 1, 1})
	for range atOnce {
		h.turns <- struct{}{} // all hands are full
	}
	h.line.Store(inLine)
	if _, err := h.make(context.Background(), "een fiets vol tulpen"); plein.KindOf(err) != plein.Away {
		t.Fatal(err)
	}
	h.line.Store(0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.make(ctx, "een fiets vol tulpen"); err == nil {
		t.Fatal("who left is still waited for")
	}
	if h.line.Load() != 0 || h.runs.Load() != 0 {
		t.Fatal("the line does not end up empty")
	}
}

func TestSealedDrafts(t *testing.T) {
	d := draft{Path: "/posts", Fields: []field{{"body", "de zuster van kamer zeven"}, {"audience", "abc"}}}
	key, id, sealed, err := d.seal()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "zuster") || strings.Contains(string(id[:]), string(key[:8])) {
		t.Fatal("it can be read without the key")
	}
	if got, err := openDraft(key, sealed); err != nil || got.Fields[0] != d.Fields[0] || got.Path != d.Path {
		t.Fatal(got, err)
	}
	for i := range sealed {
		bad := append([]byte(nil), sealed...)
		bad[i] ^= 1
		if _, err := openDraft(key, bad); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
	}
	key[0] ^= 1
	if _, err := openDraft(key, sealed); err == nil {
		t.Fatal("another key opens it")
	}
	if _, err := openDraft(nil, sealed); err == nil {
		t.Fatal("no key opens it")
	}
}

func TestWhatOfAFormIsTheText(t *testing.T) {
	for name, c := range map[string]struct {
		fields []field
		main   int
		worth  bool
	}{
		"a post":            {[]field{{"audience", "x"}, {"body", "tekst"}, {"title", "een titel"}}, 1, true},
		"only a title":      {[]field{{"audience", "x"}, {"body", ""}, {"title", "een titel"}}, 2, true},
		"a button":          {[]field{{"on", "thanks"}}, -1, false},
		"nothing":           {nil, -1, false},
		"another long text": {[]field{{"a", strings.Repeat("woord ", 10)}, {"b", strings.Repeat("woord ", 20)}}, 1, true},
	} {
		d := draft{Fields: c.fields}
		if d.main() != c.main || d.worth() != c.worth {
			t.Errorf("%s: main %d, worth %v", name, d.main(), d.worth())
		}
	}
	many := draft{Fields: make([]field, maxFields+1)}
	large := draft{Fields: []field{{"body", strings.Repeat("x", maxDraft)}}}
	if many.check() == nil || large.check() == nil {
		t.Error("a draft has no end")
	}
}
