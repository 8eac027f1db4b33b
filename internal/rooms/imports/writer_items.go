package imports

import (
	"fmt"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
)

func (w *writer) flushSets() error {
	batch := w.waitingSets
	w.waitingSets = nil
	if len(batch) == 0 || w.err != nil {
		return w.err
	}
	var sources, everybody []string
	for _, d := range batch {
		sources = append(sources, d.source)
		everybody = append(everybody, d.people...)
	}
	known, err := findSources(w.ctx, w.db.Read(), sources)
	if err != nil {
		return err
	}
	if err := w.newcomers(everybody, nil); err != nil {
		return err
	}
	err = w.tx(func(tx *db.Tx) error {
		for _, d := range batch {
			if known[d.source] != 0 {
				continue
			}
			var people []plein.ID
			for _, p := range d.people {
				people = append(people, w.people[p].id)
			}
			id, err := w.square.Direct(w.ctx, tx, people)
			if err != nil {
				return fmt.Errorf("%s: %w", d.at, err)
			}
			if err := keepSource(w.ctx, tx, d.source, id, w.run); err != nil {
				return err
			}
			w.audience[d.source] = id
		}
		return nil
	})
	if err != nil {
		return plein.Wrap("imports.direct", err)
	}
	for _, d := range batch {
		if id := known[d.source]; id != 0 {
			w.audience[d.source] = id
		}
	}
	return nil
}

// flushItems writes the waiting items, in the order in which they came: each
// after what it answers.
func (w *writer) flushItems() error {
	batch := w.waitingItems
	w.waitingItems, w.waitingBytes = nil, 0
	if len(batch) == 0 || w.err != nil {
		return w.err
	}
	sources := make([]string, 0, 2*len(batch))
	for _, it := range batch {
		sources = append(sources, it.source)
		if it.parent != "" {
			sources = append(sources, it.parent)
		}
	}
	known, err := findSources(w.ctx, w.db.Read(), sources)
	if err != nil {
		return err
	}
	fresh := batch[:0:0]
	twice := map[string]bool{}
	for _, it := range batch {
		switch {
		case known[it.source] != 0:
			w.report.Unchanged++
		case twice[it.source]:
			w.note(it.at, "is the same message once more; left out")
		default:
			twice[it.source] = true
			fresh = append(fresh, it)
		}
	}
	var named []string
	bots := map[string]string{}
	for _, it := range fresh {
		named = append(named, it.author)
		if it.bot != "" {
			bots[it.author] = it.bot
		}
		for _, r := range it.reactions {
			named = append(named, r.person)
		}
	}
	if err := w.newcomers(named, bots); err != nil {
		return err
	}
	given := make([]int, len(fresh))
	if w.dry {
		for i, it := range fresh {
			given[i] = len(it.reactions)
			w.report.Files += len(it.files)
		}
	} else if err := w.writeItems(fresh, known, given); err != nil {
		return err
	}
	for i, it := range fresh {
		switch {
		case it.rest:
		case it.parent != "":
			w.report.Replies++
		case it.direct:
			w.report.Direct++
		default:
			w.report.Posts++
		}
		w.report.Reactions += given[i]
	}
	w.progress.wrote(len(batch))
	return nil
}

// writeItems makes the items ready outside the transaction and then writes them
// all in one.
func (w *writer) writeItems(fresh []*stagedItem, known map[string]plein.ID, given []int) error {
	ready := make([]ImportedItem, len(fresh))
	for i, it := range fresh {
		in := &ready[i]
		*in = ImportedItem{Kind: it.kind, Audience: w.audience[it.audience], Author: w.people[it.author].id,
			Made: it.made, Edited: it.edited, Title: it.title, Body: it.body}
		if in.Audience == 0 || in.Author == 0 {
			return fmt.Errorf("%s: the audience or author was not made", it.at)
		}
		for _, r := range it.reactions {
			in.Reactions = append(in.Reactions, ImportedReaction{Person: w.people[r.person].id, Reaction: r.reaction, At: r.at})
		}
		if err := w.takeFiles(it, in); err != nil {
			return fmt.Errorf("%s: %w", it.at, err)
		}
		var err error
		if in.Doc, err = w.square.Render(w.ctx, in.Body); err != nil {
			return fmt.Errorf("%s: %w", it.at, err)
		}
	}
	err := w.tx(func(tx *db.Tx) error {
		for i, it := range fresh {
			if it.parent != "" {
				if ready[i].Parent = known[it.parent]; ready[i].Parent == 0 {
					return fmt.Errorf("%s: what it answers was not made", it.at)
				}
			}
			id, n, err := w.square.AddItem(w.ctx, tx, &ready[i])
			if err != nil {
				return fmt.Errorf("%s: %w", it.at, err)
			}
			if err := keepSource(w.ctx, tx, it.source, id, w.run); err != nil {
				return err
			}
			known[it.source], given[i] = id, n
			w.report.Files += len(ready[i].Files)
		}
		return nil
	})
	return plein.Wrap("imports.items", err)
}

// takeFiles stores the bytes of an item's files. Of a file that cannot be taken
// in, such as a picture that is none, the name is kept in the text.
func (w *writer) takeFiles(it *stagedItem, in *ImportedItem) error {
	for _, f := range it.files {
		taken, err := w.square.TakeFile(w.ctx, in.Author, ImportedFile{Name: f.name, Alt: f.alt, Open: f.open})
		switch kind := plein.KindOf(err); {
		case err == nil:
			in.Files = append(in.Files, taken)
		case kind == plein.Invalid || kind == plein.TooMuch:
			w.note(it.at, "the file %s cannot be taken in (%s); its name was kept", intake.Shorten(f.name), plein.AsError(err).Key)
			in.Body = markup.Paragraph(in.Body, markup.Escape(w.phrases.attachment(f.name)))
		default:
			return err
		}
	}
	return nil
}
