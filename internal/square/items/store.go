package items

import (
	"context"
	"embed"
	"strings"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of items.
func Migrations() db.Migrations { return db.Sub("items", migrations) }

const itemColumns = `i.id, i.kind, i.audience_id, i.author_id, i.root_id, i.parent_id, i.depth, i.root_at,
	i.made_at, i.edited_at, i.deleted_at, i.deleted_by, i.must_read, i.must_until, i.share_id, i.about_id, i.version,
	i.lang, i.title, i.body, i.html,
	t.replies, t.last_reply, t.acks, t.shares, t.agree, t.thanks, t.nice, t.same, t.help, t.answer`

const itemTables = `items_items i JOIN items_tallies t ON t.item_id = i.id`

func scanItem(s db.Scanner) (*Item, error) {
	var i Item
	var kind string
	var rootAt, made, edited, deleted, until, lastReply int64
	r := &i.Tally.Reactions
	err := s.Scan(&i.ID, &kind, &i.Audience, &i.Author, &i.Root, &i.Parent, &i.Depth, &rootAt,
		&made, &edited, &deleted, &i.DeletedBy, &i.MustRead, &until, &i.Share, &i.About, &i.Version,
		&i.Lang, &i.Title, &i.Body, &i.HTML,
		&i.Tally.Replies, &lastReply, &i.Tally.Acks, &i.Tally.Shares, &r[0], &r[1], &r[2], &r[3], &r[4], &i.Answer)
	i.Kind, i.RootMade, i.Made = plein.Kind(kind), db.FromMicros(rootAt), db.FromMicros(made)
	i.Edited, i.Deleted, i.MustUntil = db.FromMicros(edited), db.FromMicros(deleted), db.FromMicros(until)
	i.Tally.LastReply = db.FromMicros(lastReply)
	return &i, err
}

// find reads one item if the reader may see it.
func find(ctx context.Context, q db.Queryer, r access.Reader, id plein.ID) (*Item, error) {
	cond, args := r.SQL("i", 2)
	return db.One(ctx, q, scanItem, `SELECT `+itemColumns+` FROM `+itemTables+` WHERE i.id = $1 AND `+cond,
		append([]any{id}, args...)...)
}

// hold reads one item that the reader may see and keeps others from changing it
// until the transaction ends. On SQLite there is only one writer.
func hold(ctx context.Context, tx *db.Tx, r access.Reader, id plein.ID) (*Item, error) {
	cond, args := r.SQL("i", 2)
	lock := ""
	if tx.Engine() == db.Postgres {
		lock = " FOR UPDATE OF i"
	}
	return db.One(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM `+itemTables+` WHERE i.id = $1 AND `+cond+lock,
		append([]any{id}, args...)...)
}

// anyGone says whether one of some items was deleted.
func anyGone(ctx context.Context, q db.Queryer, ids ...plein.ID) (bool, error) {
	n, err := db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM items_items WHERE deleted_at <> 0 AND `+
		db.In(q.Engine(), "id", "$1"), db.List(q.Engine(), ids))
	return n > 0, err
}

// lost keeps of ids those that were deleted before a moment.
func lost(ctx context.Context, q db.Queryer, ids []plein.ID, before time.Time) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT id FROM items_items WHERE deleted_at <> 0 AND deleted_at < $2 AND `+
		db.In(q.Engine(), "id", "$1"), db.List(q.Engine(), ids), db.Micros(before))
}

// load reads items without asking who reads: for the cache, behind visible.
func load(ctx context.Context, q db.Queryer, ids []plein.ID) ([]*Item, error) {
	return db.All(ctx, q, scanItem, `SELECT `+itemColumns+` FROM `+itemTables+` WHERE `+
		db.In(q.Engine(), "i.id", "$1"), db.List(q.Engine(), ids))
}

// visible keeps of ids those that the reader may see.
func visible(ctx context.Context, q db.Queryer, r access.Reader, ids []plein.ID) (map[plein.ID]bool, error) {
	cond, args := r.SQL("i", 2)
	seen, err := db.All(ctx, q, db.Value[plein.ID], `SELECT i.id FROM items_items i WHERE `+
		db.In(q.Engine(), "i.id", "$1")+` AND `+cond, append([]any{db.List(q.Engine(), ids)}, args...)...)
	out := make(map[plein.ID]bool, len(seen))
	for _, id := range seen {
		out[id] = true
	}
	return out, err
}

// previews gives the newest n replies of each thread, newest first. It reads the
// thread index backwards per thread, so it does not grow with the thread.
func previews(ctx context.Context, q db.Queryer, roots []plein.ID, n int) (map[plein.ID][]plein.ID, error) {
	text := `SELECT r.value, i.id FROM json_each($1) r JOIN items_items i ON i.id IN (
		SELECT id FROM items_items WHERE root_id = r.value AND parent_id <> 0 AND deleted_at = 0 ORDER BY id DESC LIMIT $2)`
	if q.Engine() == db.Postgres {
		text = `SELECT r.id, i.id FROM unnest($1::bigint[]) r(id) CROSS JOIN LATERAL (
			SELECT id FROM items_items WHERE root_id = r.id AND parent_id <> 0 AND deleted_at = 0 ORDER BY id DESC LIMIT $2) i`
	}
	out := make(map[plein.ID][]plein.ID, len(roots))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var root, id plein.ID
		err := s.Scan(&root, &id)
		out[root] = append(out[root], id)
		return struct{}{}, err
	}, text, db.List(q.Engine(), roots), n)
	return out, err
}

// replies pages through a thread, oldest first, after a given item.
func replies(ctx context.Context, q db.Queryer, root, after plein.ID, limit int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT id FROM items_items
		WHERE root_id = $1 AND id > $2 AND parent_id <> 0 ORDER BY id LIMIT $3`, root, after, limit)
}

