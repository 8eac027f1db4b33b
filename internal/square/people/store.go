package people

import (
	"context"
	"embed"
	"encoding/json"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of people and departments.
func Migrations() db.Migrations { return db.Sub("people", migrations) }

const personColumns = `id, COALESCE(handle, ''), name, given, title, unit, location, manager, layer, skills, ask_me,
	languages, pronouns, bio, email, phone, photo, roles, state, bot, owner, guest, guest_until, sponsor, employer,
	lang, zone, theme, contrast, keys_off, joined`

func scanPerson(s db.Scanner) (p Person, err error) {
	var until, joined int64
	var skills, askMe, languages, roles string
	err = s.Scan(&p.ID, &p.Handle, &p.Name, &p.Given, &p.Title, &p.Unit, &p.Location, &p.Manager, &p.Layer, &skills, &askMe,
		&languages, &p.Pronouns, &p.Bio, &p.Email, &p.Phone, &p.Photo, &roles, &p.State, &p.Bot, &p.Owner, &p.Guest, &until,
		&p.Sponsor, &p.Employer, &p.Lang, &p.Zone, &p.Theme, &p.Contrast, &p.KeysOff, &joined)
	if err != nil {
		return p, err
	}
	p.GuestUntil, p.Joined = db.FromMicros(until), db.FromMicros(joined)
	for _, l := range []struct {
		text string
		into *[]string
	}{{skills, &p.Skills}, {askMe, &p.AskMe}, {languages, &p.Languages}} {
		if err := fromJSON(l.text, l.into); err != nil {
			return p, err
		}
	}
	return p, fromJSON(roles, &p.Roles)
}

func toJSON[T ~string](xs []T) string {
	if len(xs) == 0 {
		return ""
	}
	b, _ := json.Marshal(xs) // strings always marshal
	return string(b)
}

func fromJSON[T ~string](s string, into *[]T) error {
	if s == "" {
		return nil
	}
	return json.Unmarshal([]byte(s), into)
}

// orNull stores what must be unique when it is there.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// insertPerson writes a new person and says false when the id, the handle or the
// address is taken, without breaking the transaction.
func insertPerson(ctx context.Context, tx *db.Tx, p Person, emailKey string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO people_persons (id, handle, name, given, title, unit, location, site, manager, layer,
			skills, ask_me, languages, pronouns, bio, email, email_key, phone, photo, roles, state, bot, owner, guest, guest_until,
			sponsor, employer, lang, zone, theme, contrast, keys_off, joined, sort_key, names, search)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
			$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36)
		ON CONFLICT DO NOTHING`,
		p.ID, orNull(p.Handle), p.Name, p.Given, p.Title, p.Unit, p.Location, siteOf(p.Location), p.Manager, p.Layer,
		toJSON(p.Skills), toJSON(p.AskMe), toJSON(p.Languages), p.Pronouns, p.Bio, p.Email, orNull(emailKey), p.Phone, p.Photo,
		toJSON(p.Roles), string(p.State), p.Bot, p.Owner, p.Guest, db.Micros(p.GuestUntil), p.Sponsor, p.Employer,
		p.Lang, p.Zone, p.Theme, p.Contrast, p.KeysOff, db.Micros(p.Joined), sortKey(p.Name), namesText(p), searchText(p))
	return n == 1, err
}

// updatePerson writes everything of a person but the place in the manager line,
// which has its own statement because it moves others too.
// The caller has made sure that handle and address are free.
func updatePerson(ctx context.Context, tx *db.Tx, p Person, emailKey string) error {
	_, err := tx.Exec(ctx, `UPDATE people_persons SET handle = $2, name = $3, given = $4, title = $5, unit = $6, location = $7,
			site = $8, skills = $9, ask_me = $10, languages = $11, pronouns = $12, bio = $13, email = $14, email_key = $15,
			phone = $16, photo = $17, roles = $18, state = $19, guest_until = $20, sponsor = $21, employer = $22, lang = $23,
			zone = $24, theme = $25, contrast = $26, keys_off = $27, owner = $28, joined = $29, sort_key = $30, names = $31,
			search = $32
		WHERE id = $1`,
		p.ID, orNull(p.Handle), p.Name, p.Given, p.Title, p.Unit, p.Location, siteOf(p.Location), toJSON(p.Skills), toJSON(p.AskMe),
		toJSON(p.Languages), p.Pronouns, p.Bio, p.Email, orNull(emailKey), p.Phone, p.Photo, toJSON(p.Roles), string(p.State),
		db.Micros(p.GuestUntil), p.Sponsor, p.Employer, p.Lang, p.Zone, p.Theme, p.Contrast, p.KeysOff, p.Owner, db.Micros(p.Joined),
		sortKey(p.Name), namesText(p), searchText(p))
	return err
}

func sortKey(name string) []byte { return []byte(text.Fold(name)) }

func findPerson(ctx context.Context, q db.Queryer, id plein.ID) (Person, error) {
	return db.One(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE id = $1`, id)
}

