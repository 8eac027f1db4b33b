package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"plein/internal/platform/blob"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/picture"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
)

// Deps is what files needs.
type Deps struct {
	DB      *db.DB
	Changes *changes.Log
	Clock   clock.Clock
	Access  *access.Service
	Items   *items.Service
	Blobs   blob.Store
	Spool   string // folder for files while they arrive; empty is the system's
}

// Service holds the verbs.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// Add takes in a file. It is the actor's own until it is attached to something
// they say. name is what the browser called it; what it is, is found from its
// bytes.
func (s *Service) Add(ctx context.Context, a plein.Actor, name, alt string, r io.Reader) (File, error) {
	if !a.SignedIn() {
		return File{}, plein.ErrNotFound
	}
	waiting, err := looseOf(ctx, s.DB.Read(), a.ID)
	if err != nil {
		return File{}, plein.Wrap("files.add", err)
	}
	if len(waiting) >= maxLoose {
		return File{}, plein.E(plein.TooMuch, "files.too_many_loose", plein.Args{"max": maxLoose})
	}
	f, err := s.take(ctx, a.ID, name, alt, r)
	if err != nil {
		return File{}, err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error { return s.keep(ctx, tx, f) })
	return f, plein.Wrap("files.add", err)
}

// Take takes in the bytes of a file for somebody and writes no row yet: importers
// give the result to Keep in their own transaction.
func (s *Service) Take(ctx context.Context, owner plein.ID, name, alt string, r io.Reader) (File, error) {
	return s.take(ctx, owner, name, alt, r)
}

// Keep writes the row of a file that was taken in, attached to an item or loose.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, f File, i *items.Item) error {
	if i != nil {
		f.Item, f.Audience, f.RootMade = i.ID, i.Audience, i.RootMade
	}
	return plein.Wrap("files.keep", s.keep(ctx, tx, f))
}

func (s *Service) keep(ctx context.Context, tx *db.Tx, f File) error {
	if err := insert(ctx, tx, f); err != nil {
		return err
	}
	return s.Changes.Tell(ctx, tx, plein.Event{Name: "files.file.added", Actor: f.Owner, At: s.Clock.Now(),
		Object: plein.Ref{Kind: "file", ID: f.ID}, Audience: f.Audience})
}

// take makes a file safe and stores its bytes.
func (s *Service) take(ctx context.Context, owner plein.ID, name, alt string, r io.Reader) (File, error) {
	now := s.Clock.Now()
	f := File{ID: plein.NewID(now), Owner: owner, Name: picture.SafeName(name), Made: now}
	var err error
	if f.Alt, err = cleanAlt(alt); err != nil {
		return File{}, err
	}
	spool, err := os.CreateTemp(s.Spool, "plein-upload-*")
	if err != nil {
		return File{}, plein.Wrap("files.spool", err)
	}
	defer func() {
		_ = spool.Close()
		_ = os.Remove(spool.Name())
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(spool, sum), io.LimitReader(r, plein.MaxFileBytes+1))
	if err != nil {
		return File{}, plein.Wrap("files.receive", err)
	}
	if n > plein.MaxFileBytes {
		return File{}, plein.FieldError("files", "files.too_large", plein.Args{"name": f.Name, "max": plein.MaxFileBytes >> 20})
	}
	if n == 0 {
		return File{}, plein.FieldError("files", "files.empty", plein.Args{"name": f.Name})
	}
	head := make([]byte, min(n, 4096))
	if _, err := spool.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return File{}, plein.Wrap("files.read", err)
	}
	mime, class := picture.Sniff(head, f.Name)
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return File{}, plein.Wrap("files.read", err)
	}
	if class == picture.Image {
		return s.takePicture(ctx, f, spool)
	}
	f.MIME, f.Size, f.SHA256 = mime, n, hex.EncodeToString(sum.Sum(nil))
	return f, plein.Wrap("files.store", s.Blobs.Put(ctx, f.SHA256, spool, n))
}

