package items

import (
	"net/http"

	"plein/internal/platform/web"
	"plein/internal/plein"
)

// accept chooses an answer, or takes the choice back.
func (m *Module) accept(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	on := form.On("on")
	root, err := m.Accept(r.Context(), plein.ActorFrom(r.Context()), id, on)
	if err != nil {
		return err
	}
	if on {
		web.SetFlash(w, "items.answer.on")
		return web.Redirect(w, r, path(root.ID)+"#gekozen")
	}
	web.SetFlash(w, "items.answer.off")
	return web.Redirect(w, r, path(root.ID)+"#p-"+id.String())
}
