// Behind an @ or a # stands a list of whom and what one most likely means, and
// under the text what naming them does. Without this one types names; the server
// understands them just as well and says afterwards who could not read them.
//
// The field stays the field: the list is beside it (aria-controls) and the choice is
// read aloud by aria-activedescendant. A field of one line becomes a combobox; a
// textarea may not have that role and says what it can.

interface Offer { kind: string; insert: string; name: string; note?: string; warn?: string; photo?: string; initials?: string; tile?: string }
interface Said { text: string; warns: boolean }
type Field = HTMLTextAreaElement | HTMLInputElement;

const wait = 120; // milliseconds after the last key, for the list
const noteWait = 700; // and for the notes
const longest = 60; // characters behind the sign

let list: HTMLUListElement | null = null; // there is one, under the field in use
let offers: Offer[] = [];
let at = 0; // the offer that Enter takes
let field: Field | null = null;
let begin = 0; // where the sign stands in the field
let dead = ""; // what was typed when nothing was found: longer finds nothing either
let timer = 0;
let going: AbortController | null = null;

export function mention(): void {
  document.addEventListener("input", (e) => {
    const f = fieldOf(e.target);
    if (!f) return;
    noteLater(f);
    look(f);
  });
  document.addEventListener("change", (e) => {
    const form = e.target instanceof HTMLElement && /^(audience)$/.test(e.target.getAttribute("name") ?? "") ? e.target.closest("form") : null;
    const f = form?.querySelector<Field>("[name=body]");
    if (f) noteLater(f);
  });
  document.addEventListener("keydown", keydown, true);
  document.addEventListener("focusout", (e) => { if (e.target === field) close(); });
  document.addEventListener("click", (e) => { if (e.target === field) look(field as Field); });
}

function fieldOf(target: EventTarget | null): Field | null {
  if (!(target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement) || target.name !== "body") return null;
  return target.form?.dataset.draft === undefined ? null : target;
}

// The place in which one writes: a conversation by its address, else the audience
// that is chosen.
function place(f: Field): URLSearchParams {
  const p = new URLSearchParams();
  const form = f.form;
  const thread = /^\/posts\/([0-9a-z]{13})\/(replies|edit)/.exec(form?.getAttribute("action") ?? "");
  if (thread) p.set("thread", thread[1]);
  const audience = form ? new FormData(form).get("audience") : null;
  if (!thread && typeof audience === "string") p.set("audience", audience);
  return p;
}

