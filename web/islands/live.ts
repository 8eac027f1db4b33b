// What happens while a page is open: "3 nieuwe berichten" above a list, answers in
// the open conversation, counts in the menu. The line to the house tells ids and
// counts; whatever is shown is fetched as any page is, with the reader's own rights.
//
// Nothing moves under the reader: a list grows when they press the bar, and a
// conversation grows where the answer belongs.

import { badge } from "./badge";
import { me, root, say } from "./page";
import { fetchPart, growList, growThread } from "./merge";
import { Stream, type FromTab, type Here, type ToTab } from "./stream";

interface Bar { box: HTMLElement; of: string; link: HTMLAnchorElement; news: Set<string>; some: boolean }

const bars: Bar[] = [...document.querySelectorAll<HTMLElement>("[data-news]")].flatMap((box) => {
  const link = box.querySelector("a");
  return link ? [{ box, of: box.dataset.news ?? "", link, news: new Set<string>(), some: false }] : [];
});
const open = document.querySelector<HTMLElement>("[data-thread-live]");
const thread = open?.dataset.threadLive ?? "";

const here: Here = {
  kind: "here", tab: crypto.randomUUID?.() ?? String(Math.random()), cursor: document.body.dataset.live ?? "", since: performance.timeOrigin,
  threads: thread ? [thread] : [], places: bars.map((b) => b.of).filter((of) => of !== "mine"), visible: !document.hidden,
};

export function live(): void {
  const worker = document.body.dataset.line;
  if (me === "" || here.cursor === "" || !worker) return;
  const send = connect(worker);
  const tell = () => send({ ...here, visible: !document.hidden });
  tell();
  setInterval(tell, 60_000);
  document.addEventListener("visibilitychange", () => {
    tell();
    if (!document.hidden && stale) later();
  });
  addEventListener("pagehide", () => {
    here.since = Date.now();
    send({ kind: "bye", tab: here.tab });
  });
  addEventListener("pageshow", (e) => { if (e.persisted) tell(); });
  addEventListener("online", tell);
  // Whoever has read down meets the bar under the top of the window.
  const far = new IntersectionObserver((all) => all.forEach((e) => {
    e.target.classList.toggle("news-far", !e.isIntersecting && e.boundingClientRect.top < 64);
  }), { rootMargin: "-64px 0px 0px 0px" });
  bars.forEach((b) => far.observe(b.box));
  bars.forEach((b) => b.link.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    void press(b);
  }));

  function hear(m: ToTab): void {
    if (m.kind === "who") tell();
    else if (!m.to || m.to === here.tab) {
      if (m.id) here.cursor = m.id;
      take(m.name, JSON.parse(m.data) as Said);
    }
  }

  function connect(url: string): (m: FromTab) => void {
    if ("SharedWorker" in window) {
      try {
        const port = new SharedWorker(url, { name: `plein ${me}` }).port;
        port.onmessage = (e: MessageEvent<ToTab>) => hear(e.data);
        return (m) => port.postMessage(m);
      } catch {
        // no shared workers in this mode; the tabs choose one of them
      }
    }
    if (!("locks" in navigator) || !("BroadcastChannel" in window)) {
      const own = new Stream((m) => queueMicrotask(() => hear(m)));
      return (m) => own.hear(m);
    }
    const name = `plein ${me}`;
    const ear = new BroadcastChannel(name);
    let own: Stream | undefined; // when this tab leads
    ear.onmessage = (e: MessageEvent<ToTab | FromTab>) => {
      if (e.data.kind === "event" || e.data.kind === "who") hear(e.data);
      else own?.hear(e.data);
    };
    const send = (m: FromTab) => {
      ear.postMessage(m); // a channel does not hear itself
      own?.hear(m);
    };
    void navigator.locks.request(name, () => new Promise<never>(() => {
      own = new Stream((m, tab) => {
        const told = m.kind === "event" && tab ? { ...m, to: tab } : m;
        ear.postMessage(told);
        queueMicrotask(() => hear(told));
      });
    }));
    return send;
  }
}

interface Said { post?: string; in?: string; thread?: string; item?: string; what?: string; notices?: number; groups?: Record<string, number> }

const shown = new Set<string>(); // ids of events that were counted