func insertItem(ctx context.Context, tx *db.Tx, i *Item, clientKey string) error {
	_, err := tx.Exec(ctx, `INSERT INTO items_items (id, kind, audience_id, author_id, root_id, parent_id, depth, root_at,
		made_at, edited_at, deleted_at, deleted_by, must_read, must_until, share_id, about_id, version, client_key, lang, title, body, html)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		i.ID, string(i.Kind), i.Audience, i.Author, i.Root, i.Parent, i.Depth, db.Micros(i.RootMade),
		db.Micros(i.Made), db.Micros(i.Edited), i.MustRead, db.Micros(i.MustUntil), i.Share, i.About, i.Version, clientKey,
		i.Lang, i.Title, i.Body, i.HTML)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO items_tallies (item_id) VALUES ($1)`, i.ID)
	return err
}

func exists(ctx context.Context, q db.Queryer, id plein.ID) (bool, error) {
	n, err := db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM items_items WHERE id = $1`, id)
	return n > 0, err
}

func byClientKey(ctx context.Context, q db.Queryer, author plein.ID, key string) (plein.ID, error) {
	return db.One(ctx, q, db.Value[plein.ID], `SELECT id FROM items_items WHERE author_id = $1 AND client_key = $2`, author, key)
}

func countReply(ctx context.Context, tx *db.Tx, root plein.ID, by int, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE items_tallies SET replies = replies + $2,
		last_reply = CASE WHEN last_reply < $3 THEN $3 ELSE last_reply END WHERE item_id = $1`, root, by, db.Micros(at))
	return err
}

func countShare(ctx context.Context, tx *db.Tx, item plein.ID) error {
	_, err := tx.Exec(ctx, `UPDATE items_tallies SET shares = shares + 1 WHERE item_id = $1`, item)
	return err
}

// Version is what an item said before an edit.
type Version struct {
	Version int
	At      time.Time // when this wording was written
	Editor  plein.ID
	Title   string
	Body    string
}

// keepVersion keeps the present words of an item, which are the author's.
func keepVersion(ctx context.Context, tx *db.Tx, i *Item) error {
	written := i.Made
	if !i.Edited.IsZero() {
		written = i.Edited
	}
	_, err := tx.Exec(ctx, `INSERT INTO items_versions (item_id, version, at, editor_id, title, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		i.ID, i.Version, db.Micros(written), i.Author, i.Title, i.Body)
	return err
}

func versions(ctx context.Context, q db.Queryer, item plein.ID) ([]Version, error) {
	return db.All(ctx, q, func(s db.Scanner) (v Version, err error) {
		var at int64
		err = s.Scan(&v.Version, &at, &v.Editor, &v.Title, &v.Body)
		v.At = db.FromMicros(at)
		return v, err
	}, `SELECT version, at, editor_id, title, body FROM items_versions WHERE item_id = $1 ORDER BY version DESC LIMIT 200`, item)
}

func rewrite(ctx context.Context, tx *db.Tx, i *Item) error {
	_, err := tx.Exec(ctx, `UPDATE items_items SET title = $2, body = $3, html = $4, lang = $5, edited_at = $6, version = $7,
		must_read = $8, must_until = $9 WHERE id = $1`,
		i.ID, i.Title, i.Body, i.HTML, i.Lang, db.Micros(i.Edited), i.Version, i.MustRead, db.Micros(i.MustUntil))
	return err
}

// blank takes the words away and leaves the place. The words stay in
// items_versions until they can no longer be restored.
func blank(ctx context.Context, tx *db.Tx, item plein.ID, at time.Time, by plein.ID) error {
	_, err := tx.Exec(ctx, `UPDATE items_items SET deleted_at = $2, deleted_by = $3, title = '', body = '', html = '',
		version = version + 1 WHERE id = $1`, item, db.Micros(at), by)
	return err
}

func restore(ctx context.Context, tx *db.Tx, i *Item) error {
	if _, err := tx.Exec(ctx, `UPDATE items_items SET deleted_at = 0, deleted_by = 0, title = $2, body = $3, html = $4,
		version = $5 WHERE id = $1`, i.ID, i.Title, i.Body, i.HTML, i.Version); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM items_versions WHERE item_id = $1 AND version >= $2`, i.ID, i.Version)
	return err
}

