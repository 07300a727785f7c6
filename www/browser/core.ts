import { LeadkitError } from "../shared/error.js";
import type { ModuleSource } from "./modules.js";

/** The kit of the core, as the glue exports it. */
export interface RawKit {
  load(config: string): string;
  check(form: string, values: string, known: string): string;
  outbox(event: string): string;
}

/** The glue of a level: Wasm, or the same core as plain JavaScript. */
export interface Glue {
  readonly Kit: new (site: string, settings: string, seed: string) => RawKit;
  readonly __wbg_reset_state: () => void;
}

/** How the levels are loaded. The entry knows the addresses. */
export interface Loaders {
  readonly wasm: () => Promise<Glue>;
  readonly plain: () => Promise<Glue>;
  /** What few pages need: checks that are modules of their own, the judging module, packs. */
  readonly modules: () => Promise<ModuleSource>;
}

/** Which level runs. */
export type Level = "wasm" | "plain";

interface Loaded {
  readonly glue: Glue;
  readonly level: Level;
}

/** The types of fields that the core checks itself; the others are for modules. */
export const OWN = /^(name|text|email|choice|number|checkbox|consent|file)$/;

/** After this many traps the core is given up. */
const MAX_TRAPS = 2;

let loading: Promise<Loaded> | undefined;
/** One instance serves all kits of a page, so a trap in one makes all of them anew. */
let generation = 0;
let traps = 0;

/** Loads the core once; a failed load can be repeated. */
function load(loaders: Loaders): Promise<Loaded> {
  loading ??= fallback(loaders).catch((error: unknown) => {
    loading = undefined;
    throw new LeadkitError("core.unavailable", "the core could not be loaded", {}, error);
  });
  return loading;
}

async function fallback({ wasm, plain }: Loaders): Promise<Loaded> {
  try {
    return { glue: await wasm(), level: "wasm" };
  } catch {
    return { glue: await plain(), level: "plain" };
  }
}

/** The core of one kit. Lives through a trap: the instance is made anew, and `restored` tells whoever kept state in it. */
export class Core {
  /** Called after a trap, when the new instance knows the configuration again. */
  restored: (() => void) | undefined;
  readonly level: Level;
  private kit: RawKit;
  /** Which instance answers. What an earlier one ordered is not reported to this one. */
  generation = generation;
  private config = "";

  private constructor(
    private readonly loaded: Loaded,
    private readonly make: () => RawKit,
  ) {
    this.level = loaded.level;
    this.kit = make();
  }

  static async open(loaders: Loaders, site: string, settings: object): Promise<Core> {
    const loaded = await load(loaders);
    const seed = () => crypto.getRandomValues(new Uint32Array(1)).join("");
    return new Core(loaded, () => new loaded.glue.Kit(site, JSON.stringify(settings), seed()));
  }

  /** Takes a configuration. */
  load(config: string): void {
    const answer = this.call((kit) => kit.load(config));
    if (answer !== "") {
      throw new LeadkitError(
        "config.invalid",
        "the configuration is not valid",
        JSON.parse(answer) as Record<string, unknown>,
      );
    }
    this.config = config;
  }

  /** Checks values; an empty answer means that there is no such form. */
  check(form: string, values: string, known: string): string {
    return this.call((kit) => kit.check(form, values, known));
  }

  /** Tells the outbox a fact. A trap loses nothing: the outbox is restored from the store. */
  outbox(event: string): string {
    return this.call((kit) => kit.outbox(event));
  }

  private call(work: (kit: RawKit) => string): string {
    if (traps >= MAX_TRAPS) throw new LeadkitError("core.failed", "the core was given up after two traps");
    try {
      if (this.generation !== generation) this.restore();
      return work(this.kit);
    } catch (error) {
      traps += 1;
      if (traps >= MAX_TRAPS || !this.reset()) {
        traps = MAX_TRAPS;
        throw new LeadkitError("core.failed", "the core was given up after two traps", {}, error);
      }
      return work(this.kit);
    }
  }

  /** Makes a new instance; says whether that worked. */
  private reset(): boolean {
    try {
      this.loaded.glue.__wbg_reset_state();
      generation += 1;
      this.restore();
      return true;
    } catch {
      return false;
    }
  }

  private restore(): void {
    this.generation = generation;
    this.kit = this.make();
    if (this.config !== "") this.kit.load(this.config);
    queueMicrotask(() => this.restored?.());
  }
}
