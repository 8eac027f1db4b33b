// "Copy link": a button that exists only where it can work.

import { say } from "./page";

export function copy(): void {
  if (!navigator.clipboard) return;
  showCopy(document);
  addEventListener("click", (e) => {
    const b = e.target instanceof Element ? e.target.closest<HTMLButtonElement>("button[data-copy]") : null;
    if (!b) return;
    navigator.clipboard.writeText(new URL(b.dataset.copy ?? "", location.href).href)
      .then(() => say(document.body.dataset.copied), () => say(document.body.dataset.failed));
    b.closest("details.menu")?.removeAttribute("open");
  });
}

// showCopy shows the button in what came into the page later, too.
export function showCopy(within: ParentNode): void {
  if (navigator.clipboard) within.querySelectorAll<HTMLButtonElement>("button[data-copy]").forEach((b) => { b.hidden = false; });
}
