// Package importstest exists so that the tests of imports, here and on real data,
// run against the real square on a real database without a server around it.
package importstest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"plein/internal/platform/blob"
	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/text"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/imports"
	"plein/internal/square/access"
	"plein/internal/square/files"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// House is a square without pages.
type House struct {
	DB      *db.DB
	Clock   *clock.Manual
	Words   *words.Catalogue
	People  *people.Service
	Groups  *groups.Service
	Access  *access.Service
	Items   *items.Service
	Files   *files.Service
	Imports *imports.Module
}

// Now is when the tests run.
var Now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// Build puts up a house on one engine.
func Build(t testing.TB, e db.Engine) *House {
	t.Helper()
	h := &House{Clock: clock.Fixed(Now)}
	h.DB = testkit.Open(t, e, changes.Migrations(), access.Migrations(), people.Migrations(), groups.Migrations(),
		items.Migrations(), files.Migrations(), imports.Migrations())
	log := slog.New(slog.DiscardHandler)
	b, err := bus.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	if h.Words, err = words.New(people.Words(), imports.Words()); err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	told := changes.New(h.DB, b, h.Clock, log)
	h.Access = access.New(access.Deps{DB: h.DB, Clock: h.Clock,
		UnitNames:   func(context.Context, []plein.ID) (map[plein.ID]string, error) { return nil, nil },
		GroupNames:  func(context.Context, []plein.ID) (map[plein.ID]access.GroupName, error) { return nil, nil },
		PeopleCount: func(context.Context) (int, error) { return 0, nil }})
	h.People = people.New(people.Deps{DB: h.DB, Changes: told, Clock: h.Clock, Grants: h.Access, Words: h.Words})
	h.Groups = groups.New(groups.Deps{DB: h.DB, Changes: told, Clock: h.Clock, Grants: h.Access, People: h.People, Log: log})
	h.Items = items.New(items.Deps{DB: h.DB, Changes: told, Clock: h.Clock, Access: h.Access, People: h.People, Text: text.New(),
		Files: func(ctx context.Context, ids []plein.ID) (map[plein.ID][]items.Attachment, error) {
			return h.Files.Of(ctx, ids)
		}})
	h.Files = files.New(files.Deps{DB: h.DB, Changes: told, Clock: h.Clock, Access: h.Access, Items: h.Items, Blobs: blobs, Spool: t.TempDir()})
	h.Imports = imports.New(imports.Deps{DB: h.DB, Clock: h.Clock, Words: h.Words, Lang: "nl", Square: h.Square()})
	return h
}

// Square gives what an import asks of the square, anew.
func (h *House) Square() imports.Square {
	return imports.On(h.People, h.Groups, h.Access, h.Items, h.Files)
}

// Import runs one import and fails the test when it cannot.
func (h *House) Import(t testing.TB, format, path string) imports.Report {
	t.Helper()
	report, err := h.Imports.Import(t.Context(), imports.Request{Format: format, Path: path})
	if err != nil {
		t.Fatalf("%s %s: %v", format, path, err)
	}
	return report
}