// takePicture stores a picture made anew, never the one that came.
func (s *Service) takePicture(ctx context.Context, f File, r io.Reader) (File, error) {
	res, err := picture.Reencode(ctx, r, plein.MaxFileBytes)
	if err != nil {
		e := plein.AsError(err)
		if e.Kind == plein.Invalid {
			e = plein.FieldError("files", e.Key, withName(e.Args, f.Name))
			return File{}, e
		}
		return File{}, plein.Wrap("files.picture", err)
	}
	f.Picture, f.MIME, f.Width, f.Height, f.Size = true, res.MIME, res.Width, res.Height, int64(len(res.Data))
	if f.SHA256, err = s.put(ctx, res.Data); err != nil {
		return File{}, err
	}
	if len(res.Thumb) > 0 {
		f.ThumbMIME = res.ThumbMIME
		if f.Thumb, err = s.put(ctx, res.Thumb); err != nil {
			return File{}, err
		}
	}
	return f, nil
}

func (s *Service) put(ctx context.Context, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:])
	return key, plein.Wrap("files.store", s.Blobs.Put(ctx, key, bytes.NewReader(data), int64(len(data))))
}

func withName(args plein.Args, name string) plein.Args {
	out := plein.Args{"name": name}
	for k, v := range args {
		out[k] = v
	}
	return out
}

func cleanAlt(alt string) (string, error) {
	if alt == "" {
		return "", nil
	}
	if utf8.RuneCountInString(alt) > plein.MaxAltText {
		return "", plein.FieldError("alt", "files.alt_long", plein.Args{"max": plein.MaxAltText})
	}
	clean, err := text.CleanName(alt, plein.MaxAltText)
	if err != nil {
		return "", plein.FieldError("alt", plein.AsError(err).Key, plein.AsError(err).Args)
	}
	return clean, nil
}

// Find gives a file that the actor may see. A deleted item's files are gone.
func (s *Service) Find(ctx context.Context, a plein.Actor, id plein.ID) (File, error) {
	if !a.SignedIn() { // a loose file that was taken from its owner is not nobody's
		return File{}, plein.ErrNotFound
	}
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return File{}, err
	}
	f, err := find(ctx, s.DB.Read(), r, id)
	if err != nil {
		return File{}, plein.Wrap("files.find", err)
	}
	if f.Loose() {
		return f, nil
	}
	i, err := s.Items.Find(ctx, a, f.Item)
	if err != nil {
		return File{}, err
	}
	if i.Gone() {
		return File{}, plein.ErrNotFound
	}
	return f, nil
}

// Bytes opens a file's bytes, or its small picture's.
func (s *Service) Bytes(ctx context.Context, f File, thumb bool) (io.ReadSeekCloser, error) {
	key := f.SHA256
	if thumb && f.Thumb != "" {
		key = f.Thumb
	}
	b, _, err := s.Blobs.Get(ctx, key)
	return b, plein.Wrap("files.bytes", err)
}

// Attach ties the author's own loose files to an item, in the item's transaction.
// A file that is somebody else's or already somewhere is refused, and the item
// with it.
func (s *Service) Attach(ctx context.Context, tx *db.Tx, i *items.Item, ids []plein.ID) error {
	n, err := attach(ctx, tx, i.Author, i.ID, i.Audience, i.RootMade, ids)
	if err != nil {
		return plein.Wrap("files.attach", err)
	}
	if n != len(ids) {
		return plein.FieldError("files", "files.not_yours", nil)
	}
	return nil
}

// Of gives what is attached to items, for cards. The caller has checked the reader.
func (s *Service) Of(ctx context.Context, ids []plein.ID) (map[plein.ID][]items.Attachment, error) {
	list, err := of(ctx, s.DB.Read(), ids)
	if err != nil {
		return nil, plein.Wrap("files.of", err)
	}
	out := make(map[plein.ID][]items.Attachment)
	for _, f := range list {
		out[f.Item] = append(out[f.Item], f.Attachment())
	}
	return out, nil
}

// In pages through the files of a group or department, newest first.
func (s *Service) In(ctx context.Context, a plein.Actor, audience, before plein.ID, limit int) ([]File, error) {
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	var out []File
	for { // those of deleted items are passed over, and more may lie behind them
		list, err := inAudience(ctx, s.DB.Read(), r, audience, before, limit)
		if err != nil {
			return nil, plein.Wrap("files.in", err)
		}
		ids := make([]plein.ID, len(list))
		for n, f := range list {
			ids[n] = f.Item
		}
		living, err := s.Items.Living(ctx, r, ids)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			before = f.ID
			if living[f.Item] && len(out) < limit {
				out = append(out, f)
			}
		}
		if len(list) < limit || len(out) == limit {
			return out, nil
		}
	}
}

