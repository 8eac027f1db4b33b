// Package admin exists so that somebody can look after the organisation's own
// square without a command line: who has an account, how the departments hang
// together, which groups there are, how the whole thing is called and looks, and
// whether the machine is well.
//
// It opens no door that was closed. Whoever looks after people or groups reads
// nothing by it (TRUST P11): a secret group one is not in is not there, a closed
// one has a name and a rounded count, and the health page has numbers only. Every
// page stands behind a capability, and for whoever lacks it there is no such page.
//
// What people and groups may become is decided by their own packages; this room
// asks them, and looks up whom somebody means by a name that was typed.
//
// The organisation's colour is one colour. The shades of all four themes are
// computed from it, and one on which white cannot be read is refused.
//
// # Tables
//
// admin_settings (name, value, changed_at, changed_by). A setting that was never
// changed has no row and follows the settings file.
//
// # Tells
//
// admin.settings.changed (extra "what": the names of the settings, never their
// values), admin.sessions.ended and admin.link.sent (object: the person),
// admin.job.retried (extra "kind"). What is changed of people and groups they
// tell themselves.
//
// # Hears
//
// Its own admin.settings.changed from other nodes, to let go of what it holds in
// memory (Hear).
//
// # Shows
//
// /admin with people, departments, groups, settings and health, and /brand.css.
package admin
