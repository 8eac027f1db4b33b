// Package syndication exists so that people can follow the square with the reader
// they already use, and so that a link to it can be shown elsewhere, without the
// square telling anything to whoever has no right to it.
//
// A feed has an address with a personal key in it. The key opens reading and
// nothing else: at every request it stands for its owner, with the rights that
// they have at that moment. Only a digest of it is kept, so it is shown once; its
// owner sees on which day it was last used and can end it. A key that was ended, of
// somebody who left, or that never was gives the same answer, and so do a group
// that is not there and one that is not for its owner. Messages between few and
// notes to oneself are in no feed.
//
// What leaves is text that was made safe already (platform/text), with addresses
// that are whole, in documents that are always well-formed.
//
// # Tables
//
// syndication_keys (the digest of each key, its name, and when it was made and on
// which day last used).
//
// # Tells
//
// Nothing.
//
// # Hears
//
// people.person.closed, at which the person's keys end.
//
// # Shows
//
// The feeds of the square, a group, a hashtag, a person and a search, as Atom
// (RFC 4287) and JSON Feed 1.1; one's own keys on /settings/feeds; what a link is
// about for other programs (oEmbed).
package syndication
