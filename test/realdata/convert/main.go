// Command convert exists so that the real data can be looked at in a running
// Plein: it writes one of the sources as a file for plein import mattermost.
//
//	go run ./test/realdata/convert slack-chats > chats.jsonl
package main

import (
	"fmt"
	"io"
	"os"

	"plein/test/realdata"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out, errs io.Writer) error {
	known := map[string]func(string, io.Writer) (realdata.Counts, error){
		"slack-chats": realdata.SlackChats, "stackexchange-coffee": realdata.StackExchange,
	}
	if len(args) != 1 || known[args[0]] == nil {
		return fmt.Errorf("say which source: slack-chats or stackexchange-coffee")
	}
	dir, err := realdata.Dir(".", args[0])
	if err != nil {
		return err
	}
	n, err := known[args[0]](dir, out)
	fmt.Fprintf(errs, "%d people, %d posts (%d questions), %d replies\n", n.Users, n.Posts, n.Questions, n.Replies)
	return err
}
