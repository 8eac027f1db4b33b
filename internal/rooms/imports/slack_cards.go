package imports

import (
	"encoding/json"
	"strings"

	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/markup"
)

// slackWords gives the words of one message.
type slackWords struct{ *markup.Slack }

func newSlackWords(s sink) slackWords { return slackWords{markup.NewSlack(slackNames{s})} }

// slackNames tells whom Slack means with an id.
type slackNames struct{ sink }

func (n slackNames) Person(id string) (string, plein.ID, bool) { return n.mention("slack:" + id) }
func (n slackNames) Group(id string) (string, plein.ID, bool)  { return n.mentionGroup("slack:" + id) }

// message gives the whole text of a message: its words, then its cards.
func (t slackWords) message(m *slackMessage) string {
	body := t.Text(m.Text.s())
	for _, a := range m.Attachments {
		body = markup.Paragraph(body, t.card(a))
	}
	if body == "" && len(m.Blocks) > 0 {
		var v any
		if json.Unmarshal(m.Blocks, &v) == nil {
			var b strings.Builder
			blockText(&b, v)
			body = t.Text(strings.TrimSpace(b.String()))
		}
	}
	return body
}

// card gives an attachment: what a link led to, or what a program had to say.
func (t slackWords) card(a slackAttachment) string {
	var quoted string
	title := markup.SlackPlain(a.Title.s())
	if link := firstOf(a.TitleLink, a.FromURL); title != "" && link != "" {
		quoted = markup.Link(link, title)
	} else if title != "" {
		quoted = markup.Escape(title)
	}
	quoted = markup.Lines(quoted, t.Text(a.Text.s()))
	for _, f := range a.Fields {
		quoted = markup.Lines(quoted, strings.Trim(t.Text(f.Title.s())+": "+t.Text(f.Value.s()), ": "))
	}
	if a.ImageURL != "" {
		quoted = markup.Lines(quoted, markup.Link(a.ImageURL.s(), ""))
	}
	out := t.Text(a.Pretext.s())
	if quoted == "" && out == "" {
		quoted = t.Text(a.Fallback.s())
	}
	if quoted != "" {
		out = markup.Paragraph(out, "> "+strings.ReplaceAll(quoted, "\n", "\n> "))
	}
	return out
}

// blockText collects the words of Slack's newer layout blocks, for messages that
// have no text beside them.
func blockText(b *strings.Builder, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			blockText(b, x)
		}
	case map[string]any:
		switch kind, _ := v["type"].(string); kind {
		case "text", "mrkdwn", "plain_text":
			if s, ok := v["text"].(string); ok {
				b.WriteString(s)
			}
		case "link":
			if s, ok := v["url"].(string); ok {
				b.WriteString("<" + s + ">")
			}
		case "user":
			if s, ok := v["user_id"].(string); ok {
				b.WriteString("<@" + s + ">")
			}
		default:
			blockText(b, v["text"])
			blockText(b, v["elements"])
			blockText(b, v["fields"])
			b.WriteString("\n")
		}
	}
}
