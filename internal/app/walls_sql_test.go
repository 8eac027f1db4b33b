package app_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

// sqlHomes are the platform packages that are about the database itself, and may
// hold SQL in any file.
var sqlHomes = []string{"db", "jobs", "changes", "session", "testkit"}

// looksLikeSQL finds statements in strings. Keywords are in capitals in our SQL;
// the last line also finds small letters, where a table's name gives it away.
var looksLikeSQL = regexp.MustCompile(strings.Join([]string{
	`\bSELECT\b[\s\S]*\bFROM\b`,
	`\bINSERT\s+(?:OR\s+\w+\s+)?INTO\b`,
	`\bUPDATE\s+[\w"]+\s+(?:AS\s+\w+\s+)?SET\b`,
	`\bDELETE\s+FROM\b`,
	`\b(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+|TEMP\s+|VIRTUAL\s+)*(?:TABLE|INDEX|VIEW|TRIGGER)\b`,
	`\bWITH\s+(?:RECURSIVE\s+)?\w+\s*(?:\([^)]*\)\s*)?AS\s*\(`,
	`(?:^|\s)(?:select\s[\s\S]*\sfrom|insert\s+into|update|delete\s+from)\s+[a-z]+_[a-z_]+\b`,
}, "|"))

// haveTables are the floors whose packages may keep tables.
var haveTables = []string{"platform", "square", "rooms", "app"}

// mayHoldSQL: the stores, the platform packages about the database, and tests,
// which look at what was stored.
func (f *goFile) mayHoldSQL() bool {
	switch {
	case f.test, f.floor == "outside":
		return true
	case f.floor == "platform" && slices.Contains(sqlHomes, f.owner):
		return true
	}
	return slices.Contains(haveTables, f.floor) && strings.HasPrefix(f.base, "store")
}

// sqlWall keeps SQL in the stores.
func (t *tree) sqlWall() []breach {
	var out []breach
	for _, f := range t.goFiles {
		if f.mayHoldSQL() {
			continue
		}
		for _, spec := range f.ast.Imports {
			if imported(spec) == "database/sql" {
				out = append(out, f.breach("sql", spec.Pos(), "database/sql is for store*.go"))
			}
		}
		if f.templ {
			continue
		}
		f.eachText(func(at token.Pos, s string) {
			if looksLikeSQL.MatchString(s) {
				out = append(out, f.breach("sql", at, "SQL stands in store*.go and migrations: %s", short(s)))
			}
		})
	}
	return out
}

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return s
}

var (
	createTable  = regexp.MustCompile(`(?i:\bCREATE\s+(?:TEMP\s+|TEMPORARY\s+|UNLOGGED\s+|VIRTUAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?)"?([a-z][a-z0-9_]*)`)
	sqlComment   = regexp.MustCompile(`--[^\n]*`)
	word         = regexp.MustCompile(`[a-z][a-z0-9_]*`)
	changesTable = regexp.MustCompile(`\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|TRUNCATE|(?:CREATE|ALTER|DROP)\s+\w+)\s+"?[a-z]`)
	afterTable   = regexp.MustCompile(`(?i:\b(?:FROM|JOIN|INTO|UPDATE|TABLE|REFERENCES|ON)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?)"?([a-z][a-z0-9_]*)`)
)

// ownsTable says that a package of this name may have that table: sessions_… is
// also right for a package session.
func ownsTable(owner, table string) bool {
	prefix, _, _ := strings.Cut(table, "_")
	return prefix == owner || prefix == owner+"s" || prefix+"s" == owner
}

// tables finds out which package made which table. Migrations say so; a few
// tables are made by Go code of the platform.
func (t *tree) tables() (ownerOf map[string]string, out []breach) {
	ownerOf = map[string]string{}
	claim := func(owner, table string, at breach) {
		if !ownsTable(owner, table) {
			at.Text = "table " + table + " does not begin with the name of its package, " + owner
			out = append(out, at)
			return
		}
		ownerOf[table] = owner
	}
	for _, m := range t.migrations {
		if m.floor == "outside" {
			continue
		}
		text := blankComments(m.text)
		for _, found := range createTable.FindAllStringSubmatchIndex(text, -1) {
			claim(m.owner, text[found[2]:found[3]], breach{"tables", m.path, lineAt(text, found[2]), ""})
		}
	}
	for _, f := range t.goFiles {
		if f.test || f.floor != "platform" || !f.mayHoldSQL() {
			continue
		}
		f.eachText(func(at token.Pos, s string) {
			for _, found := range createTable.FindAllStringSubmatch(s, -1) {
				claim(f.owner, found[1], f.breach("tables", at, ""))
			}
		})
	}
	return ownerOf, out
}

