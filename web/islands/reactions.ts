// A reaction, a bookmark or a follow shows at once and is sent after. A form with
// data-toggle holds buttons with aria-pressed; the server answers JSON or an error,
// and on an error the button goes back to what it was.
//
// A reaction shows its number in a span and is heard as "Eens, 34, ook van jou"; the
// words are taken from what stands there, so that what is heard stays what is seen.

import { root, say } from "./page";

interface State { pressed: boolean; count: number }

export function reactions(): void {
  addEventListener("submit", (e) => {
    const form = e.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.toggle === undefined) return;
    const button = e.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    e.preventDefault();
    void press(form, button);
  }, true);
}

async function press(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const shown = face(form, button);
  if (shown.dataset.busy) return;
  shown.dataset.busy = "yes";
  const body = new URLSearchParams();
  new FormData(form, button).forEach((v, k) => typeof v === "string" && body.append(k, v));
  const was = read(shown);
  const all = [shown, ...form.querySelectorAll<HTMLButtonElement>(`button[value="${CSS.escape(button.value)}"]`)];
  const show = (s: State) => new Set(all).forEach((b) => draw(b, s));
  show({ pressed: !was.pressed, count: was.count + (was.pressed ? -1 : 1) });
  button.closest("details.menu")?.removeAttribute("open");
  try {
    const answer = await fetch(button.getAttribute("formaction") ?? form.getAttribute("action") ?? "", {
      method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error",
      keepalive: true, // whoever goes on to another page at once has still pressed it
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = (await answer.json().catch(() => ({}))) as { on?: boolean; count?: number };
    const guess = read(shown);
    show({ pressed: now.on ?? guess.pressed, count: now.count ?? guess.count });
  } catch {
    show(was);
    say(document.body.dataset.failed);
  } finally {
    delete shown.dataset.busy;
  }
}

// The button that shows the count: the one pressed, or the one of the same word
// outside the picker. A word that nobody gave yet has none; it is made here.
function face(form: HTMLFormElement, button: HTMLButtonElement): HTMLButtonElement {
  const menu = button.closest("details.menu");
  if (!menu) return button;
  const there = [...form.querySelectorAll<HTMLButtonElement>(":scope > button")].find((b) => b.value === button.value);
  if (there) return there;
  const made = document.createElement("button");
  made.className = button.className;
  made.name = button.name;
  made.value = button.value;
  made.setAttribute("aria-label", button.textContent?.trim() ?? "");
  made.setAttribute("aria-pressed", "false");
  const icon = button.querySelector("svg");
  if (icon) made.append(icon.cloneNode(true));
  made.append(document.createElement("span"));
  menu.before(made);
  return made;
}

const number = (b: HTMLButtonElement) => b.querySelector(":scope > span");

function read(b: HTMLButtonElement): State {
  return {
    pressed: b.getAttribute("aria-pressed") === "true",
    count: Number(number(b)?.textContent?.replace(/\D/g, "") ?? 0),
  };
}

function draw(b: HTMLButtonElement, s: State): void {
  if (b.name === "on" || b.name === "off") b.name = s.pressed ? "off" : "on"; // what a press asks for next
  if (b.value === "true" || b.value === "false") b.value = String(!s.pressed);
  b.setAttribute("aria-pressed", String(s.pressed));
  const count = number(b);
  if (!count) return;
  const shown = Math.max(s.count, 0).toLocaleString(root.lang);
  const word = b.getAttribute("aria-label")?.split(", ")[0] ?? "";
  const also = s.pressed ? document.body.dataset.also : "";
  b.setAttribute("aria-label", [word, shown, also].filter(Boolean).join(", "));
  count.textContent = shown;
  const focused = document.activeElement === b;
  b.hidden = s.count <= 0;
  if (b.hidden && focused) b.form?.querySelector("summary")?.focus();
}