function take(name: string, d: Said): void {
  switch (name) {
    case "post":
    case "beside": {
      const id = d.post ?? "";
      if (document.getElementById(`p-${id}`)) return;
      bars.filter((b) => b.of === d.in || (b.of === "mine" && name === "post")).forEach((b) => {
        b.news.add(id);
        draw(b);
      });
      if (!shown.has(id)) groupLinks(d.in ?? "").forEach((a) => count(a, counted(a) + 1));
      shown.add(id);
      return;
    }
    case "gone":
      bars.forEach((b) => { if (b.news.delete(d.post ?? "")) draw(b); });
      if (d.post === thread) later();
      return;
    case "thread":
      if (d.thread === thread) later();
      return;
    case "counts":
      badge(d.notices ?? 0);
      document.querySelectorAll<HTMLAnchorElement>('.side a[href^="/groups/"]').forEach((a) => {
        count(a, d.groups?.[a.getAttribute("href")?.slice(8) ?? ""] ?? 0);
      });
      return;
    case "reload":
      if (performance.now() < 15_000) return; // this page is younger than what was missed
      bars.forEach((b) => { b.some = true; draw(b); });
      later();
      return;
    case "end": {
      // Whoever comes back to this screen finds the sign-in page; whoever reads on
      // it is told.
      if (document.hidden) location.reload();
      else document.querySelector("[data-ended]")?.removeAttribute("hidden");
    }
  }
}

// ---- the bar ---------------------------------------------------------------------

const words = (of: HTMLElement, n: number) =>
  (n === 1 ? of.dataset.one : of.dataset.many?.replace("2", n.toLocaleString(root.lang))) ?? "";

function draw(b: Bar): void {
  const label = b.link.querySelector("span");
  b.link.hidden = b.news.size === 0 && !b.some;
  if (label && b.news.size > 0 && !b.some) label.textContent = words(b.box, b.news.size);
}

async function press(b: Bar): Promise<void> {
  b.link.setAttribute("aria-busy", "true");
  const page = await fetchPart(b.link.href);
  b.link.removeAttribute("aria-busy");
  const first = page && growList(b.box, page);
  if (!first) {
    location.assign(b.link.href); // what is new does not join what is here
    return;
  }
  b.news.clear();
  b.some = false;
  draw(b);
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "start" });
}

// ---- the open conversation -----------------------------------------------------------

let stale = false;
let timer = 0;
let last = 0;

// later fetches the conversation in a moment: once for much that came at once, and
// not at the same moment as everybody else who has it open.
function later(): void {
  if (!open) return;
  stale = true;
  if (timer || document.hidden) return;
  timer = window.setTimeout(() => {
    timer = 0;
    void fresh();
  }, Math.max(100 + Math.random() * 300, last + 1000 - Date.now()));
}

async function fresh(): Promise<void> {
  stale = false;
  last = Date.now();
  const after = new URLSearchParams(location.search).get("after");
  const part = await fetchPart(`/live/threads/${thread}?seen=1${after ? `&after=${after}` : ""}`);
  const was = document.querySelector<HTMLElement>(`#p-${thread}`);
  const now = part?.querySelector<HTMLElement>(`#p-${thread}`);
  if (!open || !was || !now) return;
  const n = growThread(was, now);
  if (n === 0) return;
  const line = words(open, n);
  say(line);
  setTimeout(() => {
    const region = document.getElementById("melding");
    if (region?.textContent === line) region.textContent = "";
  }, 8000);
}

// ---- counts in the menu ----------------------------------------------------------------

const groupLinks = (id: string) => [...document.querySelectorAll<HTMLAnchorElement>(`.side a[href="/groups/${CSS.escape(id)}"]`)];

const counted = (a: Element) => Number(a.querySelector(".count > [aria-hidden]")?.textContent?.replace(/\D/g, "") ?? 0);

const said = (n: number) => document.body.dataset.new?.replace("2", n.toLocaleString(root.lang)) ?? "";

function count(a: HTMLAnchorElement, n: number): void {
  const was = a.querySelector(".count");
  if (counted(a) === n) return;
  if (n <= 0) {
    was?.remove();
    return;
  }
  const box = was ?? document.createElement("span");
  const [figure, spoken] = [document.createElement("span"), document.createElement("span")];
  box.className = "count";
  figure.setAttribute("aria-hidden", "true");
  figure.textContent = n.toLocaleString(root.lang);
  spoken.className = "vh";
  spoken.textContent = said(n);
  box.replaceChildren(figure, spoken);
  if (!was) (a.querySelector(".bb-ic") ?? a).append(box);
}
