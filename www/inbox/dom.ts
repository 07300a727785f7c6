// Builds elements. Text goes in as text nodes only: what a visitor typed is never parsed as markup.

export type Child = Node | string | number | null | undefined | false | Child[];
type Props = Record<string, string | number | boolean | EventListener | null | undefined>;

/** Makes an element: `on*` props are listeners, `true` is an empty attribute, `false` and `null` are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  put(element, children);
  return element;
}

/** Appends children, skipping what is absent. */
export function put(parent: Node, children: Child): void {
  if (children === null || children === undefined || children === false) return;
  if (Array.isArray(children)) for (const child of children) put(parent, child);
  else parent.appendChild(children instanceof Node ? children : document.createTextNode(String(children)));
}

/** Replaces everything inside `parent`. */
export function fill(parent: Element, ...children: Child[]): void {
  parent.textContent = "";
  put(parent, children);
}

/** A stroked 16 x 16 icon, hidden from assistive technology: words stand beside it. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

export const ICONS: Record<string, string> = {
  accept: "M3.5 8.500l3 3 6-7",
  review: "M8 4v5M8 11.800v.4",
  reject: "M4.5 4.500l7 7M11.5 4.500l-7 7",
  spam: "M3.5 3.500l9 9M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z",
  done: "M3.5 8.500l3 3 6-7",
  due: "M8 4.500V8l2.5 1.500M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z",
  leased: "M2.5 8h10M9 4.5 12.5 8 9 11.5",
  parked: "M6 4v8M10 4v8",
  dead: "M4.5 4.500l7 7M11.5 4.500l-7 7",
  back: "M10 3 5 8l5 5",
};
