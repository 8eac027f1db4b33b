package groups

import (
	"errors"
	"strings"
	"testing"

	"plein/internal/plein"
)

func TestSight(t *testing.T) {
	colleague, guest, nobody := plein.Actor{ID: 7}, plein.Actor{ID: 8, Guest: true}, plein.Actor{}
	manager := plein.Actor{ID: 9, Caps: plein.CapabilitiesOf(plein.Roles()[2:])}
	for _, tc := range []struct {
		kind    plein.AudienceKind
		role    Role
		invited bool
		actor   plein.Actor
		want    Sight
	}{
		{plein.Open, None, false, colleague, Whole},
		{plein.Open, None, true, colleague, Whole},
		{plein.Open, None, false, guest, Hidden},
		{plein.Open, None, true, guest, Named},
		{plein.Open, Member, false, guest, Whole},
		{plein.Closed, None, false, colleague, Named},
		{plein.Closed, None, false, guest, Hidden},
		{plein.Closed, None, true, guest, Named},
		{plein.Closed, Member, false, colleague, Whole},
		{plein.Secret, None, false, colleague, Hidden},
		{plein.Secret, None, false, manager, Hidden},
		{plein.Closed, None, false, manager, Named},
		{plein.Secret, None, true, colleague, Named},
		{plein.Secret, Member, false, guest, Whole},
		{plein.Open, None, false, nobody, Hidden},
		{plein.Secret, Owner, true, nobody, Hidden},
	} {
		if got := sightOf(tc.kind, tc.role, tc.invited, tc.actor); got != tc.want {
			t.Errorf("%s, role %q, invited %v, actor %+v: got %d, want %d", tc.kind, tc.role, tc.invited, tc.actor, got, tc.want)
		}
	}
}

func TestRoleChange(t *testing.T) {
	me, other := plein.ID(1), plein.ID(2)
	actor := plein.Actor{ID: me}
	cm := plein.Actor{ID: me, Caps: plein.Capabilities(0).With(plein.ManageGroups)}
	for name, tc := range map[string]struct {
		c    roleChange
		want error
	}{
		"an owner makes an owner":              {roleChange{actor: actor, actorRole: Owner, person: other, from: Member, to: Owner, owners: 1}, nil},
		"an owner takes an owner back":         {roleChange{actor: actor, actorRole: Owner, person: other, from: Owner, to: Member, owners: 2}, nil},
		"the last owner steps back":            {roleChange{actor: actor, actorRole: Owner, person: me, from: Owner, to: Member, owners: 1}, errLastOwner},
		"one of two owners steps back":         {roleChange{actor: actor, actorRole: Owner, person: me, from: Owner, to: Member, owners: 2}, nil},
		"a moderator makes an owner":           {roleChange{actor: actor, actorRole: Moderator, person: other, from: Member, to: Owner, owners: 1}, errMayNot},
		"a moderator makes themselves owner":   {roleChange{actor: actor, actorRole: Moderator, person: me, from: Moderator, to: Owner, owners: 1}, errMayNot},
		"a moderator makes a moderator":        {roleChange{actor: actor, actorRole: Moderator, person: other, from: Member, to: Moderator, owners: 1}, nil},
		"a moderator takes an owner down":      {roleChange{actor: actor, actorRole: Moderator, person: other, from: Owner, to: Member, owners: 2}, errMayNot},
		"a moderator takes a moderator down":   {roleChange{actor: actor, actorRole: Moderator, person: other, from: Moderator, to: Member, owners: 1}, errMayNot},
		"a moderator steps back":               {roleChange{actor: actor, actorRole: Moderator, person: me, from: Moderator, to: Member, owners: 1}, nil},
		"a member makes a moderator":           {roleChange{actor: actor, actorRole: Member, person: other, from: Member, to: Moderator, owners: 1}, errMayNot},
		"a guest becomes moderator":            {roleChange{actor: actor, actorRole: Owner, person: other, guest: true, from: Member, to: Moderator, owners: 1}, errGuestRole},
		"an outsider becomes owner":            {roleChange{actor: actor, actorRole: Owner, person: other, from: None, to: Owner, owners: 1}, errNotAMember},
		"a role that is none":                  {roleChange{actor: actor, actorRole: Owner, person: other, from: Member, to: "boss", owners: 1}, errNoRole},
		"rank names an owner":                  {roleChange{actor: cm, actorRole: None, person: other, from: Member, to: Owner, owners: 1}, nil},
		"rank names itself":                    {roleChange{actor: cm, actorRole: Member, person: me, from: Member, to: Owner, owners: 1}, errMayNot},
		"rank takes an owner down":             {roleChange{actor: cm, actorRole: None, person: other, from: Owner, to: Member, owners: 2}, errMayNot},
		"rank makes a moderator":               {roleChange{actor: cm, actorRole: None, person: other, from: Member, to: Moderator, owners: 1}, errMayNot},
		"a guest with rank is still no ranker": {roleChange{actor: plein.Actor{ID: me, Guest: true, Caps: cm.Caps}, actorRole: Member, person: other, from: Member, to: Owner, owners: 1}, errMayNot},
	} {
		if err := tc.c.decide(); !errors.Is(err, tc.want) && err != tc.want {
			t.Errorf("%s: got %v, want %v", name, err, tc.want)
		}
	}
}

