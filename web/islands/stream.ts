// The one line that a browser holds to the house for all its tabs. It runs in a
// shared worker (line.ts), or where there is none in the tab that leads (live.ts).
//
// It tells tabs what came and nothing more. After a break it goes on from the last
// it knows; how long it waits before is left to chance, so that a house that was
// away is not met by everybody at once.

export interface Here {
  kind: "here";
  tab: string;
  cursor: string; // from where on this page can be followed
  since: number; // when this page was asked for, or last looked at
  threads: string[];
  places: string[];
  visible: boolean;
}
export type FromTab = Here | { kind: "bye"; tab: string };
export type ToTab = { kind: "event"; name: string; data: string; id: string; to?: string } | { kind: "who" };

const minute = 60_000;
const unseen = 5 * minute; // nobody looked for so long: the line is let go
const silent = 2.5 * minute; // a tab that said nothing is gone; each says something every minute
const quiet = 70_000; // the house says something every 25 seconds
const grace = 10_000; // from one page to the next there is a moment without a tab
const kept = 2 * minute;

export class Stream {
  private tabs = new Map<string, Here & { heard: number }>();
  private recent: { at: number; event: ToTab }[] = [];
  private cursor = "";
  private watched = new Set<string>();
  private line: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private hiddenSince = 0;
  private stopped: "" | "end" | "over" = "";
  private stoppedAt = 0;

  constructor(private tell: (m: ToTab, tab?: string) => void) {
    setInterval(() => this.look(), minute / 2);
    tell({ kind: "who" });
  }

  hear(m: FromTab): void {
    if (m.kind === "bye") {
      this.tabs.delete(m.tab);
      this.look();
      return;
    }
    const before = this.tabs.get(m.tab);
    this.tabs.set(m.tab, { ...m, heard: Date.now() });
    if (!before) {
      // What came while the page was under way is not on it, and nobody told it.
      if (this.line) this.recent.filter((r) => r.at >= m.since).forEach((r) => this.tell(r.event, m.tab));
      // Somebody who sees a page is signed in.
      if (this.stopped === "end" && m.since > this.stoppedAt) this.stopped = "";
    }
    if (m.visible && !before?.visible) {
      if (this.stopped === "over") this.stopped = "";
      if (before && !this.line && this.timer) this.retry(Math.random() * 1000);
    }
    this.look();
  }

  // look decides whether there is a line, and whether it is the right one.
  private look(): void {
    const now = Date.now();
    for (const [id, t] of this.tabs) if (now - t.heard > silent) this.tabs.delete(id);
    const all = [...this.tabs.values()];
    if (all.some((t) => t.visible)) this.hiddenSince = 0;
    else this.hiddenSince ||= now;
    if (this.stopped) {
      this.hangUp();
      return;
    }
    if (all.length === 0) {
      if (this.line && now - this.hiddenSince < grace) setTimeout(() => this.look(), grace + 100);
      else {
        this.hangUp();
        this.cursor = ""; // the next page knows where it begins
      }
      return;
    }
    if (this.hiddenSince && now - this.hiddenSince > unseen) {
      this.hangUp();
      return;
    }
    const want = this.wanted();
    if (this.line && [...want].some((w) => !this.watched.has(w))) this.open();
    else if (!this.line && !this.timer) this.open();
  }

  private wanted(): Set<string> {
    const out = new Set<string>();
    for (const t of this.tabs.values()) {
      t.threads.forEach((id) => out.add(`thread=${id}`));
      t.places.forEach((id) => out.add(`place=${id}`));
    }
    return new Set([...out].slice(0, 32));
  }

  private hangUp(): void {
    this.line?.abort();
    this.line = undefined;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.timer = undefined;
  }

  private retry(wait: number): void {
    this.hangUp();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.look();
    }, wait);
  }

  private open(): void {
    this.hangUp();
    const line = this.line = new AbortController();
    this.watched = this.wanted();
    this.cursor ||= [...this.tabs.values()][0]?.cursor ?? "";
    const query = [...this.watched, `after=${encodeURIComponent(this.cursor)}`].join("&");
    this.follow(`/live?${query}`, line).catch(() => 0).then((wait) => {
      if (this.line !== line) return; // another line took its place
      const back = Math.min(1000 * 2 ** this.failures++, minute);
      this.retry(Math.max(wait ?? 0, back) * (0.5 + Math.random()) + (this.failures === 1 ? Math.random() * 2000 : 0));
      if (this.stopped) this.look();
    });
  }

  // follow reads until the line breaks, and gives how long to wait before the next.
  private async follow(url: string, line: AbortController): Promise<number> {
    this.guard(line);
    const answer = await fetch(url, {
      headers: { Accept: "text/event-stream, application/json" }, credentials: "same-origin", cache: "no-store", signal: line.signal,
    });
    if (answer.status === 401 || answer.status === 403) this.stop("end");
    if (!answer.ok || !answer.body || !answer.headers.get("Content-Type")?.startsWith("text/event-stream")) {
      return 1000 * Number(answer.headers.get("Retry-After") ?? 5);
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.line !== line) return 0;
      this.guard(line);
      const blocks = (text + value).split("\n\n");
      text = blocks.pop() ?? "";
      for (const b of blocks) this.take(b, line);
    }
  }

  private guard(line: AbortController): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => line.abort(), quiet);
  }

  private take(block: string, line: AbortController): void {
    if (this.line !== line) return;
    const field = (name: string) => block.split("\n").find((l) => l.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
    const name = field("event");
    const id = field("id");
    if (id) this.cursor = id;
    switch (name) {
      case "":
        return; // a sign of life
      case "hello":
        this.failures = 0;
        return;
      case "bye":
        return; // the house closes, and opens again
      case "end":
      case "over":
        this.stop(name);
        return;
    }
    const now = Date.now();
    const event: ToTab = { kind: "event", name, data: field("data"), id };
    this.recent = [...this.recent.filter((r) => now - r.at < kept).slice(-200), { at: now, event }];
    this.tell(event);
  }

  private stop(why: "end" | "over"): void {
    this.stopped = why;
    this.stoppedAt = Date.now();
    if (why === "end") this.tell({ kind: "event", name: "end", data: "{}", id: "" });
    this.look();
  }
}
