import { Loader } from "../browser/loader.js";

const script = document.currentScript as HTMLScriptElement;
const loader = new Loader(script, () => import(new URL("core.js", script.src).href));
Object.assign(globalThis, { leadkit: loader.leadkit });
loader.start();
