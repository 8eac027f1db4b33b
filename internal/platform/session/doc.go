// Package session exists so that being signed in is a row that can be looked at
// and taken away: a person sees where they are signed in, ends one or all of
// them, and a closed account is out at its next request.
//
// The browser holds 256 random bits in a cookie; the database holds their
// SHA-256 only, so a copy of the database opens nothing. A session ends after 30
// days, or after 14 days without use. No network address is kept with it: the
// list says "Firefox, Windows", which is enough to recognise one's own device
// and too little to follow somebody by.
//
// # Tables
//
// sessions_sessions: one row for each session that has not ended.
package session
