package imports

import (
	"strings"

	"plein/internal/plein"
)

// reactionWords says which of the five an emoji of another network means. What
// is not here is Agree: somebody gave a sign, and that is the plainest one.
var reactionWords = map[plein.Reaction]string{
	plein.Agree: `thumbsup +1 white_check_mark heavy_check_mark check ballot_box_with_check ok ok_hand 100 tick
		point_up raised_hands_agree yes this plus plus1 upvote eyes`,
	plein.Thanks: `pray thankyou thank_you thanks bow bouquet man-bowing woman-bowing`,
	plein.Nice: `heart hearts blue_heart green_heart yellow_heart purple_heart orange_heart tada clap smile smiley
		grinning grin slightly_smiling_face blush star star2 sparkles fire raised_hands muscle heart_eyes
		confetti_ball party partying_face trophy medal joy laughing rolling_on_the_floor_laughing sunglasses
		hugging_face partyparrot champagne cake`,
	plein.Same: `same me_too metoo sweat_smile cry sob disappointed pensive confused hugs face_palm facepalm
		man-facepalming woman-facepalming woman-shrugging man-shrugging shrug weary`,
	plein.Help: `raising_hand raised_hand hand wave raising_hand_woman raising_hand_man man-raising-hand
		woman-raising-hand handshake sos rescue_worker_helmet`,
}

var reactionTable = func() map[string]plein.Reaction {
	table := map[string]plein.Reaction{}
	for reaction, names := range reactionWords {
		for _, name := range strings.Fields(names) {
			table[name] = reaction
		}
	}
	return table
}()

// reactionOf gives the one of the five that an emoji's name means. A skin tone
// behind the name ("+1::skin-tone-3", "+1_light_skin_tone") changes nothing.
func reactionOf(emoji string) plein.Reaction {
	emoji = strings.ToLower(strings.Trim(emoji, ":"))
	emoji, _, _ = strings.Cut(emoji, "::")
	for _, tone := range []string{"_light_skin_tone", "_medium_light_skin_tone", "_medium_skin_tone", "_medium_dark_skin_tone", "_dark_skin_tone"} {
		emoji = strings.TrimSuffix(emoji, tone)
	}
	if r, ok := reactionTable[emoji]; ok {
		return r
	}
	return plein.Agree
}
