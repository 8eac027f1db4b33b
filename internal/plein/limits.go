package plein

// The limits of everything a person can send, in one table (TRUST section 2,
// "huge inputs"). Lengths are in characters unless the name says otherwise; a
// form says its limit and keeps what was typed when it is passed.
const (
	MaxName        = 120
	MaxJobTitle    = 120
	MaxEmail       = 254
	MaxPassword    = 1024 // bytes
	MinPassword    = 12
	MaxTitle       = 160
	MaxBody        = 20_000
	MaxReply       = 8_000
	MaxBio         = 2_000
	MaxTag         = 50
	MaxTags        = 20 // per item, and per list of skills or languages
	MaxMentions    = 50 // per item
	MaxCalled      = 50 // people in a group that anybody may name; more needs MentionLarge
	MaxGroupName   = 80
	MaxPurpose     = 500
	MaxFilename    = 200
	MaxAltText     = 500
	MaxAttachments = 10
	MaxFileBytes   = 50 << 20
	MaxImagePixels = 40_000_000
	MaxQuery       = 200
	MaxFormBytes   = 256 << 10
	MaxThreadDepth = 2 // replies to a reply stay on the second level
	PageSize       = 20
)
