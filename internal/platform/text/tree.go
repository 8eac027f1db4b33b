package text

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// findings is what a text names, gathered in one walk over its tree. The same
// walk takes out of the tree what shall not be shown: addresses we do not follow,
// links inside links, and markup that is nested too deep.
type findings struct {
	source   []byte
	mentions []Mention
	tags     []string
	links    []string
	linked   int // bytes of link addresses so far
	seen     map[any]bool
}

// maxLinks is how many addresses of one text are kept; the rest are shown only.
const maxLinks = 100

// tidy walks over a tree and gathers.
func (f *findings) tidy(root ast.Node) { f.walk(root, 0, false) }

func (f *findings) walk(n ast.Node, depth int, inLink bool) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		switch c := c.(type) {
		case *mentionNode:
			if inLink {
				n.ReplaceChild(n, c, asText("@"+c.mention.Name))
			} else if f.first(Mention{Kind: c.mention.Kind, ID: c.mention.ID}) {
				f.mentions = append(f.mentions, c.mention)
			}
		case *tagNode:
			if inLink {
				n.ReplaceChild(n, c, asText("#"+c.typed))
			} else if f.first(c.tag) {
				f.tags = append(f.tags, c.tag)
			}
		case *ast.AutoLink:
			if inLink || !f.follow(autoAddress(c, f.source)) {
				n.ReplaceChild(n, c, asText(string(c.Label(f.source))))
			}
		case *ast.Link:
			f.walk(c, depth+1, true)
			if inLink || !f.follow(resolved(c.Destination)) {
				hoist(n, c)
			}
		case *ast.Image:
			// A picture from elsewhere would tell its server who reads, and
			// when (TRUST S69): it becomes a link. What is attached to an item is
			// shown by the item.
			f.walk(c, depth+1, true)
			if inLink || !f.follow(resolved(c.Destination)) {
				hoist(n, c)
			} else if !c.HasChildren() {
				c.AppendChild(c, asText(resolved(c.Destination)))
			}
		case *ast.Emphasis, *east.Strikethrough:
			f.walk(c, depth+1, inLink)
			if depth >= maxInlineDepth {
				hoist(n, c)
			}
		default:
			f.walk(c, depth, inLink)
		}
		c = next
	}
}

// first says that a thing was not met before.
func (f *findings) first(thing any) bool {
	if f.seen[thing] {
		return false
	}
	if f.seen == nil {
		f.seen = map[any]bool{}
	}
	f.seen[thing] = true
	return true
}

// follow says that an address may become a link, and keeps it when it leads to
// the web.
func (f *findings) follow(address string) bool {
	address, ok := safeAddress(address)
	if !ok {
		return false
	}
	// A definition of one long address can be referred to many times.
	if f.linked += len(address); f.linked > maxLinkBytes+len(f.source) {
		return false
	}
	if isWeb(address) && !slices.Contains(f.links, address) && len(f.links) < maxLinks {
		f.links = append(f.links, address)
	}
	return true
}

// hoist puts the children of a node in its place.
func hoist(parent, n ast.Node) {
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		n.RemoveChild(n, c)
		parent.InsertBefore(parent, n, c)
		c = next
	}
	parent.RemoveChild(parent, n)
}

// asText is a piece of text that is shown as it is: nothing in it is read again.
func asText(s string) ast.Node {
	n := ast.NewString([]byte(s))
	n.SetRaw(true)
	return n
}

// autoAddress gives the address of a link that was typed as an address.
func autoAddress(n *ast.AutoLink, source []byte) string {
	address := string(n.URL(source))
	if n.AutoLinkType == ast.AutoLinkEmail {
		if !strings.HasPrefix(strings.ToLower(address), "mailto:") {
			address = "mailto:" + address
		}
		return address
	}
	return withScheme(address)
}

// resolved undoes the escapes and entities that Markdown allows in an address,
// so that java&#115;cript: is judged as what a browser would see.
func resolved(destination []byte) string {
	return string(bytes.TrimSpace(util.URLEscape(destination, true)))
}

// safeAddress judges an address: http, https and mailto may stand, and local
// paths. It gives the form in which it is written in the page, not yet escaped
// for HTML (TRUST S62).
func safeAddress(address string) (string, bool) {
	if address == "" || len(address) > maxURLBytes || strings.ContainsFunc(address, func(r rune) bool {
		return r <= ' ' || r == '\\' || r == '"' || r == '<' || r == '>' || r == '`' || isRefused(r) || isInvisible(r)
	}) {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return address, u.Host != "" && u.User == nil // user@host misleads the reader
	case "mailto":
		// Only an address: headers such as bcc and body are not for the writer of a post.
		return address, strings.Contains(u.Opaque, "@") && u.RawQuery == ""
	case "":
		return address, strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && u.Host == ""
	}
	return "", false
}

// isWeb says that an address leads out by http or https.
func isWeb(address string) bool {
	head := strings.ToLower(address[:min(len(address), 8)])
	return strings.HasPrefix(head, "http://") || strings.HasPrefix(head, "https://")
}
