package demo

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"plein/internal/plein"
)

// makeVolume adds the generated texts: n of them, posts and replies together, no
// two the same. They lie before the newest hand-written day, so that this day
// stays as it was written.
func (b *builder) makeVolume(n int) error {
	r := b.chance(streamVolume)
	said := map[string]bool{}
	for i := range b.org.Threads {
		b.org.Threads[i].Walk(func(x *Text) { said[x.Body] = true })
	}
	sources := b.sources()
	for made, vain := 0, 0; made < n; {
		if vain > 2000 {
			return fmt.Errorf("no more than %d different texts can be made of the sentences, %d were asked", made, n)
		}
		s := pickSource(r, sources)
		talk := pick(r, s.talks)
		author := pick(r, s.people)
		at := b.moment(r, s)
		if at.Before(author.Since) {
			vain++
			continue
		}
		mem := map[string]string{}
		body, ok := b.say(r, talk.Post, s, author, nil, mem, said)
		if !ok {
			vain++
			continue
		}
		vain = 0
		made++
		t := Thread{Unit: s.unit, Group: s.group, Text: Text{Key: "volume/" + strconv.Itoa(made), Author: author.Handle,
			At: at, Kind: plein.Kind(talk.Kind), Body: body}}
		for i, line := range some(r, talk.Replies, r.IntN(len(talk.Replies)+1)) {
			other := pick(r, s.people)
			at = at.Add(3*time.Minute + wait(r, 3*time.Hour))
			if made == n || !at.Before(b.today) {
				break
			}
			if other == author || other.Given == mem["collega"] || at.Before(other.Since) {
				continue
			}
			body, ok := b.say(r, line, s, other, author, mem, said)
			if !ok {
				continue
			}
			made++
			t.Replies = append(t.Replies, Text{Key: t.Key + "." + strconv.Itoa(i+1), Author: other.Handle, At: at,
				Kind: plein.KindReply, Body: body})
		}
		b.org.Threads = append(b.org.Threads, t)
	}
	return nil
}

// source is a place where generated talk can arise.
type source struct {
	unit, group string
	family      string // of the department; empty for a group
	people      []*Person
	talks       []talkEntry
	weight      int
}

// sources gives every department and group that has sentences, and who may speak
// them: generated colleagues only, so that the hand-made keep their own voice.
func (b *builder) sources() []source {
	var out []source
	add := func(s source, who []*Person) {
		for _, p := range who {
			if !p.Hand && (s.group != "" || p.Unit == s.unit) {
				s.people = append(s.people, p)
			}
		}
		if len(s.people) >= 4 && len(s.talks) > 0 {
			s.weight += len(s.people)
			out = append(out, s)
		}
	}
	for _, u := range b.content.units {
		s := source{unit: u.Slug, family: u.Family}
		for _, t := range b.content.talks {
			if slices.Contains(t.Families, u.Family) || slices.Contains(t.Units, u.Slug) {
				s.talks = append(s.talks, t)
			}
		}
		add(s, b.readersOf(&Thread{Unit: u.Slug}))
	}
	for _, g := range b.content.groups {
		s := source{group: g.Slug}
		for _, t := range b.content.talks {
			if slices.Contains(t.Groups, g.Slug) {
				s.talks = append(s.talks, t)
			}
		}
		add(s, b.readersOf(&Thread{Group: g.Slug}))
	}
	for i := range out {
		if out[i].group != "" {
			out[i].weight = 20 // groups are large; by size they would drown the departments
		}
	}
	return out
}

func pickSource(r *rand.Rand, all []source) source {
	total := 0
	for _, s := range all {
		total += s.weight
	}
	n := r.IntN(total)
	for _, s := range all {
		if n -= s.weight; n < 0 {
			return s
		}
	}
	return all[0]
}

// moment gives a time at which people of a place write: more of late than a year
// ago, by day in offices, round the clock on wards.
func (b *builder) moment(r *rand.Rand, s source) time.Time {
	days := max(daysBetween(b.org.Opened, b.today)-1, 1)
	day := max(r.IntN(days), r.IntN(days))
	hour := 7 + r.IntN(10)
	switch s.family {
	case "ward", "acute", "lab", "cleaning", "reception", "kitchen", "logistics":
		hour = 6 + r.IntN(17)
	}
	if s.group == "nachtdienst" {
		hour = r.IntN(5)
	}
	o := b.org.Opened
	at := time.Date(o.Year(), o.Month(), o.Day()+day+1, hour, r.IntN(60), r.IntN(60), 0, b.content.zone)
	switch s.family {
	case "office", "clinic", "ict", "allied", "doctors":
		for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			at = at.AddDate(0, 0, -1)
		}
	}
	return earlier(later(at, b.org.Opened.Add(time.Minute)), b.today.Add(-time.Hour))
}

