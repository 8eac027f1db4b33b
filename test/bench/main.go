// Command bench measures Plein beside a floor in the same run. It exists because
// a time says something about a machine and a ratio says something about the
// program: every figure here is printed with what it was compared with.
//
//	go run ./test/bench            everything
//	go run ./test/bench timeline   one part: timeline, writes, start, live, rail, search, typeahead
//
// With -cpuprofile FILE it writes where the time went; what is measured carries a
// label: go tool pprof -tagfocus=cold FILE.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"text/tabwriter"
)

// figure is one line of the result.
type figure struct {
	what   string
	got    string
	floor  string
	ratio  string
	target string
	met    bool
}

func main() {
	parts := map[string]func(context.Context, string) ([]figure, error){"timeline": timeline, "writes": writes, "start": start, "live": told, "rail": rail, "search": search, "typeahead": typeahead}
	order := []string{"timeline", "writes", "start", "live", "rail", "search", "typeahead"}
	profile := flag.String("cpuprofile", "", "write a CPU profile to this `file`")
	flag.Parse()
	asked := flag.Args()
	if len(asked) == 0 {
		asked = order
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			fail(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			fail(err)
		}
		defer pprof.StopCPUProfile()
	}
	dir, err := os.MkdirTemp("", "plein-bench-*")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(dir)
	var all []figure
	for _, name := range asked {
		if !slices.Contains(order, name) {
			fail(fmt.Errorf("%q is not a part; choose from %v", name, order))
		}
		fmt.Fprintln(os.Stderr, "measuring", name, "…")
		figures, err := parts[name](context.Background(), dir)
		if err != nil {
			_ = os.RemoveAll(dir)
			fail(err)
		}
		all = append(all, figures...)
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "what\treached\tfloor\tratio\ttarget\tmet")
	for _, f := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%v\n", f.what, f.got, f.floor, f.ratio, f.target, f.met)
	}
	_ = w.Flush()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}