func blankComments(sql string) string {
	return sqlComment.ReplaceAllStringFunc(sql, func(c string) string { return strings.Repeat(" ", len(c)) })
}

// tableWall keeps every package on its own tables. What another package knows is
// asked in Go; the CanSee fragment is such an answer. Tests may look at what others
// stored, and change nothing there.
func (t *tree) tableWall() []breach {
	ownerOf, out := t.tables()
	prefixes := map[string]string{}
	for table, owner := range ownerOf {
		prefix, _, _ := strings.Cut(table, "_")
		prefixes[prefix] = owner
	}
	foreign := func(owner, sql string) (table, whose string, at int) {
		for _, found := range afterTable.FindAllStringSubmatchIndex(sql, -1) {
			name := sql[found[2]:found[3]]
			prefix, _, under := strings.Cut(name, "_")
			whose := ownerOf[name]
			if whose == "" && under {
				whose = prefixes[prefix]
			}
			if whose != "" && whose != owner {
				return name, whose, found[2]
			}
		}
		for _, found := range word.FindAllStringIndex(sql, -1) {
			name := sql[found[0]:found[1]]
			if whose := ownerOf[name]; whose != "" && whose != owner && strings.Contains(name, "_") {
				return name, whose, found[0]
			}
		}
		return "", "", 0
	}
	for _, m := range t.migrations {
		if m.floor == "outside" {
			continue
		}
		text := blankComments(m.text)
		if table, whose, at := foreign(m.owner, text); table != "" {
			out = append(out, breach{"tables", m.path, lineAt(text, at), "table " + table + " belongs to " + whose})
		}
	}
	for _, f := range t.goFiles {
		store := !f.test && strings.HasPrefix(f.base, "store")
		if !slices.Contains(haveTables, f.floor) || !store && !f.test {
			continue
		}
		f.eachText(func(at token.Pos, s string) {
			if f.test && !changesTable.MatchString(s) {
				return // a test may look everywhere, to see what was really stored
			}
			if table, whose, _ := foreign(f.owner, s); table != "" {
				out = append(out, f.breach("tables", at, "table %s belongs to %s", table, whose))
			}
		})
	}
	return out
}

var eventName = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+){2,}$`)

// eventWall lets a package tell events in its own name only.
func (t *tree) eventWall() []breach {
	var out []breach
	for _, f := range t.goFiles {
		kernel := f.localName(t.module + "/internal/plein")
		if f.test || f.templ || kernel == "" || f.floor == "outside" {
			continue
		}
		consts := t.constants(f.dir())
		check := func(e ast.Expr, always bool) {
			s, _, ok := text(e)
			if id, is := e.(*ast.Ident); is {
				s, ok = consts[id.Name], consts[id.Name] != ""
			}
			if ok && (always || eventName.MatchString(s)) && !strings.HasPrefix(s, f.owner+".") {
				out = append(out, f.breach("events", e.Pos(), "event %q is told by %s, whose events begin with %q", s, f.owner, f.owner+"."))
			}
		}
		isEvent := func(e ast.Expr) bool {
			sel, ok := e.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Event" {
				return false
			}
			x, ok := sel.X.(*ast.Ident)
			return ok && x.Name == kernel
		}
		names := func(lit *ast.CompositeLit) {
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Name" {
						check(kv.Value, true)
					}
				}
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if isEvent(n.Type) {
					names(n)
				}
				if list, ok := n.Type.(*ast.ArrayType); ok && isEvent(list.Elt) {
					for _, e := range n.Elts {
						if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
							names(lit)
						}
					}
				}
			case *ast.CallExpr: // a helper around Tell: s.tell(ctx, tx, "items.post.made", …)
				if strings.HasPrefix(strings.ToLower(calledName(n)), "tell") {
					for _, arg := range n.Args {
						check(arg, false)
					}
				}
			}
			return true
		})
	}
	return out
}

// calledName gives the last name of what is called: Tell for s.changes.Tell(…).
func calledName(call *ast.CallExpr) string {
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		return fn.Name
	case *ast.SelectorExpr:
		return fn.Sel.Name
	}
	return ""
}

// constants gives the string constants of a package by name.
func (t *tree) constants(dir string) map[string]string {
	out := map[string]string{}
	for _, f := range t.goFiles {
		if path.Dir(f.path) != dir || f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				value := spec.(*ast.ValueSpec)
				for i, name := range value.Names {
					if i < len(value.Values) {
						if s, whole, ok := text(value.Values[i]); ok && whole {
							out[name.Name] = s
						}
					}
				}
			}
		}
	}
	return out
}
