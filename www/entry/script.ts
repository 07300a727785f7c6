import { Loader } from "../browser/loader.js";

const script = document.currentScript as HTMLScriptElement;
const load = (name: string) => import(new URL(name, script.src).href);
const loader = new Loader(
  script,
  () => load("core.js"),
  () => load("touch.js"),
);
Object.assign(globalThis, { leadkit: loader.leadkit });
loader.start();
