// The number beside the bell, in the menu, the phone's bar and the top bar. Above nine
// it stops, as the server writes it.

const most = 9;

export function badge(n: number): void {
  const shown = n > most ? `${most}+` : String(n);
  const said = (document.body.dataset.new ?? "2").replace("2", shown);
  document.querySelectorAll<HTMLAnchorElement>('a[href="/notices"]').forEach((a) => {
    if (a.classList.contains("icon-btn")) {
      const name = a.getAttribute("aria-label")?.split(",")[0] ?? "";
      a.setAttribute("aria-label", n > 0 ? `${name}, ${said}` : name);
      put(a, ".dot", n > 0, () => span("dot", true));
      return;
    }
    put(a.querySelector(".bb-ic") ?? a, ".count", n > 0, () => {
      const box = span("count", false);
      box.append(span("", true, shown), span("vh", false, said));
      return box;
    });
  });
}

function put(where: Element, what: string, there: boolean, make: () => Element): void {
  where.querySelector(what)?.remove();
  if (there) where.append(make());
}

function span(name: string, silent: boolean, text = ""): HTMLElement {
  const s = document.createElement("span");
  if (name) s.className = name;
  if (silent) s.setAttribute("aria-hidden", "true");
  s.textContent = text;
  return s;
}
