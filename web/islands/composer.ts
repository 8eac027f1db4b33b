// Writing: the field grows with the text where the browser does not do that by
// itself, Ctrl+Enter sends, chosen files show their names, and a form is sent once.

export function composer(): void {
  addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return;
    if (e.target instanceof HTMLTextAreaElement) e.target.form?.requestSubmit();
  });

  if (!CSS.supports("field-sizing", "content")) {
    addEventListener("input", (e) => {
      if (e.target instanceof HTMLTextAreaElement) grow(e.target);
    });
    document.querySelectorAll("textarea").forEach(grow);
  }

  addEventListener("change", (e) => {
    const input = e.target;
    if (input instanceof HTMLInputElement && input.type === "file") names(input);
  });

  addEventListener("submit", (e) => {
    if (e.defaultPrevented || !(e.target instanceof HTMLFormElement) || e.target.method !== "post") return;
    if (e.target.dataset.going) {
      e.preventDefault(); // the second click of a double click
      return;
    }
    e.target.dataset.going = "yes";
    e.submitter?.setAttribute("aria-busy", "true");
  });
  // Coming back by the back button must find a form that can be sent again.
  addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-going]").forEach((f) => {
      delete f.dataset.going;
      f.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy"));
    });
  });
}

function grow(t: HTMLTextAreaElement): void {
  t.style.height = "auto";
  t.style.height = `${t.scrollHeight + 2}px`;
}

function names(input: HTMLInputElement): void {
  const list = input.form?.querySelector("[data-names]");
  if (!list) return;
  list.replaceChildren(...[...(input.files ?? [])].map((f) => {
    const li = document.createElement("li");
    li.textContent = f.name;
    return li;
  }));
}
