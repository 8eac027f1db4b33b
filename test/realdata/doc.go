// Package realdata turns conversations that real people had into the form that
// the importer reads, so that the product is tried on what people write and not
// on what its makers imagine.
//
// The data lies beside the repository and is never shipped: SlackChats reads a
// research corpus of a programmers' channel with its conversations marked by
// hand, StackExchange reads a dump of questions and answers. Both write
// Mattermost's bulk export, which the real importer takes from there. Nothing in
// either is shown to anybody but the people who test.
package realdata
