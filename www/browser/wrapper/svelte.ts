import type { Connection } from "../index.js";
import { type MountOptions, mountForm } from "../mount.js";

/** What `use:leadForm` gives to Svelte. */
export interface Mounted {
  update(options: MountOptions): void;
  destroy(): void;
}

/** Makes the action: `<form use:leadForm={options}>` with fields inside, or `<lead-form use:leadForm={options}>` filled by the edge. */
export function action(load: () => Promise<Connection>): (element: HTMLElement, options: MountOptions) => Mounted {
  return (element, options) => {
    let latest = options;
    const start = (): (() => void) =>
      mountForm(element, { ...latest, onEvent: (type, detail) => latest.onEvent?.(type, detail) }, load);
    let end = start();
    return {
      // Svelte makes new options whenever anything in them may have changed; most often only the function did.
      update(next) {
        const before = key(latest);
        latest = next;
        if (before === key(next)) return;
        end();
        end = start();
      },
      destroy: () => end(),
    };
  };
}

const key = ({ form, endpoint, site, base }: MountOptions): string => JSON.stringify([form, endpoint, site, base]);
