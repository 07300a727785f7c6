/** Where the keys of a site's unsent leads begin. The spill is synchronous, small and not safe against every crash. */
const prefix = (site: string): string => `leadkit.spill.${site}.`;
const markerKey = (site: string): string => `leadkit.backlog.${site}`;

/** Storage that may be forbidden: every access can throw, which counts as "not there". */
export function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** Writes a record; says whether it is there. */
export const spill = (site: string, id: string, text: string): boolean =>
  attempt(() => {
    localStorage.setItem(prefix(site) + id, text);
    return true;
  }, false);

export const unspill = (site: string, id: string): void =>
  attempt(() => localStorage.removeItem(prefix(site) + id), undefined);

/** The records of this and of earlier pages. */
export const spilled = (site: string): [id: string, text: string][] =>
  attempt(() => {
    const start = prefix(site);
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(start));
    return keys.map((key) => [key.slice(start.length), localStorage.getItem(key) ?? ""] as [string, string]);
  }, []);

/** Leaves word for the loader of the next page that unsent leads wait; takes it back when there are none. */
export const mark = (site: string, waiting: boolean): void =>
  attempt(() => {
    if (waiting) localStorage.setItem(markerKey(site), "1");
    else localStorage.removeItem(markerKey(site));
  }, undefined);

/** Whether an earlier page left unsent leads. */
export const isMarked = (site: string): boolean =>
  attempt(() => localStorage.getItem(markerKey(site)) !== null || spilled(site).length > 0, false);

/** Removes everything of a site from the synchronous storage: what waits, what was begun, where the visitor came from. */
export const clear = (site: string): void =>
  attempt(() => {
    for (const key of Object.keys(localStorage)) {
      const [own, , name] = key.split(".");
      if (own === "leadkit" && name === site) localStorage.removeItem(key);
    }
  }, undefined);