func TestRemoving(t *testing.T) {
	for _, tc := range []struct {
		actor, target Role
		owners        int
		want          error
	}{
		{Owner, Member, 1, nil}, {Owner, Moderator, 1, nil}, {Owner, Owner, 2, nil}, {Owner, Owner, 1, errLastOwner},
		{Moderator, Member, 1, nil}, {Moderator, Moderator, 1, errMayNot}, {Moderator, Owner, 2, errMayNot},
		{Member, Member, 1, errMayNot}, {None, Member, 1, errMayNot}, {Owner, None, 1, errNotAMember},
	} {
		if err := mayRemove(tc.actor, tc.target, tc.owners); err != tc.want {
			t.Errorf("%s removes %s: got %v, want %v", tc.actor, tc.target, err, tc.want)
		}
	}
}

func TestInviting(t *testing.T) {
	colleague := plein.Actor{ID: 1, Caps: plein.CapabilitiesOf([]plein.Role{plein.RoleMember})}
	guest := plein.Actor{ID: 2, Guest: true}
	for _, tc := range []struct {
		kind  plein.AudienceKind
		role  Role
		actor plein.Actor
		guest bool
		want  error
	}{
		{plein.Open, Member, colleague, false, nil},
		{plein.Open, None, colleague, false, errMayNot},
		{plein.Open, Member, guest, false, errMayNot},
		{plein.Open, Member, colleague, true, errGuestNeeds},
		{plein.Open, Moderator, colleague, true, nil},
		{plein.Closed, Member, colleague, false, errMayNot},
		{plein.Closed, Moderator, colleague, false, nil},
		{plein.Secret, Member, colleague, false, errMayNot},
		{plein.Secret, Owner, colleague, true, nil},
		{plein.Secret, Owner, plein.Actor{ID: 3}, true, errGuestNeeds},
	} {
		if err := mayInvite(Group{Kind: tc.kind}, tc.role, tc.actor, tc.guest); err != tc.want {
			t.Errorf("%+v: got %v", tc, err)
		}
	}
	if err := mayInvite(Group{Kind: plein.Open, Archived: true}, Owner, colleague, false); err != errArchived {
		t.Errorf("an archived group: got %v", err)
	}
}

func TestKindsNarrowOnly(t *testing.T) {
	kinds := []plein.AudienceKind{plein.Secret, plein.Closed, plein.Open}
	for i, from := range kinds {
		for j, to := range kinds {
			if err := mayBecome(from, to); (err == nil) != (j <= i) {
				t.Errorf("%s to %s: got %v", from, to, err)
			}
		}
	}
	for _, to := range []plein.AudienceKind{plein.Org, plein.Unit, plein.Self, ""} {
		if err := mayBecome(plein.Open, to); err != errNoKind {
			t.Errorf("to %q: got %v", to, err)
		}
	}
}

func TestCountsAreCoarse(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 0, 9: 0, 10: 10, 19: 10, 99: 90, 100: 100, 999: 990, 1000: 1000, 1846: 1800} {
		if got := roundMembers(n); got != want {
			t.Errorf("%d: got %d, want %d", n, got, want)
		}
	}
}

func TestSlugAndTile(t *testing.T) {
	for fold, want := range map[string]string{"vraag het ict": "vraag-het-ict", "kwaliteit & veiligheid": "kwaliteit-veiligheid",
		"(b3)": "b3", "!!!": "groep", "日本": "日本"} {
		if got := slugOf(fold); got != want {
			t.Errorf("%q: got %q, want %q", fold, got, want)
		}
		if tile := tileOf(fold); tile < 1 || tile > tiles {
			t.Errorf("%q: tile %d", fold, tile)
		}
	}
}

func TestTypedFactsAreChecked(t *testing.T) {
	for name, tc := range map[string]struct {
		n     NewGroup
		field string
	}{
		"no name":       {NewGroup{Kind: plein.Open}, "name"},
		"long name":     {NewGroup{Name: strings.Repeat("a", plein.MaxGroupName+1), Kind: plein.Open}, "name"},
		"long purpose":  {NewGroup{Name: "a", Purpose: strings.Repeat("a", plein.MaxPurpose+1), Kind: plein.Open}, "purpose"},
		"no kind":       {NewGroup{Name: "a"}, "kind"},
		"not a kind":    {NewGroup{Name: "a", Kind: plein.Org}, "kind"},
		"hidden letter": {NewGroup{Name: "a\u202Eb", Kind: plein.Open}, "name"},
	} {
		_, err := tc.n.clean()
		e := plein.AsError(err)
		if err == nil || e.Kind != plein.Invalid || e.Field != tc.field {
			t.Errorf("%s: got %v", name, err)
		}
	}
	long := strings.Repeat("é", plein.MaxGroupName)
	n, err := NewGroup{Name: "  " + long + " ", Kind: plein.Open}.clean()
	if err != nil || n.Name != long {
		t.Errorf("the longest name: %v", err)
	}
}

func TestCursorsReadBack(t *testing.T) {
	c := nameCursor{"vraag het ict", 42}
	if got := parseNameCursor(c.String()); got != c {
		t.Errorf("got %+v", got)
	}
	for _, s := range []string{"", "x", "!!!!", strings.Repeat("A", 9000), "AAAAAAAAAAAAAAAAAAAAAA"} {
		if got := parseNameCursor(s); got != (nameCursor{}) {
			t.Errorf("%q: got %+v", s, got)
		}
	}
	m := memberCursor{1, 12345, 42}
	if got := parseMemberCursor(m.String()); got != m {
		t.Errorf("got %+v", got)
	}
	for _, s := range []string{"", "1.2", "a.b.c", "1.2.3"} {
		if got := parseMemberCursor(s); got.rank != -1 {
			t.Errorf("%q: got %+v", s, got)
		}
	}
}
