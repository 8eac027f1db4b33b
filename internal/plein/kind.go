package plein

// Kind says what sort of item something is. Rooms know what only their kind
// knows; the square knows kinds by name.
type Kind string

const (
	KindPost     Kind = "post"
	KindReply    Kind = "reply"
	KindQuestion Kind = "question"
	KindPraise   Kind = "praise"
	KindAlert    Kind = "alert"   // an automatic message, by a bot
	KindMessage  Kind = "message" // in a direct audience
)

// Known says that the kind exists.
func (k Kind) Known() bool {
	switch k {
	case KindPost, KindReply, KindQuestion, KindPraise, KindAlert, KindMessage:
		return true
	}
	return false
}

// Reaction is one of the five words a reader can give back. There is no dislike
// (design guide, section 6).
type Reaction string

const (
	Agree  Reaction = "agree"  // Eens
	Thanks Reaction = "thanks" // Bedankt
	Nice   Reaction = "nice"   // Mooi
	Same   Reaction = "same"   // Herkenbaar
	Help   Reaction = "help"   // Ik help
)

// Reactions lists the five in the order in which they are shown.
func Reactions() []Reaction { return []Reaction{Agree, Thanks, Nice, Same, Help} }

// Known says that the reaction exists.
func (r Reaction) Known() bool {
	switch r {
	case Agree, Thanks, Nice, Same, Help:
		return true
	}
	return false
}