// latest pages through the beginnings of threads in some audiences, newest first.
// Two steps (STACK sections 4 and 5): the inner query stays inside the feed
// index, and on PostgreSQL walks it once per audience, so neither busy nor quiet
// audiences make it slow.
//
// Authors in without are left out. The limit is of what is there, not of what the
// reader may see: next is where to go on, and zero at the end.
func latest(ctx context.Context, q db.Queryer, r access.Reader, audiences, without []plein.ID, before plein.ID, limit int) (seen []Head, next plein.ID, err error) {
	cond, args := r.SQL("i", 4)
	args = append([]any{db.List(q.Engine(), audiences), before, limit}, args...)
	others := ""
	if len(without) > 0 {
		others = " AND NOT (" + db.In(q.Engine(), "author_id", "$6") + ")"
		args = append(args, db.List(q.Engine(), without))
	}
	inner := `SELECT id FROM items_items WHERE ` + db.In(q.Engine(), "audience_id", "$1") + `
		AND parent_id = 0 AND deleted_at = 0 AND id < $2` + others + ` ORDER BY id DESC LIMIT $3`
	if q.Engine() == db.Postgres {
		inner = `SELECT f.id FROM unnest($1::bigint[]) a(id) CROSS JOIN LATERAL (
			SELECT id FROM items_items WHERE audience_id = a.id
			AND parent_id = 0 AND deleted_at = 0 AND id < $2` + others + ` ORDER BY id DESC LIMIT $3) f ORDER BY f.id DESC LIMIT $3`
	}
	type row struct {
		Head
		seen bool
	}
	rows, err := db.All(ctx, q, func(s db.Scanner) (r row, err error) {
		err = s.Scan(&r.ID, &r.Author, &r.seen)
		return r, err
	}, `SELECT i.id, i.author_id, `+cond+` FROM items_items i WHERE i.id IN (`+inner+`) ORDER BY i.id DESC`, args...)
	if err != nil {
		return nil, 0, err
	}
	seen = make([]Head, 0, len(rows))
	for _, r := range rows {
		if r.seen {
			seen = append(seen, r.Head)
		}
	}
	if len(rows) == limit {
		next = rows[limit-1].ID
	}
	return seen, next, nil
}

// heads gives what ranking needs of some items that the reader may see.
func heads(ctx context.Context, q db.Queryer, r access.Reader, ids []plein.ID) ([]Head, error) {
	cond, args := r.SQL("i", 2)
	return db.All(ctx, q, scanHead, `SELECT i.id, i.author_id FROM items_items i WHERE `+db.In(q.Engine(), "i.id", "$1")+`
		AND i.deleted_at = 0 AND `+cond+` ORDER BY i.id DESC`, append([]any{db.List(q.Engine(), ids)}, args...)...)
}

// Head is what ranking needs to know of an item.
type Head struct {
	ID     plein.ID
	Author plein.ID
}

func scanHead(s db.Scanner) (h Head, err error) {
	err = s.Scan(&h.ID, &h.Author)
	return h, err
}

// byAuthor pages through the threads that one person began in some audiences.
func byAuthor(ctx context.Context, q db.Queryer, r access.Reader, audiences []plein.ID, author, before plein.ID, limit int) ([]Head, error) {
	cond, args := r.SQL("i", 5)
	return db.All(ctx, q, scanHead, `SELECT i.id, i.author_id FROM items_items i WHERE i.author_id = $1
		AND i.parent_id = 0 AND i.deleted_at = 0 AND i.id < $2 AND `+db.In(q.Engine(), "i.audience_id", "$4")+`
		AND `+cond+` ORDER BY i.id DESC LIMIT $3`, append([]any{author, before, limit, db.List(q.Engine(), audiences)}, args...)...)
}

