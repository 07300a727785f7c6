import { fillElement, fold } from "./element.js";
import type { Binding } from "./form/bind.js";
import type { Connection } from "./index.js";
import { type Options, settings } from "./options.js";

/** How near to the viewport a form has to be before the core is fetched. */
const NEAR = "400px";

/** What the events of a form tell, by type. Nothing that a visitor typed is in them. */
export interface FormEvents {
  /** The core checks the form from here on. */
  readonly ready: { readonly form: string };
  /** A submit found problems. */
  readonly problems: { readonly form: string; readonly problems: readonly { field: string; code: string }[] };
  /** The lead is kept on this device. */
  readonly kept: { readonly form: string; readonly id: string; readonly kept: string };
  /** The edge has the lead. Comes once for each lead. */
  readonly received: { readonly form: string; readonly id: string };
  /** The edge refused the lead. */
  readonly refused: { readonly form: string; readonly id: string; readonly code: string; readonly field: string };
  /** The lead will be sent when the connection works. */
  readonly waiting: { readonly form: string; readonly id: string };
  /** The lead could not be kept. */
  readonly dropped: { readonly form: string; readonly id: string; readonly code: string };
}

/** The names of the events of a form, without `leadkit:`. */
export const FORM_EVENTS = ["ready", "problems", "kept", "received", "refused", "waiting", "dropped"] as const;

/** Hears an event of a form. */
export type FormListener = <T extends keyof FormEvents>(type: T, detail: FormEvents[T]) => void;

/** What a component says to get a form. */
export interface MountOptions extends Options {
  /** The name of the form. */
  readonly form: string;
  /** Hears the events of the form. */
  readonly onEvent?: FormListener | undefined;
}

/** The address to which a form posts itself where no script runs. */
export const actionOf = (options: MountOptions): string => settings(options).post(options.form);

/**
 * Makes an element one of the kit's: a `<form>` with fields of the page, or an empty element that is filled with the form
 * as the edge renders it. The core is fetched when somebody comes near. The answer takes everything away again.
 */
export function mountForm(element: HTMLElement, options: MountOptions, load: () => Promise<Connection>): () => void {
  const end = new AbortController();
  const { signal } = end;
  const { onEvent } = options;
  for (const type of FORM_EVENTS) {
    const hear = (event: Event): void => onEvent?.(type, (event as CustomEvent<never>).detail);
    element.addEventListener(`leadkit:${type}`, hear, { signal });
  }
  const bindings: Binding[] = [];
  let binding: Promise<Binding> | undefined;
  const wake = (): Promise<Binding> => {
    binding ??= connect(element, options, load, signal, bindings).catch((error: unknown) => {
      binding = undefined;
      throw error;
    });
    return binding;
  };
  const quietly = (): void => void wake().catch(() => fold(element, false));
  const nearby = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      nearby.disconnect();
      quietly();
    },
    { rootMargin: NEAR },
  );
  const early = (event: SubmitEvent): void => {
    if (event.defaultPrevented || bindings.length > 0) return;
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    wake().then(
      (bound) => bound.submit(),
      // Without the core the form goes the way of a page without scripts.
      () => HTMLFormElement.prototype.submit.call(form),
    );
  };
  element.addEventListener("focusin", quietly, { signal });
  element.addEventListener("submit", early, { signal });
  if (element instanceof HTMLFormElement) {
    prepare(element, options);
    fold(element, true);
    nearby.observe(element);
  } else {
    element.setAttribute("form", options.form);
    void fillElement(element, settings(options).post).then(() => {
      if (signal.aborted) return;
      fold(element, true);
      nearby.observe(element);
    });
  }
  return () => {
    end.abort();
    nearby.disconnect();
    for (const bound of bindings) bound.release();
  };
}

function prepare(form: HTMLFormElement, options: MountOptions): void {
  form.dataset["leadkit"] = options.form;
  if (form.hasAttribute("action")) return;
  form.action = actionOf(options);
  form.method = "post";
}

async function connect(
  element: HTMLElement,
  { form: _form, onEvent: _onEvent, ...options }: MountOptions,
  load: () => Promise<Connection>,
  signal: AbortSignal,
  bindings: Binding[],
): Promise<Binding> {
  const kit = await (await load()).leadkit(options);
  const form = element instanceof HTMLFormElement ? element : element.querySelector("form");
  if (signal.aborted || !form) throw new Error("the form is not there");
  const bound = kit.bind(form);
  bindings.push(bound);
  return bound;
}
