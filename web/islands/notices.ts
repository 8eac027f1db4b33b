// A notice is marked at once and sent after; on an error it goes back to what it was.
// The form of a line asks for what should be, read=true or read=false, and the server
// answers {"on": bool, "count": int}: what the line is now, and the number beside the
// bell.

import { badge } from "./badge";
import { say } from "./page";

export function notices(): void {
  addEventListener("submit", (e) => {
    const form = e.target;
    if (!(form instanceof HTMLFormElement) || !(e.submitter instanceof HTMLButtonElement)) return;
    const all = form.dataset.noticesAll !== undefined;
    if (!all && form.dataset.notice === undefined) return;
    e.preventDefault();
    void mark(form, e.submitter, all ? [...document.querySelectorAll<HTMLElement>(".notifs li.new")] : [form.closest("li") as HTMLElement], all);
  }, true);
}

async function mark(form: HTMLFormElement, button: HTMLButtonElement, lines: HTMLElement[], all: boolean): Promise<void> {
  if (button.dataset.busy) return;
  button.dataset.busy = "yes";
  const body = new URLSearchParams([[button.name, button.value]]);
  const read = all || button.value === "true";
  lines.forEach((li) => draw(li, read));
  try {
    const answer = await fetch(form.getAttribute("action") ?? "", {
      method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "error", keepalive: true,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const now = (await answer.json()) as { on: boolean; count: number };
    badge(now.count);
    if (all) form.hidden = true;
  } catch {
    lines.forEach((li) => draw(li, !read));
    say(document.body.dataset.failed);
  } finally {
    delete button.dataset.busy;
  }
}

function draw(li: HTMLElement, read: boolean): void {
  if (li.classList.contains("new") !== read) return;
  li.classList.toggle("new", !read);
  const word = li.querySelector<HTMLElement>("[data-new]");
  if (word) word.hidden = read;
  const button = li.querySelector<HTMLButtonElement>("form[data-notice] button");
  if (!button) return;
  button.value = String(!read);
  const was = [button.getAttribute("aria-label") ?? "", button.title];
  button.setAttribute("aria-label", button.dataset.other ?? "");
  button.title = button.dataset.otherTitle ?? "";
  [button.dataset.other, button.dataset.otherTitle] = was;
}
