// What a person typed is theirs until it is posted. A form with data-draft="PLACE"
// keeps its text on this device, per person and place, with the audience that was
// chosen, and puts it back after a crash, a lost session or a wrong turn.
//
// Sending does not throw the draft away: the network may fail and a session may be
// over. The draft goes when a page comes back that says it went well (a flash that
// is not bad). It never comes back under another audience than it was written for.

import { me } from "./page";

interface Draft { text: string; audience: string; at: number; sent?: boolean }

const prefix = "plein.draft.";
const wait = 800; // milliseconds after the last key; well under the promised two seconds
const keep = 30 * 24 * 3600 * 1000;

const key = (place: string) => `${prefix}${me}.${place}`;

function each(fn: (key: string, d: Draft) => void): void {
  for (const k of Object.keys(localStorage)) {
    if (!k.startsWith(prefix)) continue;
    try {
      fn(k, JSON.parse(localStorage.getItem(k) ?? "") as Draft);
    } catch {
      localStorage.removeItem(k);
    }
  }
}

function put(k: string, d: Draft): boolean {
  try {
    localStorage.setItem(k, JSON.stringify(d));
    return true;
  } catch {
    return false; // storage is full or switched off: the field itself still has the text
  }
}

export function drafts(): void {
  try {
    settle();
    mindDrafts(document);
    document.querySelectorAll<HTMLFormElement>("form[data-kept]").forEach(again);
    document.querySelectorAll("form[data-sign-out]").forEach((f) => f.addEventListener("submit", forget));
  } catch {
    // No storage here. Nothing on the page depends on it.
  }
}

// mindDrafts minds the forms in what came into the page later, too.
export function mindDrafts(within: ParentNode): void {
  within.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach(mind);
}

// settle decides about drafts that were on their way when this page was asked for.
function settle(): void {
  const went = me !== "" && document.querySelector(".flash:not(.flash-bad)") !== null;
  each((k, d) => {
    const mine = k.startsWith(key(""));
    if ((d.sent && went && mine) || Date.now() - d.at > keep) localStorage.removeItem(k);
    else if (d.sent) put(k, { ...d, sent: false });
  });
}

function forget(): void {
  each((k) => localStorage.removeItem(k));
}

// again minds the form that shows what was typed when the session had ended. The
// draft with that text goes with it, wherever on the square it was begun.
function again(form: HTMLFormElement): void {
  const text = form.querySelector("textarea")?.defaultValue.trim();
  form.addEventListener("submit", () => each((k, d) => {
    if (k.startsWith(key("")) && d.text.trim() === text) put(k, { ...d, sent: true });
  }));
}

function mind(form: HTMLFormElement): void {
  const field = form.querySelector("textarea") ?? form.querySelector<HTMLInputElement>("input[type=text]"); // the text before a title
  if (!field || me === "") return;
  const k = key(form.dataset.draft ?? "");
  const choices = () => [...form.querySelectorAll<HTMLInputElement>("input[name=audience]")];
  const list = form.querySelector<HTMLSelectElement>("select[name=audience]");
  const audience = () => list?.value ?? choices().find((c) => c.type !== "radio" || c.checked)?.value ?? "";
  let timer = 0;

  const save = (sent = false) => {
    clearTimeout(timer);
    timer = 0;
    if (field.value.trim() === "") localStorage.removeItem(k);
    else if (put(k, { text: field.value, audience: audience(), at: Date.now(), sent })) {
      form.querySelector("[data-saved]")?.removeAttribute("hidden");
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => save(), wait);
  };

  const kept = localStorage.getItem(k);
  if (kept && field.value === "") {
    const d = JSON.parse(kept) as Draft;
    const choice = choices().find((c) => c.value === d.audience);
    const listed = list !== null && [...list.options].some((o) => o.value === d.audience);
    if (listed || choice || (!list && choices().length === 0)) {
      field.value = d.text;
      if (listed) list.value = d.audience;
      if (choice?.type === "radio" && !choice.checked) {
        choice.checked = true;
        choice.dispatchEvent(new Event("change", { bubbles: true }));
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => save(true));
  addEventListener("pagehide", () => {
    if (timer) save(); // leaving within the wait
  });
}
