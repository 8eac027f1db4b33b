package twoworlds

import (
	"net/http"
	"slices"
	"strings"
)

// asks is how a route is asked: what may stand in its address and, for an act, what
// is sent. Every route has one; a new route without one fails TestEveryRouteIsAsked,
// so that whoever adds a page adds it here.
//
// In addresses and forms, {item}, {group}, {file}, {person}, {unit} and {audience}
// stand for each of them in turn, and {word} for each token as its writer typed it.
type asks struct {
	get   []string // addresses; a route's own pattern has {id} for what over says
	over  string   // what {id} runs over: "item", "group" …
	forms []string // bodies of a POST, url-encoded, with the same marks

	numbers bool // its answer holds numbers about the machine that differ in time: only looked through for tokens
	static  bool // the same for everybody
	stream  bool // it has no end: read as far as its greeting; stream_test.go reads on
}

var routes = map[string]asks{
	"GET /{$}":       {get: []string{"/", "/?at={item}", "/?at={item}~{item}"}},
	"GET /latest":    {get: []string{"/latest", "/latest?at={item}"}},
	"GET /following": {get: []string{"/following", "/following?at={item}"}},
	"GET /saved":     {get: []string{"/saved", "/saved?before=zzzzzz"}},
	"GET /more":      {get: []string{"/more"}},
	"GET /help":      {get: []string{"/help"}},
	"GET /privacy":   {get: []string{"/privacy"}},

	"GET /oversight/audit": {get: []string{"/oversight/audit", "/oversight/audit?before=2", "/oversight/audit?before=x"}},
	"GET /oversight/me":    {get: []string{"/oversight/me", "/oversight/me?before=2"}},

	"GET /help/order": {get: []string{"/help/order"}},
	"GET /tags/{tag}": {get: []string{"/tags/{word}", "/tags/nergens"}},

	"GET /posts/new":            {get: []string{"/posts/new", "/posts/new?audience={audience}", "/posts/new?kind=question", "/posts/new?about={person}"}},
	"GET /posts/{id}":           {over: "item", get: []string{"/posts/{id}", "/posts/{id}?after={item}&to={item}"}},
	"GET /posts/{id}/edit":      {over: "item"},
	"GET /posts/{id}/history":   {over: "item"},
	"GET /posts/{id}/share":     {over: "item"},
	"GET /posts/{id}/reactions": {over: "item"},
	"GET /posts/{id}/why":       {over: "item"},
	"POST /posts": {forms: []string{"body=Hoi&audience={audience}&key=k1", "body=Hoi&audience={audience}&share={item}&key=k2",
		"body=&audience={audience}&file={file}", "body=Knap&kind=praise&about={person}&audience={audience}&title=x&file={file}"}},
	"POST /posts/{id}/replies":  {over: "item", forms: []string{"body=Hoi", "body="}},
	"POST /posts/{id}/edit":     {over: "item", forms: []string{"body=Anders&title=Anders"}},
	"POST /posts/{id}/react":    {over: "item", forms: []string{"on=agree", "off=agree", "on=niets"}},
	"POST /posts/{id}/bookmark": {over: "item", forms: []string{"bookmark=true", "bookmark=false"}},
	"POST /posts/{id}/delete":   {over: "item", forms: []string{""}},
	"POST /posts/{id}/restore":  {over: "item", forms: []string{""}},
	"POST /posts/{id}/pin":      {over: "item", forms: []string{"on=true", "on=false"}},
	"POST /posts/{id}/accept":   {over: "item", forms: []string{"on=true", "on=false"}},
	"POST /posts/{id}/read":     {over: "item", forms: []string{""}},

	"GET /files/{id}":         {over: "file"},
	"GET /files/{id}/thumb":   {over: "file"},
	"POST /files/{id}/remove": {over: "file", forms: []string{""}},

	"GET /live":                  {get: []string{"/live?thread={item}&place={group}&after={item}", "/live?place={unit}&place={audience}"}, stream: true},
	"GET /live/threads/{id}":     {over: "item", get: []string{"/live/threads/{id}", "/live/threads/{id}?seen=1&after={item}"}},
	"POST /posts/{id}/follow":    {over: "item", forms: []string{"level=follow", "level=mute", "level=normal", "level=niets"}},
	"GET /notices":               {get: []string{"/notices", "/notices?show=mine", "/notices?show=must", "/notices?before={item}.{item}"}},
	"POST /notices/read":         {forms: []string{"to={item}", ""}},
	"GET /notices/{about}/{id}":  {over: "item", get: []string{"/notices/thread/{id}", "/notices/niets/{id}", "/notices/invitation/{group}", "/notices/requests/{group}"}},
	"POST /notices/{about}/{id}": {over: "item", get: []string{"/notices/thread/{id}", "/notices/talk/{group}"}, forms: []string{"read=true", "read=false"}},

	"GET /groups":                  {get: []string{"/groups", "/groups?show=mine", "/groups?show=archived", "/groups?q=groep", "/groups?q={word}", "/groups?after={group}"}},
	"GET /groups/new":              {get: []string{"/groups/new"}},
	"GET /groups/{id}":             {over: "group", get: []string{"/groups/{id}", "/groups/{id}?at={item}"}},
	"GET /groups/{id}/members":     {over: "group", get: []string{"/groups/{id}/members", "/groups/{id}/members?who=a", "/groups/{id}/members?after=2.0.{person}"}},
	"GET /groups/{id}/files":       {over: "group", get: []string{"/groups/{id}/files", "/groups/{id}/files?before={file}"}},
	"GET /groups/{id}/settings":    {over: "group", get: []string{"/groups/{id}/settings", "/groups/{id}/settings?who=a"}},
	"POST /groups":                 {forms: []string{"name=&kind=open", "name=Nieuw&kind=nergens"}},
	"POST /groups/{id}/settings":   {over: "group", forms: []string{"name=Anders&kind=secret&purpose=x", "name="}},
	"POST /groups/{id}/archive":    {over: "group", forms: []string{""}},
	"POST /groups/{id}/reopen":     {over: "group", forms: []string{""}},
	"POST /groups/{id}/join":       {over: "group", forms: []string{""}},
	"POST /groups/{id}/leave":      {over: "group", forms: []string{""}},
	"POST /groups/{id}/ask":        {over: "group", forms: []string{"note=Mag+ik"}},
	"POST /groups/{id}/withdraw":   {over: "group", forms: []string{""}},
	"POST /groups/{id}/invitation": {over: "group", forms: []string{"answer=yes", "answer=no"}},
	"POST /groups/{id}/accept":     {over: "group", forms: []string{"person={person}"}},
	"POST /groups/{id}/refuse":     {over: "group", forms: []string{"person={person}"}},
	"POST /groups/{id}/invite":     {over: "group", forms: []string{"person={person}"}},
	"POST /groups/{id}/uninvite":   {over: "group", forms: []string{"person={person}"}},
	"POST /groups/{id}/remove":     {over: "group", forms: []string{"person={person}"}},
	"POST /groups/{id}/role":       {over: "group", forms: []string{"person={person}&role=owner"}},
	"POST /groups/{id}/follow":     {over: "group", forms: []string{"on=true", "on=false"}},

	"GET /search": {get: []string{"/search", "/search?q={word}", "/search?q={word}&sort=best", "/search?q=dit+{word}&group={audience}", "/search?q=dit", "/search?q=dit&sort=best",
		"/search?q=dit&group={audience}&person={person}", "/search?q=dit&kind=replies&period=week", "/search?q=groep&kind=groups", "/search?q=vak&kind=people",
		"/search?q=txt&kind=files", "/search?q=dit&after={item}", "/search?q=dit&sort=best&after={item}.{item}"}},
	"GET /search/synonyms":            {get: []string{"/search/synonyms"}},
	"POST /search/synonyms":           {forms: []string{"words=alleen", "words="}},
	"POST /search/synonyms/{id}/drop": {over: "item", forms: []string{""}},

	"GET /trending":                      {get: []string{"/trending"}},
	"POST /trending/people/{id}/pass":    {over: "person", forms: []string{""}},
	"POST /trending/people/{id}/propose": {over: "person", forms: []string{""}},

	"GET /feeds/{key}/square/{form}":      {get: []string{"/feeds/{key}/square/atom.xml", "/feeds/{key}/square/feed.json", "/feeds/{key}/square/x"}},
	"GET /feeds/{key}/groups/{id}/{form}": {over: "group", get: []string{"/feeds/{key}/groups/{id}/atom.xml", "/feeds/{key}/groups/{id}/feed.json"}},
	"GET /feeds/{key}/tags/{tag}/{form}":  {get: []string{"/feeds/{key}/tags/{word}/atom.xml", "/feeds/{key}/tags/nergens/feed.json"}},
	"GET /feeds/{key}/people/{id}/{form}": {over: "person", get: []string{"/feeds/{key}/people/{id}/atom.xml", "/feeds/{key}/people/{id}/feed.json"}},
	"GET /feeds/{key}/search/{form}":      {get: []string{"/feeds/{key}/search/atom.xml?q={word}", "/feeds/{key}/search/feed.json"}},
	"GET /oembed": {get: []string{"/oembed", "/oembed?url=/posts/{item}", "/oembed?url=/posts/{item}&format=xml", "/oembed?url=/groups/{group}",
		"/oembed?url=/people/{person}"}},
	"GET /settings/feeds":           {get: []string{"/settings/feeds", "/settings/feeds?of=/groups/{group}"}},
	"POST /settings/feeds":          {forms: []string{"name=", "name=Lezer&of=/groups/{group}", "name=Telefoon&of=/tags/{word}"}},
	"POST /settings/feeds/{id}/end": {over: "item", forms: []string{""}},

	"GET /people": {get: []string{"/people", "/people?q=a", "/people?q={word}", "/people?unit={unit}", "/people?letter=a", "/people?place=Gebouw",
		"/people?after={person}"}},
	"GET /people/{id}":         {over: "person"},
	"GET /people/{id}/posts":   {over: "person", get: []string{"/people/{id}/posts", "/people/{id}/posts?at={item}"}},
	"GET /people/{id}/photo":   {over: "person"},
	"POST /people/{id}/follow": {over: "person", forms: []string{"on=false"}},
	"GET /units/{id}":          {over: "unit"},
	"GET /units/{id}/posts":    {over: "unit", get: []string{"/units/{id}/posts", "/units/{id}/posts?at={item}"}},

	"GET /knows":              {get: []string{"/knows", "/knows?q={word}", "/knows?q=kan", "/knows?q=groep"}},
	"POST /knows/thanks/{id}": {over: "item", forms: []string{"on=iets", "off=iets", "on={word}"}},
	"GET /suggest": {get: []string{"/suggest?q=a", "/suggest?q=coll&audience={audience}", "/suggest?q=&thread={item}", "/suggest?q=groep&kind=group",
		"/suggest?q={word}&kind=tag", "/suggest?q=&kind=tag&audience={audience}", "/suggest?q={word}", "/suggest?kind=niets"}},
	"POST /suggest/notes": {forms: []string{"body=Hoi+@Groep+1&audience={audience}", "body=@collega1+@Groep&thread={item}", "body={word}+@Anna"}},

	"GET /settings":                   {get: []string{"/settings"}},
	"GET /settings/profile":           {get: []string{"/settings/profile"}},
	"GET /settings/display":           {get: []string{"/settings/display"}},
	"GET /settings/password":          {get: []string{"/settings/password"}},
	"GET /settings/sessions":          {get: []string{"/settings/sessions"}},
	"POST /settings/profile":          {forms: []string{"bio=" + strings.Repeat("x", 3000)}},
	"POST /settings/display":          {forms: []string{"lang=xx"}},
	"POST /settings/photo":            {forms: []string{""}},
	"POST /settings/photo/remove":     {forms: []string{""}},
	"POST /settings/password":         {forms: []string{"password=kort"}},
	"POST /settings/sessions/end":     {forms: []string{"session={item}", "id={item}"}},
	"POST /settings/sessions/end-all": {forms: []string{""}},

	"GET /sign-in":               {get: []string{"/sign-in", "/sign-in?next=/posts/{item}"}},
	"GET /sign-in/link/{token}":  {get: []string{"/sign-in/link/" + strings.Repeat("a", 43)}},
	"GET /sign-in/password":      {get: []string{"/sign-in/password", "/sign-in/password?next=/posts/{item}"}},
	"GET /sign-in/recover":       {get: []string{"/sign-in/recover"}},
	"GET /sign-in/continue":      {get: []string{"/sign-in/continue"}},
	"POST /sign-in":              {forms: []string{"email=niemand@linge.example"}},
	"POST /sign-in/link":         {forms: []string{"email="}},
	"POST /sign-in/link/{token}": {get: []string{"/sign-in/link/" + strings.Repeat("a", 43)}, forms: []string{""}},
	"POST /sign-in/password":     {forms: []string{"email=&password="}},
	"POST /sign-in/recover":      {forms: []string{"email="}},
	"GET /setup":                 {get: []string{"/setup"}},
	"POST /setup":                {forms: []string{"name=x"}},
	"POST /sign-out":             {forms: nil}, // it would end the viewer; the browser tests sign out
	"POST /language":             {forms: []string{"lang=nl&next=/posts/{item}"}},

	"GET /admin":                           {get: []string{"/admin"}},
	"GET /admin/people":                    {get: []string{"/admin/people", "/admin/people?q={word}", "/admin/people?unit={unit}", "/admin/people?after={person}"}},
	"GET /admin/people/new":                {get: []string{"/admin/people/new"}},
	"GET /admin/people/guest":              {get: []string{"/admin/people/guest"}},
	"GET /admin/people/{id}":               {over: "person"},
	"GET /admin/people/{id}/close":         {over: "person"},
	"POST /admin/people":                   {forms: []string{"name="}},
	"POST /admin/people/guest":             {forms: []string{"name="}},
	"POST /admin/people/{id}/name":         {over: "group", forms: []string{"name=Iemand"}},
	"POST /admin/people/{id}/email":        {over: "group", forms: []string{"email=iemand@linge.example"}},
	"POST /admin/people/{id}/place":        {over: "group", forms: []string{"unit={item}", "manager={group}"}},
	"POST /admin/people/{id}/roles":        {over: "group", forms: []string{"role=member"}},
	"POST /admin/people/{id}/until":        {over: "group", forms: []string{"until=2026-12-31"}},
	"POST /admin/people/{id}/link":         {over: "group", forms: []string{""}},
	"POST /admin/people/{id}/sessions":     {over: "group", forms: []string{""}},
	"POST /admin/people/{id}/close":        {over: "group", forms: []string{""}},
	"POST /admin/people/{id}/reopen":       {over: "group", forms: []string{""}},
	"GET /admin/units":                     {get: []string{"/admin/units"}},
	"GET /admin/units/{id}":                {over: "unit"},
	"POST /admin/units":                    {forms: []string{"name="}},
	"POST /admin/units/{id}/name":          {over: "group", forms: []string{"name=Anders"}},
	"POST /admin/units/{id}/parent":        {over: "group", forms: []string{"parent={group}"}},
	"POST /admin/units/{id}/back/{parent}": {get: []string{"/admin/units/{group}/back/{unit}"}, forms: []string{""}},
	"POST /admin/units/{id}/head":          {over: "group", forms: []string{"who=Anna"}},
	"GET /admin/groups":                    {get: []string{"/admin/groups", "/admin/groups?q={word}", "/admin/groups?show=archived", "/admin/groups?after={group}"}},
	"GET /admin/groups/{id}":               {over: "group", get: []string{"/admin/groups/{id}", "/admin/groups/{id}?who=a"}},
	"POST /admin/groups/{id}/name":         {over: "group", forms: []string{"name=Anders"}},
	"POST /admin/groups/{id}/owner":        {over: "group", forms: []string{"who=Anna", "person={person}"}},
	"POST /admin/groups/{id}/archive":      {over: "group", forms: []string{""}},
	"POST /admin/groups/{id}/reopen":       {over: "group", forms: []string{""}},
	"GET /admin/settings":                  {get: []string{"/admin/settings"}},
	"POST /admin/settings":                 {forms: []string{"name=&brand=geen"}},
	"GET /admin/health":                    {get: []string{"/admin/health"}, numbers: true},
	"POST /admin/health/jobs/{id}/retry":   {get: []string{"/admin/health/jobs/1/retry", "/admin/health/jobs/999999/retry"}, forms: []string{""}},
	"GET /brand.css":                       {get: []string{"/brand.css", "/brand.css?v=x"}, static: true},

	"GET /healthz": {get: []string{"/healthz"}, static: true},
	"GET /readyz":  {get: []string{"/readyz"}, static: true},
	"GET /metrics": {get: []string{"/metrics"}, numbers: true},
	"GET /assets/": {get: []string{"/assets/nergens"}, static: true},
}

