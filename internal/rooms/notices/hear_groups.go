package notices

import (
	"context"

	"plein/internal/plein"
)

// inGroup makes the note of an event about a group.
func inGroup(e plein.Event, about, what string, actor plein.ID) note {
	n := note{key: key{about, e.Object.ID}, what: what, actor: actor, seq: e.Seq, at: e.At, mine: true,
		audience: e.Object.ID, rootMade: always}
	if about == aboutInvitation {
		n.audience = 0 // who is asked in does not read it yet; groups is asked when the line is shown
	}
	return n
}

// heardGroup tells of people who knock and people who are asked in.
func (h *hearer) heardGroup(ctx context.Context, e plein.Event) error {
	switch e.Name {
	case "groups.request.made":
		runners, err := h.s.Groups.Runners(ctx, h.tx, e.Object.ID)
		if err != nil {
			return err
		}
		return h.tell(ctx, inGroup(e, aboutRequests, whatRequest, e.Target.ID), runners, nil)
	case "groups.request.accepted":
		if err := h.tell(ctx, inGroup(e, aboutAdmission, whatAdmit, e.Actor), []plein.ID{e.Target.ID}, nil); err != nil {
			return err
		}
		return h.answered(ctx, e, e.Target.ID)
	case "groups.request.refused", "groups.request.withdrawn":
		return h.answered(ctx, e, e.Target.ID)
	case "groups.invitation.made":
		return h.tell(ctx, inGroup(e, aboutInvitation, whatInvite, e.Actor), []plein.ID{e.Target.ID}, nil)
	case "groups.invitation.accepted", "groups.invitation.declined":
		h.told[e.Actor] = true // the line is gone by itself: there is no invitation any more
	case "groups.invitation.withdrawn", "groups.member.left", "groups.member.removed", "groups.member.role_changed":
		h.told[e.Target.ID] = true
	}
	return nil
}

// joined ends what was asked: whoever is in does not knock any more.
func (h *hearer) joined(ctx context.Context, e plein.Event) error {
	if e.Extra["how"] == "import" {
		return nil
	}
	h.told[e.Target.ID] = true
	if e.Extra["how"] == "start" {
		return nil
	}
	return h.answered(ctx, e, e.Target.ID)
}

// answered takes a request away from those who would have answered it.
func (h *hearer) answered(ctx context.Context, e plein.Event, asker plein.ID) error {
	runners, err := h.s.Groups.Runners(ctx, h.tx, e.Object.ID)
	if err != nil || len(runners) == 0 {
		return err
	}
	return h.gone(ctx, inGroup(e, aboutRequests, whatRequest, asker), true, runners...)
}
