// Putting what was fetched into a page that somebody is reading: what is there
// stays where it is, with its focus, open menus and half-written answers; what is
// new comes where it belongs.

import { showCopy } from "./copy";
import { mindDrafts } from "./drafts";

// fetchPart gets a page, or a part of one, to take things from; nothing in it runs.
export async function fetchPart(href: string): Promise<Document | undefined> {
  try {
    const answer = await fetch(href, { headers: { Accept: "text/html" }, credentials: "same-origin", redirect: "error" });
    if (!answer.ok) return undefined;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return undefined;
  }
}

function bring<T extends Element>(from: T): T {
  const el = document.importNode(from, true);
  showCopy(el);
  mindDrafts(el);
  return el;
}

// growList puts posts that are not here yet between those that are, and gives the
// first of them; nothing when the two lists have no post in common.
export function growList(box: Element, page: Document): HTMLElement | undefined {
  const cards = (of: ParentNode) => [...of.querySelectorAll<HTMLElement>("main > article.post")];
  const fresh = cards(page);
  if (!fresh.some((c) => document.getElementById(c.id))) return undefined;
  let first: HTMLElement | undefined;
  let before: Element = box;
  for (const c of fresh) {
    const there = document.getElementById(c.id);
    if (there) {
      before = there;
      continue;
    }
    const made = bring(c);
    before.after(made);
    before = made;
    first ??= made;
  }
  return first ?? document.querySelector<HTMLElement>("main > article.post") ?? undefined;
}

// inUse says that somebody is busy in a part of the page.
function inUse(el: Element): boolean {
  return el.contains(document.activeElement) || el.querySelector("details[open], [data-busy]") !== null;
}

// patch makes the parts of one post or answer say what they say now, but for what
// lies under it (skip) and what somebody is busy in.
function patch(was: Element, now: Element, skip: string): void {
  const parts = (of: Element) => [...of.children].filter((c) => !c.matches(skip));
  const old = parts(was);
  const fresh = parts(now);
  if (old.length === fresh.length && old.every((c, n) => c.tagName === fresh[n]?.tagName && c.className === fresh[n]?.className)) {
    old.forEach((c, n) => {
      const f = fresh[n];
      if (!f || inUse(c)) return;
      const made = bring(f);
      if (!c.isEqualNode(made)) c.replaceWith(made);
    });
    return;
  }
  if (old.some(inUse)) return; // it is made right the next time something comes
  const rest = [...was.children].filter((c) => c.matches(skip));
  was.replaceChildren(...fresh.map(bring), ...rest);
}

const body = (li: Element) => li.querySelector(":scope > div") ?? li;

// growThread puts answers in their places, and gives how many of others are new.
export function growThread(was: HTMLElement, now: HTMLElement): number {
  patch(was, now, ".thread");
  const section = was.querySelector(".thread");
  const fresh = now.querySelector(".thread");
  return section && fresh ? growReplies(section, fresh) : 0;
}

function growReplies(was: Element, now: Element): number {
  const list = now.querySelector(":scope > ol");
  const mine = `/people/${document.body.dataset.me ?? ""}`;
  const others = (li: Element) => [li, ...li.querySelectorAll("li.cm")].filter((r) => r.querySelector(".who")?.getAttribute("href") !== mine).length;
  let here = was.querySelector(":scope > ol");
  if (!list) {
    if (here && !inUse(here)) here.remove();
    return 0;
  }
  if (!here) {
    here = document.createElement("ol");
    here.setAttribute("role", "list");
    const form = was.querySelector(":scope > form.reply");
    if (form) form.before(here);
    else was.append(here);
  }
  let n = 0;
  let before: Element | undefined;
  for (const li of [...list.children]) {
    const there = document.getElementById(li.id);
    if (there) {
      patch(body(there), body(li), "ol, form.reply");
      n += growReplies(body(there), body(li));
      before = there;
      continue;
    }
    const made = bring(li);
    const theirs = others(made);
    if (theirs > 0) made.classList.add("cm-new");
    n += theirs;
    if (before) before.after(made);
    else here.prepend(made);
    before = made;
  }
  for (const li of [...here.children]) {
    if (!now.querySelector(`#${CSS.escape(li.id)}`) && !inUse(li)) li.remove();
  }
  return n;
}
