// Package signin exists so that the house knows for sure who comes in, without
// telling a stranger who lives there.
//
// There are two ways in: a link that is sent to the address we know, and a
// password. Both answer a stranger in the same words and after the same work,
// whether the address is known or not. A link is opened by a person who presses a
// button and never by following it, because mail scanners follow links. Guessing
// is slowed down by pauses that grow, that are kept in the database, and that
// never stand in the way of a link: nobody can lock a colleague out.
//
// Other ways (single sign-on, passkeys, a shared device) are rooms of their own
// that satisfy Way; the app hands them over and they call Module.Enter when they
// know who it is.
//
// The first administrator is made on a page that exists only while there is none,
// by whoever can read the code that the process printed when it started.
//
// What somebody typed in a form whose session had ended is kept for an hour,
// sealed with a key that only their browser has, and shown to them after they
// signed in.
//
// # Tables
//
// signin_letters (asked for, and to whom until it is sent), signin_links (the
// SHA-256 of each link), signin_passwords (argon2id), signin_attempts (how often
// something was tried; the names are digests), signin_drafts (sealed), signin_setup
// (the code of the first set-up, as long as it is not done).
//
// # Tells
//
// signin.password.changed. Who signs in when is told to nobody.
//
// # Hears
//
// people.person.closed and a changed e-mail address (people.person.changed), at
// which links end.
//
// # Shows
//
// Sign-in, recovery, the first set-up, one's own password and sessions, and the
// text that was kept.
package signin
