import { createElement, type FormHTMLAttributes, type ReactElement, useEffect, useRef } from "react";
import type { Connection } from "../index.js";
import { actionOf, type MountOptions, mountForm } from "../mount.js";

/** What the component takes: the options of the kit, and everything that `<form>` takes. */
export interface LeadFormProps extends MountOptions, Omit<FormHTMLAttributes<HTMLFormElement>, "form" | "action"> {}

/** Makes the component: `<LeadForm form="contact" endpoint=… site=…>`, with fields inside or filled by the edge. */
export function component(load: () => Promise<Connection>): (props: LeadFormProps) => ReactElement {
  // biome-ignore lint/correctness/noComponentHookFactories: it is made once, where the entry is
  return function LeadForm({ form, endpoint, site, base, config, outbox, context, onEvent, children, ...rest }) {
    const element = useRef<HTMLElement>(null);
    const options = Object.fromEntries(
      Object.entries({ form, endpoint, site, base, config, outbox, context }).filter(
        ([, value]) => value !== undefined,
      ),
    ) as unknown as MountOptions;
    // Another function on every rendering is usual; it must not take the form away and back.
    const latest = useRef({ options, onEvent });
    latest.current = { options, onEvent };
    // biome-ignore lint/correctness/useExhaustiveDependencies: the rest of the options is read once, as the kit reads it
    useEffect(() => {
      if (!element.current) return undefined;
      const hear: MountOptions["onEvent"] = (type, detail) => latest.current.onEvent?.(type, detail);
      return mountForm(element.current, { ...latest.current.options, onEvent: hear }, load);
    }, [form, endpoint, site, base, children === undefined]);
    if (children === undefined) return createElement("lead-form", { ref: element, form });
    const own = { ref: element as never, "data-leadkit": form, method: "post", action: actionOf(options) };
    return createElement("form", { ...rest, ...own }, children);
  };
}