// holdPerson reads a person in order to change them: nobody else can until the
// transaction ends.
func holdPerson(ctx context.Context, tx *db.Tx, id plein.ID) (Person, error) {
	return db.One(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE id = $1`+forUpdate(tx), id)
}

// forUpdate keeps a row for a transaction where several can write at once.
func forUpdate(q db.Queryer) string {
	if q.Engine() == db.Postgres {
		return " FOR UPDATE"
	}
	return ""
}

func findByEmail(ctx context.Context, q db.Queryer, key string) (Person, error) {
	return db.One(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE email_key = $1`, key)
}

func findByHandle(ctx context.Context, q db.Queryer, handle string) (Person, error) {
	return db.One(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE handle = $1`, handle)
}

func findMany(ctx context.Context, q db.Queryer, ids []plein.ID) ([]Person, error) {
	return db.All(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE `+db.In(q.Engine(), "id", "$1"),
		db.List(q.Engine(), ids))
}

func findByHandles(ctx context.Context, q db.Queryer, handles []string) ([]Person, error) {
	return db.All(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE `+db.In(q.Engine(), "handle", "$1"),
		db.List(q.Engine(), handles))
}

// taken tells which of the three keys that must be unique somebody else has.
type taken struct{ id, handle, email bool }

func whatIsTaken(ctx context.Context, q db.Queryer, p Person, emailKey string) (t taken, err error) {
	_, err = db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var id plein.ID
		var handle, email string
		err := s.Scan(&id, &handle, &email)
		t.id = t.id || id == p.ID
		t.handle = t.handle || handle == p.Handle && handle != ""
		t.email = t.email || email == emailKey && email != ""
		return struct{}{}, err
	}, `SELECT id, COALESCE(handle, ''), COALESCE(email_key, '') FROM people_persons
		WHERE id = $1 OR handle = $2 OR email_key = $3`, p.ID, p.Handle, emailKey)
	return t, err
}

// holdStructure lets one transaction at a time change departments, managers and
// who is where, so that two changes that are each right cannot together make a
// circle or a wrong grant. SQLite has one writer already.
func holdStructure(ctx context.Context, tx *db.Tx) error {
	if tx.Engine() == db.SQLite {
		return nil
	}
	_, err := db.One(ctx, tx, db.Value[int64], `SELECT id FROM people_structure WHERE id = 1 FOR UPDATE`)
	return err
}

// managerLine lists a person, their manager, and so on to the top.
func managerLine(ctx context.Context, q db.Queryer, person plein.ID) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `WITH RECURSIVE line (id, manager, steps) AS (
			SELECT id, manager, 0 FROM people_persons WHERE id = $1
			UNION ALL
			SELECT p.id, p.manager, l.steps + 1 FROM people_persons p JOIN line l ON p.id = l.manager WHERE l.steps < 1000)
		SELECT id FROM line ORDER BY steps`, person)
}

// setManager writes a manager and, with it, the layer of the person and of
// everybody below.
func setManager(ctx context.Context, tx *db.Tx, person, manager plein.ID, layer int) error {
	if _, err := tx.Exec(ctx, `UPDATE people_persons SET manager = $2 WHERE id = $1`, person, manager); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `WITH RECURSIVE below (id, layer) AS (
			SELECT id, CAST($2 AS BIGINT) FROM people_persons WHERE id = $1
			UNION ALL
			SELECT p.id, b.layer + 1 FROM people_persons p JOIN below b ON p.manager = b.id)
		UPDATE people_persons SET layer = (SELECT b.layer FROM below b WHERE b.id = people_persons.id)
		WHERE id IN (SELECT id FROM below)`, person, layer)
	return err
}

// reportsOf lists who answers to a person directly, by name.
func reportsOf(ctx context.Context, q db.Queryer, manager plein.ID) ([]Person, error) {
	return db.All(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons
		WHERE manager = $1 AND state = 'active' ORDER BY sort_key, id LIMIT 200`, manager)
}

// countAdmins counts the active people other than one who can manage people.
func countAdmins(ctx context.Context, q db.Queryer, except plein.ID) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM people_persons
		WHERE state = 'active' AND guest = FALSE AND id <> $1 AND roles LIKE $2`, except, `%"`+string(plein.RoleTechnicalAdmin)+`"%`)
}

// expiredGuests lists guests who are still active after their end date.
func expiredGuests(ctx context.Context, q db.Queryer, now int64, limit int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT id FROM people_persons
		WHERE guest = TRUE AND state = 'active' AND guest_until <= $1 ORDER BY id LIMIT $2`, now, limit)
}

// countPeople counts the active people of the organisation.
func countPeople(ctx context.Context, q db.Queryer) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM people_persons WHERE state = 'active' AND guest = FALSE AND bot = FALSE`)
}
