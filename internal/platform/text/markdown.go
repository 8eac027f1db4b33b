package text

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The Markdown library does work that grows with the square of some inputs, and
// HTML that grows faster than the text. These bounds keep a text of any shape
// cheap; what passes a bound is shown as it was typed (TRUST S72, S73).
const (
	maxBlockDepth  = 24       // open blocks: a list inside a list counts four
	maxInlineDepth = 8        // emphasis inside emphasis
	maxTangle      = 32 << 20 // markers times bytes, over all blocks of a text
	maxTableCells  = 10_000   // over all tables of a text
	maxLinkBytes   = 64 << 10 // of all link addresses of a text, beyond its own length
)

// newMarkdown puts together the dialect of the house. There is no parser for
// HTML in it: a tag that is typed is shown as the letters that were typed.
func newMarkdown() goldmark.Markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(shallow{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(extension.NewTaskCheckBoxParser(), 0),
			util.Prioritized(mentionParser{}, 50),
			util.Prioritized(untangled{parser.NewCodeSpanParser()}, 100),
			util.Prioritized(untangledLinks{untangled{parser.NewLinkParser()}}, 200),
			util.Prioritized(untangled{parser.NewAutoLinkParser()}, 300),
			util.Prioritized(tagParser{}, 400),
			util.Prioritized(untangled{parser.NewEmphasisParser()}, 500),
			util.Prioritized(untangled{extension.NewStrikethroughParser()}, 510),
			util.Prioritized(bareLinkParser{}, 999),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(fewReferences{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(smallTables{extension.NewTableParagraphTransformer()}, 200),
		),
		parser.WithASTTransformers(
			util.Prioritized(extension.NewTableASTTransformer(), 0),
		),
	)
	r := renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(nodes{}, 100),
		util.Prioritized(extension.NewTableHTMLRenderer(), 500),
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		util.Prioritized(html.NewRenderer(html.WithHardWraps()), 1000),
	))
	return goldmark.New(goldmark.WithParser(p), goldmark.WithRenderer(r))
}

// shallow wraps a parser of blocks that hold blocks: it opens none that is too
// deep.
type shallow struct{ parser.BlockParser }

func (s shallow) Open(parent ast.Node, reader gtext.Reader, pc parser.Context) (ast.Node, parser.State) {
	if len(pc.OpenedBlocks()) >= maxBlockDepth {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// spent is what a text has used of its bounds so far; it lives in the parser's
// context of that one text.
type spent struct {
	block  ast.Node // the block that was weighed last
	plain  bool     // that block is shown without inline markup
	tangle int
	cells  int
}

var spentKey = parser.NewContextKey()

func spentOf(pc parser.Context) *spent {
	return pc.ComputeIfAbsent(spentKey, func() any { return &spent{} }).(*spent)
}

// weigh adds a block to what was spent and says whether it may be read for
// markup. Each marker can make the library look through the whole block.
func (s *spent) weigh(lines *gtext.Segments, source []byte, isMarker func(byte) bool) bool {
	markers, size := 0, 0
	for i := range lines.Len() {
		segment := lines.At(i)
		size += segment.Len()
		for _, c := range source[segment.Start:segment.Stop] {
			if isMarker(c) {
				markers++
			}
		}
	}
	if markers*size > maxTangle-s.tangle {
		return false
	}
	s.tangle += markers * size
	return true
}

func isInlineMarker(c byte) bool {
	switch c {
	case '[', ']', '*', '_', '~', '`', '<':
		return true
	}
	return false
}

func isBracket(c byte) bool { return c == '[' }

// untangled wraps an inline parser: it leaves a block alone that has more
// markers than anybody writes.
type untangled struct{ parser.InlineParser }

func (u untangled) Parse(parent ast.Node, block gtext.Reader, pc parser.Context) ast.Node {
	s := spentOf(pc)
	if s.block != parent {
		s.block = parent
		s.plain = !s.weigh(parent.Lines(), block.Source(), isInlineMarker)
	}
	if s.plain {
		return nil
	}
	return u.InlineParser.Parse(parent, block, pc)
}

// untangledLinks passes on the end of a block, which the link parser needs.
type untangledLinks struct{ untangled }

func (u untangledLinks) CloseBlock(parent ast.Node, block gtext.Reader, pc parser.Context) {
	u.InlineParser.(parser.CloseBlocker).CloseBlock(parent, block, pc)
}

// fewReferences wraps the reader of link definitions ("[1]: https://...").
type fewReferences struct{ parser.ParagraphTransformer }

func (f fewReferences) Transform(node *ast.Paragraph, reader gtext.Reader, pc parser.Context) {
	if node.Lines().Len() == 0 {
		return
	}
	if first := node.Lines().At(0); !bytes.HasPrefix(bytes.TrimLeft(first.Value(reader.Source()), " \t"), []byte{'['}) {
		return
	}
	if spentOf(pc).weigh(node.Lines(), reader.Source(), isBracket) {
		f.ParagraphTransformer.Transform(node, reader, pc)
	}
}

// smallTables wraps the reader of tables. A row may be two characters long and
// is filled up to the width of its header, so rows times columns is bounded.
type smallTables struct{ parser.ParagraphTransformer }

func (t smallTables) Transform(node *ast.Paragraph, reader gtext.Reader, pc parser.Context) {
	lines, columns := node.Lines(), 1
	for i := range lines.Len() {
		segment := lines.At(i)
		columns = max(columns, 1+bytes.Count(segment.Value(reader.Source()), []byte{'|'}))
	}
	s := spentOf(pc)
	if lines.Len()*columns > maxTableCells-s.cells {
		return
	}
	before := node.Parent().ChildCount()
	t.ParagraphTransformer.Transform(node, reader, pc)
	if node.Parent() == nil || node.Parent().ChildCount() != before {
		s.cells += lines.Len() * columns
	}
}
