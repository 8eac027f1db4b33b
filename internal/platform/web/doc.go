// Package web exists so that every page of the house passes the same doors, in
// the same order, and no handler can forget one.
//
// A route is a pattern, a policy that says who may come, and a handler that
// returns an error. The server around it does the rest, from outside to inside:
//
//	recover            a panic becomes the page "broken" with a code that is in the log
//	request id         short, in the log and on that page only
//	measure            Prometheus and one log line: no addresses typed, no names, no tokens
//	security headers   strict Content-Security-Policy, no sniffing, no framing, no caching
//	cross-origin       a write must come from our own pages
//	body limit         plein.MaxFormBytes, or what an upload route declares
//	rate limits        by network address, then by person
//	actor              who is this: Options.Actor, once per request
//	policy             may they be here; if not, the page does not exist
//	handler
//
// It alone turns a plein.Error into a status and a page, problem+json (RFC 9457)
// or plain text. What does not exist and what may not be seen give the same
// bytes (TRUST P1). Nothing here knows what a post or a group is.
package web