// What stands behind the nearest sign before the caret, when it can be a name.
function typed(f: Field): { sign: string; text: string; from: number } | null {
  const caret = f.selectionStart ?? 0;
  if (caret !== f.selectionEnd) return null;
  const before = f.value.slice(Math.max(0, caret - longest), caret);
  const found = /(?:^|[\s(])([@#])([^@#\n]*)$/.exec(before);
  if (!found) return null;
  const [, sign, text] = found;
  if (text.startsWith(" ") || (sign === "#" && /\s/.test(text)) || text.split(" ").length > 5) return null;
  return { sign, text, from: caret - text.length - 1 };
}

function look(f: Field): void {
  clearTimeout(timer);
  going?.abort();
  const t = typed(f);
  const mark = t && `${t.from}${t.sign}${t.text}`;
  if (!t || !mark || (dead !== "" && mark.startsWith(dead))) return close();
  dead = "";
  timer = window.setTimeout(() => void ask(f, t.sign, t.text, t.from), wait);
}

async function ask(f: Field, sign: string, text: string, from: number): Promise<void> {
  const p = place(f);
  p.set("q", text);
  p.set("kind", sign === "#" ? "tag" : "name");
  going = new AbortController();
  try {
    const answer = await fetch(`/suggest?${p}`, { headers: { Accept: "application/json" }, credentials: "same-origin", signal: going.signal });
    if (!answer.ok) return close();
    const got = (await answer.json()) as { offers: Offer[]; said: string };
    if (document.activeElement !== f || typed(f)?.from !== from) return;
    if (got.offers.length === 0) {
      dead = text === "" ? "" : `${from}${sign}${text}`;
      return close();
    }
    open(f, from, got.offers);
    heard(got.said);
  } catch {
    close(); // no network: one types on
  }
}

function open(f: Field, from: number, got: Offer[]): void {
  close();
  [field, begin, offers, at] = [f, from, got, 0];
  list = document.createElement("ul");
  list.id = "voorstellen";
  list.className = "suggest";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.body.dataset.offers ?? "");
  list.append(...got.map(option));
  list.addEventListener("mousedown", (e) => {
    e.preventDefault(); // the field keeps the focus
    const li = e.target instanceof Element ? e.target.closest("li") : null;
    if (li) take([...(list?.children ?? [])].indexOf(li));
  });
  f.insertAdjacentElement("afterend", list);
  f.parentElement?.classList.add("suggest-at");
  if (f instanceof HTMLInputElement) f.setAttribute("role", "combobox");
  f.setAttribute("aria-autocomplete", "list");
  f.setAttribute("aria-haspopup", "listbox");
  f.setAttribute("aria-controls", list.id);
  if (f instanceof HTMLInputElement) f.setAttribute("aria-expanded", "true");
  choose(0);
}

// heard tells a reader of screens how many there are; nobody has to see that.
function heard(text: string): void {
  let region = document.getElementById("voorstellen-aantal");
  if (!region) {
    region = part("p", "", "vh");
    region.id = "voorstellen-aantal";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = text;
}

function option(o: Offer, n: number): HTMLLIElement {
  const li = document.createElement("li");
  li.id = `voorstel-${n}`;
  li.setAttribute("role", "option");
  if (o.kind !== "tag") {
    const shape = o.kind === "group" ? "sq" : "av av-in";
    let face: HTMLElement;
    if (o.photo) {
      const img = document.createElement("img");
      img.src = o.photo;
      img.alt = "";
      face = document.createElement("span");
      face.className = "av";
      face.append(img);
    } else {
      face = document.createElement("span");
      face.className = `${shape} ${o.tile ?? ""}`;
      face.textContent = o.initials ?? "";
      face.setAttribute("aria-hidden", "true");
    }
    li.append(face);
  }
  const text = document.createElement("span");
  text.append(part("b", o.name));
  if (o.note) text.append(" ", part("span", o.note, "meta"));
  if (o.warn) text.append(" ", part("span", o.warn, "tag tag-ochre"));
  li.append(text);
  return li;
}

function part(name: string, text: string, kind = ""): HTMLElement {
  const el = document.createElement(name);
  el.textContent = text;
  el.className = kind;
  return el;
}

function choose(n: number): void {
  if (!list || !field) return;
  at = (n + offers.length) % offers.length;
  [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
  const li = list.children[at];
  field.setAttribute("aria-activedescendant", li.id);
  li.scrollIntoView({ block: "nearest" });
}

function close(): void {
  if (!list || !field) return;
  list.remove();
  list = null;
  for (const name of ["aria-controls", "aria-activedescendant", "aria-expanded", "aria-haspopup", "aria-autocomplete"]) field.removeAttribute(name);
  if (field instanceof HTMLInputElement) field.removeAttribute("role");
}

function take(n: number): void {
  const f = field;
  const o = offers[n];
  if (!f || !o) return;
  const end = f.selectionStart ?? f.value.length;
  const text = `${o.insert} `;
  close();
  f.focus();
  f.setRangeText(text, begin, end, "end");
  dead = `${begin}${text[0]}${text.slice(1)}`;
  f.dispatchEvent(new Event("input", { bubbles: true }));
}

function keydown(e: KeyboardEvent): void {
  if (!list || e.target !== field || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  const act = {
    ArrowDown: () => choose(at + 1), ArrowUp: () => choose(at - 1), Enter: () => take(at), Tab: () => take(at),
    Escape: () => {
      dead = `${begin}${(field as Field).value.slice(begin, field?.selectionStart ?? begin)}`;
      close();
    },
  }[e.key];
  if (!act || (e.key === "Tab" && e.shiftKey)) return;
  e.preventDefault();
  e.stopPropagation();
  act();
}

// ---- notes ----------------------------------------------------------------------

const timers = new WeakMap<Field, number>();
const asked = new WeakMap<Field, string>();

function noteLater(f: Field): void {
  if (!f.value.includes("@") && !notes(f, false)) return;
  clearTimeout(timers.get(f));
  timers.set(f, window.setTimeout(() => void note(f), noteWait));
}

function notes(f: Field, make: boolean): HTMLElement | null {
  const there = f.parentElement?.querySelector<HTMLElement>(".suggest-notes") ?? null;
  if (there || !make) return there;
  const div = document.createElement("div");
  div.className = "suggest-notes";
  div.setAttribute("role", "status");
  f.parentElement?.append(div);
  return div;
}

async function note(f: Field): Promise<void> {
  const p = place(f);
  p.set("body", f.value);
  const what = p.toString();
  if (asked.get(f) === what) return;
  asked.set(f, what);
  let said: Said[] = [];
  if (f.value.includes("@")) {
    try {
      const answer = await fetch("/suggest/notes", { method: "POST", body: p, headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok || asked.get(f) !== what) return;
      said = ((await answer.json()) as { notes: Said[] }).notes;
    } catch {
      return;
    }
  }
  const box = notes(f, said.length > 0);
  const text = said.map((s) => s.text).join("\n");
  if (!box || box.textContent === text) return; // not said twice
  box.replaceChildren(...said.map((s) => part("p", s.text, s.warns ? "note note-ochre" : "note note-stone")));
}