// say fills in a sentence until it says something new. to is whoever is answered,
// nil in a post; mem holds the words of the conversation so far and gets the new
// ones.
func (b *builder) say(r *rand.Rand, sentence string, s source, author, to *Person, mem map[string]string, said map[string]bool) (string, bool) {
	for range 12 {
		words := maps.Clone(mem)
		body := b.fill(r, sentence, s, author, to, words)
		if !said[body] {
			said[body] = true
			maps.Copy(mem, words)
			return body, true
		}
	}
	return "", false
}

// fill puts words in the slots of a sentence. A slot keeps the word it has in
// mem; one whose name ends in 2 gets another word than the one without.
func (b *builder) fill(r *rand.Rand, sentence string, s source, author, to *Person, mem map[string]string) string {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(sentence, "{")
		out.WriteString(before)
		if !ok {
			return out.String()
		}
		slot, after, _ := strings.Cut(rest, "}")
		word, known := mem[slot]
		if !known {
			base := strings.TrimSuffix(slot, "2")
			for range 10 {
				if word = b.word(r, base, s, author, to); word != mem[base] {
					break
				}
			}
			if slot != "naam" {
				mem[slot] = word
			}
		}
		if so := out.String(); so == "" || strings.HasSuffix(so, ". ") || strings.HasSuffix(so, "? ") {
			word = capital(word)
		}
		out.WriteString(word)
		sentence = after
	}
}

func (b *builder) word(r *rand.Rand, slot string, s source, author, to *Person) string {
	switch slot {
	case "n":
		return strconv.Itoa(2 + r.IntN(8))
	case "nn":
		return strconv.Itoa(11 + r.IntN(50))
	case "naam":
		return to.Given
	case "collega":
		for range 10 {
			if p := pick(r, s.people); p != author && p != to {
				return p.Given
			}
		}
		return author.Given
	case "afdeling":
		for {
			if u := pick(r, b.content.units).Slug; u != s.unit && u != author.Unit && b.content.called[u] != "" {
				return b.content.called[u]
			}
		}
	default:
		return pick(r, b.content.slots[slot])
	}
}

// react lets colleagues react: as many as the writer of a text wrote down, or a
// few on a generated one. Only readers react, once, not to themselves and not
// before they were here.
func (b *builder) react() {
	r := b.chance(streamReactions)
	for i := range b.org.Threads {
		t := &b.org.Threads[i]
		readers := b.readersOf(t)
		t.Walk(func(x *Text) {
			counts := b.content.counts[x.Key]
			if !x.Hand {
				counts = volumeReactions(r, x.Kind)
			}
			total := 0
			for _, n := range counts {
				total += n
			}
			if total == 0 {
				return
			}
			who := some(r, readers, len(readers))
			who = slices.DeleteFunc(who, func(p *Person) bool { return p.Handle == x.Author || p.Since.After(x.At) })
			for _, kind := range plein.Reactions() {
				for range counts[string(kind)] {
					if len(who) == 0 {
						return
					}
					at := x.At.Add(20*time.Second + wait(r, 5*time.Hour))
					if last := b.now.Add(-30 * time.Second); at.After(last) {
						at = x.At.Add(time.Duration(r.Float64() * float64(last.Sub(x.At)))).Truncate(time.Second)
					}
					x.Reactions = append(x.Reactions, Reaction{Person: who[0].Handle, Kind: kind, At: at})
					who = who[1:]
				}
			}
		})
	}
}

func volumeReactions(r *rand.Rand, kind plein.Kind) map[string]int {
	most := 7
	if kind == plein.KindReply {
		most = 3
	}
	counts := map[string]int{}
	for range r.IntN(most + 1) {
		counts[string(pick(r, []plein.Reaction{plein.Agree, plein.Agree, plein.Thanks, plein.Thanks, plein.Nice, plein.Same, plein.Help}))]++
	}
	return counts
}

// read lets seven in ten readers of a must-read have read it. The nurse of the
// demo has not read the newest one yet, so that there is something to do.
func (b *builder) read() {
	r := b.chance(streamReads)
	newest := -1
	for i := range b.org.Threads {
		if b.org.Threads[i].MustRead && b.org.Threads[i].Org {
			newest = i
		}
	}
	for i := range b.org.Threads {
		t := &b.org.Threads[i]
		if !t.MustRead {
			continue
		}
		for _, p := range b.readersOf(t) {
			if r.Float64() >= 0.7 || p.Handle == t.Author || i == newest && p.Demo == "nurse" {
				continue
			}
			at := later(t.At, p.Since).Add(time.Minute + wait(r, 14*time.Hour))
			t.Read = append(t.Read, Read{Person: p.Handle, At: earlier(at, b.now.Add(-time.Minute))})
		}
	}
}
