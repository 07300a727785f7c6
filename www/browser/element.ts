/** The selector of forms that belong to the kit. */
export const FORM = "form[data-leadkit]";
/** The selector of elements that hold such a form. */
export const ELEMENT = "lead-form";

/** The steps of a form after the first. */
const LATER = "[data-leadkit-step]~[data-leadkit-step]";

/** Puts the later steps of a form away, or shows them where the core could not be had: then all of the form is one. */
export function fold(root: ParentNode, away: boolean): void {
  for (const step of root.querySelectorAll<HTMLElement>(LATER)) step.hidden = away;
}

const filling = new WeakSet<HTMLElement>();

/**
 * Puts the form that the edge renders into a `<lead-form form="contact">` that has none inside. It stands in light DOM, so
 * that labels, autofill and the page's own style work.
 */
export async function fillElement(element: HTMLElement, post: (form: string) => string): Promise<void> {
  const name = element.getAttribute("form") ?? "";
  if (name === "" || filling.has(element) || element.querySelector<HTMLFormElement>(FORM)?.dataset["leadkit"] === name)
    return;
  filling.add(element);
  const url = new URL(post(name), location.href);
  url.searchParams.set("part", "form");
  const locale = element.closest("[lang]")?.getAttribute("lang");
  if (locale) url.searchParams.set("lang", locale);
  try {
    const form = (await parsed(url))?.querySelector<HTMLFormElement>(FORM);
    if (!form) throw new Error("the edge gave no form");
    form.action = post(name);
    form.dataset["leadkit"] = name;
    element.replaceChildren(document.importNode(form, true));
  } catch {
    // What the page wrote inside, such as a link to the hosted form, stays. The next change of the page tries again.
  }
  filling.delete(element);
  // The page may want another form by now.
  if (element.getAttribute("form") !== name) await fillElement(element, post);
}

/** A page, parsed by the browser: under trusted types no parser takes text. Nothing where it could not be had. */
const parsed = (url: URL): Promise<Document | null> =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onloadend = () => resolve(request.status === 200 ? request.responseXML : null);
    request.send();
  });
