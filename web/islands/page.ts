// What every island needs to know of the page it is on.

export const root = document.documentElement;

// The person who is signed in, as the server wrote it; empty on public pages.
export const me = document.body.dataset.me ?? "";

// Typing is when a key belongs to the field and not to us.
export function typing(target: EventTarget | null): boolean {
  return target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable]") !== null;
}

// say puts a line in the page's one live region; readers of screens hear it once
// they are done with what they hear now. It goes away on the next thing said.
export function say(text: string | undefined): void {
  const region = document.getElementById("melding");
  if (region && text) region.textContent = text;
}