// addresses gives the addresses of a route with its marks in them.
func (a asks) addresses(pattern string) []string {
	list := a.get
	if list == nil {
		list = []string{pattern}
	}
	out := make([]string, len(list))
	for n, s := range list {
		out[n] = strings.ReplaceAll(s, "{id}", "{"+a.over+"}")
	}
	return out
}

// request is one thing to ask, in what the script calls things.
type request struct {
	method, path, form string
	json               bool
	numbers            bool
	stream             bool
}

func (q request) String() string {
	s := q.method + " " + q.path
	if q.form != "" {
		s += " with " + q.form
	}
	if q.json {
		s += " as JSON"
	}
	return s
}

// marks are what a request may leave open.
var marks = []string{"item", "group", "file", "person", "unit", "audience", "word"}

// few is how many things of a kind stand in a query; in a path all of them do.
const few = 3

// fill puts things in the place of marks: a mark in a path runs over all of its
// kind, one in a query or a form over a few, others each time.
func fill(m *model, q request, turn int) []request {
	all := m.things()
	out := []request{q}
	for _, mark := range marks {
		var next []request
		hole := "{" + mark + "}"
		for _, q := range out {
			if !strings.Contains(q.path+q.form, hole) {
				next = append(next, q)
				continue
			}
			things := all[mark]
			pick := things
			if path, _, _ := strings.Cut(q.path, "?"); !strings.Contains(path, hole) {
				pick = nil
				for n := range min(few, len(things)) {
					pick = append(pick, things[(turn*few+n*7+len(next))%len(things)])
				}
			}
			for n, ref := range pick {
				x := q
				// The second of the same mark is another thing.
				x.path = strings.Replace(x.path, hole, "<"+ref+">", 1)
				x.path = strings.ReplaceAll(x.path, hole, "<"+things[(n+turn+1)%len(things)]+">")
				x.form = strings.ReplaceAll(x.form, hole, "<"+ref+">")
				next = append(next, x)
			}
		}
		out = next
	}
	return out
}

