// The keyboard of the design guide, section 11. Single letters do nothing inside a
// field, and nothing at all when the reader switched them off (data-keys="off").

import { root, typing } from "./page";

export function keys(): void {
  let leader = 0; // when g was pressed
  addEventListener("keydown", (e) => {
    if (root.dataset.keys === "off" || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return;
    if (e.key === "Escape" || e.key === "Tab") return;
    const afterG = Date.now() - leader < 1500;
    leader = 0;
    const act = afterG ? () => go(e.key) : acts[e.key];
    if (e.key === "g" && !afterG) {
      leader = Date.now();
      return;
    }
    if (act && act()) e.preventDefault();
  });
}

// Each act says whether it found something to do.
const acts: Record<string, () => boolean> = {
  "/": () => focus("#q") || click(".topacts a[data-search]"),
  "?": () => click("link[rel=help]"),
  c: () => focus("#schrijf-tekst") || click("a[data-write]"),
  j: () => step(1),
  k: () => step(-1),
  r: () => focus("[data-reply]", current()) || click("a[data-thread]", current()),
  t: () => click(".post-f button[value=thanks]", current()),
  b: () => click(".post-f button[name=bookmark]", current()),
};

function go(letter: string): boolean {
  return /^[a-z]$/.test(letter) && click(`.side a[data-go="${letter}"]`);
}

const posts = () => [...document.querySelectorAll<HTMLElement>("main article.post")];
const current = () => document.activeElement?.closest("article.post") ?? null;

function step(by: number): boolean {
  const all = posts();
  const at = all.findIndex((p) => p === current());
  const next = all[at < 0 ? (by > 0 ? 0 : -1) : at + by];
  if (!next) return false;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
  return true;
}

function focus(selector: string, within: ParentNode | null = document): boolean {
  const el = within?.querySelector<HTMLElement>(selector);
  if (!el || el.offsetParent === null) return false;
  el.focus();
  return true;
}

function click(selector: string, within: ParentNode | null = document): boolean {
  const el = within?.querySelector<HTMLElement>(selector);
  if (!el) return false;
  if (el instanceof HTMLLinkElement) location.assign(el.href);
  else el.click();
  return true;
}
