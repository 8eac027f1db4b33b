// Menus are <details class="menu">. They open and close without us; here they
// also close on Escape, on a click outside, and when another opens.

const open = () => document.querySelectorAll<HTMLDetailsElement>("details.menu[open]");

export function menus(): void {
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    open().forEach((d) => {
      const inside = d.contains(document.activeElement);
      d.open = false;
      if (inside) d.querySelector("summary")?.focus();
    });
  });
  addEventListener("click", (e) => {
    open().forEach((d) => {
      if (!(e.target instanceof Node && d.contains(e.target))) d.open = false;
    });
  });
  document.querySelectorAll("details.audpick").forEach(audience);
}

// The audience button shows what is chosen, at once: you always know who hears you.
function audience(picker: Element): void {
  picker.addEventListener("change", (e) => {
    const choice = e.target;
    if (!(choice instanceof HTMLInputElement) || choice.type !== "radio") return;
    const option = choice.closest(".opt");
    const name = picker.querySelector("[data-chosen]");
    const icon = picker.querySelector("summary > .i:first-of-type use");
    const newIcon = option?.querySelector(".i use");
    if (name) name.textContent = option?.querySelector("b")?.textContent ?? "";
    if (icon && newIcon) icon.setAttribute("href", newIcon.getAttribute("href") ?? "");
  });
}