// things lists what there is of each kind, by what the script calls it.
func (m *model) things() map[string][]string {
	out := map[string][]string{}
	for _, i := range m.items {
		out["item"] = append(out["item"], i.ref())
		if len(i.tokens) > 1 {
			out["word"] = append(out["word"], i.tokens[len(i.tokens)-1].word(false))
		}
	}
	for _, g := range m.groups {
		out["group"] = append(out["group"], g.ref)
	}
	for _, f := range m.files {
		out["file"] = append(out["file"], f.ref())
	}
	for _, p := range m.people {
		out["person"] = append(out["person"], p.ref())
	}
	for _, u := range m.units {
		out["unit"] = append(out["unit"], u.ref())
	}
	for _, pl := range m.places {
		out["audience"] = append(out["audience"], pl.ref)
	}
	return out
}

// reading lists every page there is to ask for.
func reading(m *model) []request {
	var out []request
	turn := 0
	for _, key := range sortedRoutes() {
		a := routes[key]
		method, pattern, _ := strings.Cut(key, " ")
		if method != http.MethodGet {
			continue
		}
		for _, path := range a.addresses(pattern) {
			turn++
			out = append(out, fill(m, request{method: method, path: path, numbers: a.numbers, stream: a.stream}, turn)...)
		}
	}
	return out
}

// writing lists every act there is to ask for.
func writing(m *model) []request {
	var out []request
	turn := 0
	for _, key := range sortedRoutes() {
		a := routes[key]
		method, pattern, _ := strings.Cut(key, " ")
		if method != http.MethodPost {
			continue
		}
		for _, path := range a.addresses(pattern) {
			for _, form := range a.forms {
				turn++
				out = append(out, fill(m, request{method: method, path: path, form: form}, turn)...)
			}
		}
	}
	return out
}

func sortedRoutes() []string {
	keys := make([]string, 0, len(routes))
	for k := range routes {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// refs lists the things that a request names.
func (q request) refs() (out []string) {
	rest := q.path + " " + q.form
	for {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			return out
		}
		ref, tail, _ := strings.Cut(after, ">")
		out, rest = append(out, ref), tail
	}
}

// in puts the ids of a world in a request.
func (q request) in(w *world) request {
	for _, ref := range q.refs() {
		id := ref
		if strings.Contains(ref, ":") || ref == "org" {
			id = w.id(ref).String()
		}
		q.path = strings.ReplaceAll(q.path, "<"+ref+">", id)
		q.form = strings.ReplaceAll(q.form, "<"+ref+">", id)
	}
	return q
}
