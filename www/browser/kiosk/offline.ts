/** How long the service worker may take until it looks after the page. */
const PATIENCE_MS = 10_000;

/** What keeps the page for the time without a connection. */
export interface Offline {
  /** Keeps these files too; says whether all of them are there. */
  keep(urls: readonly string[]): Promise<boolean>;
  /** Fetches everything anew, to be used from the next load on; says whether something changed. */
  refresh(): Promise<boolean>;
}

const NOTHING: Offline = { keep: () => Promise.resolve(false), refresh: () => Promise.resolve(false) };

/** Has the service worker look after this page, so that all it fetches from here on is kept. */
export async function offline(script: string): Promise<Offline> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return NOTHING;
  try {
    await serviceWorker.register(script, { updateViaCache: "none" });
    await controlled(serviceWorker);
  } catch {
    return NOTHING;
  }
  const ask = (order: object): Promise<boolean> =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data === true);
      serviceWorker.controller?.postMessage(order, [port2]);
    });
  return { keep: (urls) => ask({ keep: urls }), refresh: () => ask({ refresh: true }) };
}

async function controlled(container: ServiceWorkerContainer): Promise<void> {
  if (container.controller) return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no service worker looks after the page")), PATIENCE_MS);
    container.addEventListener(
      "controllerchange",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
