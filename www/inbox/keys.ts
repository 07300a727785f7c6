// The keys that move through the list. Single letters can be turned off, because speech input says them by accident
// (WCAG 2.2, 2.1.4); arrows and Escape stay.

import { h } from "./dom.js";
import { say } from "./words.js";

const OFF = "leadkit.letters.off";

/** Storage that a browser may refuse: then the choice holds until the page is left. */
function stored(): boolean {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

function store(off: boolean): void {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // The choice is kept in memory all the same.
  }
}

let off = stored();

/** How far a key moves through the list: 1 is down, -1 up. Arrows count in the list and where nothing has the focus. */
export function steps({ key, target }: KeyboardEvent, list: HTMLElement): -1 | 0 | 1 {
  const arrows = target === document.body || (target instanceof Node && list.contains(target));
  if ((key === "j" && !off) || (key === "ArrowDown" && arrows)) return 1;
  if ((key === "k" && !off) || (key === "ArrowUp" && arrows)) return -1;
  return 0;
}

/** The button that turns the letters off and on again. */
export function lettersButton(): HTMLButtonElement {
  const button = h("button", { class: "link", type: "button" });
  const show = (): void => {
    button.textContent = say(off ? "letters_on" : "letters_off");
  };
  button.addEventListener("click", () => {
    off = !off;
    store(off);
    show();
  });
  show();
  return button;
}