// Loose lists the files that the actor added and has not used yet: what a form
// shows again after an error.
func (s *Service) Loose(ctx context.Context, a plein.Actor) ([]File, error) {
	list, err := looseOf(ctx, s.DB.Read(), a.ID)
	return list, plein.Wrap("files.loose", err)
}

// Remove throws away a loose file of the actor's own.
func (s *Service) Remove(ctx context.Context, a plein.Actor, id plein.ID) error {
	f, err := s.Find(ctx, a, id)
	if err != nil {
		return err
	}
	if !f.Loose() {
		return plein.E(plein.Conflict, "files.in_use", nil)
	}
	// Its bytes go later: the same bytes may be arriving for somebody else right now.
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		mine, err := disown(ctx, tx, id, a.ID)
		if err == nil && !mine {
			err = plein.E(plein.Conflict, "files.in_use", nil)
		}
		if err != nil {
			return err
		}
		return s.tellRemoved(ctx, tx, f, a.ID)
	})
	return plein.Wrap("files.remove", err)
}

func (s *Service) tellRemoved(ctx context.Context, tx *db.Tx, f File, by plein.ID) error {
	return s.Changes.Tell(ctx, tx, plein.Event{Name: "files.file.removed", Actor: by, At: s.Clock.Now(),
		Object: plein.Ref{Kind: "file", ID: f.ID}, Audience: f.Audience})
}

// drop throws a file away, with its bytes when no other file needs them.
func (s *Service) drop(ctx context.Context, f File) error {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		gone, err := remove(ctx, tx, f)
		if err != nil || !gone || f.Owner == 0 {
			return err
		}
		return s.tellRemoved(ctx, tx, f, 0)
	})
	if err != nil {
		return err
	}
	for _, key := range []string{f.SHA256, f.Thumb} {
		if key == "" {
			continue
		}
		needed, err := used(ctx, s.DB.Read(), key)
		if err != nil {
			return err
		}
		if needed {
			continue
		}
		// The same bytes may be arriving again right now, stored but without a row
		// yet; storing refreshes their time, so only old ones go.
		info, err := s.Blobs.Stat(ctx, key)
		if err != nil || s.Clock.Now().Sub(info.Modified) < time.Hour {
			continue
		}
		if err := s.Blobs.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// sweepAtOnce is how many files are looked at in one query.
const sweepAtOnce = 500

// Sweep throws away files that nobody attached within a day, and those of items
// that were deleted and can no longer be brought back.
func (s *Service) Sweep(ctx context.Context) (removed int64, err error) {
	for {
		stale, err := staleLoose(ctx, s.DB.Read(), s.Clock.Now().Add(-keptLoose), sweepAtOnce)
		if err != nil {
			return removed, plein.Wrap("files.sweep", err)
		}
		for _, f := range stale {
			if err := s.drop(ctx, f); err != nil {
				return removed, plein.Wrap("files.sweep", err)
			}
			removed++
		}
		if len(stale) < sweepAtOnce {
			break
		}
	}
	n, err := s.sweepDeleted(ctx)
	return removed + n, plein.Wrap("files.sweep", err)
}

func (s *Service) sweepDeleted(ctx context.Context) (removed int64, err error) {
	var last plein.ID
	for {
		list, err := after(ctx, s.DB.Read(), last, sweepAtOnce)
		if err != nil {
			return removed, err
		}
		ids := make([]plein.ID, len(list))
		for n, f := range list {
			last, ids[n] = f.ID, f.Item
		}
		lost, err := s.Items.Lost(ctx, ids)
		if err != nil {
			return removed, err
		}
		for _, f := range list {
			if !f.Loose() && lost[f.Item] {
				if err := s.drop(ctx, f); err != nil {
					return removed, err
				}
				removed++
			}
		}
		if len(list) < sweepAtOnce {
			return removed, nil
		}
	}
}

// Check looks whether the bytes of every file are there, and counts the files.
func (s *Service) Check(ctx context.Context) (n int, err error) {
	var last plein.ID
	for {
		list, err := after(ctx, s.DB.Read(), last, 500)
		if err != nil {
			return n, plein.Wrap("files.check", err)
		}
		for _, f := range list {
			last = f.ID
			for _, key := range []string{f.SHA256, f.Thumb} {
				if key == "" {
					continue
				}
				if _, err := s.Blobs.Stat(ctx, key); err != nil {
					return n, fmt.Errorf("the bytes of %q (%s) are not there: %w", f.Name, f.ID, err)
				}
			}
			n++
		}
		if len(list) < 500 {
			return n, nil
		}
	}
}