func byAuthors(ctx context.Context, q db.Queryer, r access.Reader, authors []plein.ID, before plein.ID, limit int) ([]Head, error) {
	cond, args := r.SQL("i", 4)
	return db.All(ctx, q, scanHead, `SELECT i.id, i.author_id FROM items_items i WHERE `+db.In(q.Engine(), "i.author_id", "$1")+`
		AND i.parent_id = 0 AND i.deleted_at = 0 AND i.id < $2 AND `+cond+` ORDER BY i.id DESC LIMIT $3`,
		append([]any{db.List(q.Engine(), authors), before, limit}, args...)...)
}

func byTag(ctx context.Context, q db.Queryer, r access.Reader, tag string, before plein.ID, limit int) ([]plein.ID, error) {
	cond, args := r.SQL("i", 4)
	return db.All(ctx, q, db.Value[plein.ID], `SELECT DISTINCT i.root_id FROM items_tags g JOIN items_items i ON i.id = g.item_id
		WHERE g.tag = $1 AND i.root_id < $2 AND i.deleted_at = 0 AND `+cond+` ORDER BY i.root_id DESC LIMIT $3`,
		append([]any{tag, before, limit}, args...)...)
}

// unanswered lists questions without an answer in some audiences, newest first. It
// looks no further back than a moment, so it does not grow with history.
func unanswered(ctx context.Context, q db.Queryer, r access.Reader, audiences []plein.ID, since plein.ID, limit int) ([]Head, error) {
	cond, args := r.SQL("i", 4)
	return db.All(ctx, q, scanHead, `SELECT i.id, i.author_id FROM items_items i JOIN items_tallies t ON t.item_id = i.id
		WHERE `+db.In(q.Engine(), "i.audience_id", "$1")+` AND i.parent_id = 0 AND i.deleted_at = 0 AND i.kind = 'question'
		AND i.id > $2 AND t.replies = 0 AND i.author_id <> $4 AND `+cond+` ORDER BY i.id DESC LIMIT $3`,
		append([]any{db.List(q.Engine(), audiences), since, limit}, args...)...)
}

// mustReads lists what still asks the reader for a confirmation, newest first.
//
// Only the reader's own audiences ask: an owner of an open group asks its members,
// not everybody who could look in.
func mustReads(ctx context.Context, q db.Queryer, r access.Reader, now time.Time, limit int) ([]Head, error) {
	cond, args := r.SQL("i", 5)
	return db.All(ctx, q, scanHead, `SELECT i.id, i.author_id FROM items_items i
		WHERE i.must_read AND i.deleted_at = 0 AND i.must_until > $1 AND i.author_id <> $2
		AND NOT EXISTS (SELECT 1 FROM items_acks k WHERE k.item_id = i.id AND k.person_id = $2)
		AND `+db.In(q.Engine(), "i.audience_id", "$4")+` AND `+cond+` ORDER BY i.id DESC LIMIT $3`,
		append([]any{db.Micros(now), r.Person, limit, db.List(q.Engine(), r.Feed())}, args...)...)
}

// asked lists the threads in which the reader was named since a moment and that
// they did not read since, newest first.
func asked(ctx context.Context, q db.Queryer, r access.Reader, since plein.ID, limit int) ([]Head, error) {
	cond, args := r.SQL("i", 4)
	return db.All(ctx, q, scanHead, `SELECT DISTINCT i.id, i.author_id FROM items_mentions m
		JOIN items_items n ON n.id = m.item_id AND n.deleted_at = 0 AND n.author_id <> $1
		JOIN items_items i ON i.id = m.root_id AND i.deleted_at = 0
		LEFT JOIN items_positions p ON p.person_id = $1 AND p.root_id = m.root_id
		WHERE m.target_id = $1 AND m.item_id > $2 AND (p.read_to IS NULL OR p.read_to < m.item_id)
		AND `+cond+` ORDER BY i.id DESC LIMIT $3`, append([]any{r.Person, since, limit}, args...)...)
}

// sql fragments for the five counts; the set is closed, so no text is built from
// what a person sent.
func tallyColumn(r plein.Reaction) string {
	switch r {
	case plein.Agree, plein.Thanks, plein.Nice, plein.Same, plein.Help:
		return string(r)
	}
	panic("items: no such reaction: " + strings.ToValidUTF8(string(r), "?"))
}

// forgetWords throws away what deleted items said, once it can no longer be
// restored.
func forgetWords(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM items_versions WHERE item_id IN (
		SELECT id FROM items_items WHERE deleted_at <> 0 AND deleted_at < $1)`, db.Micros(before))
}
