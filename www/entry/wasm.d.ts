/** workerd takes Wasm only as a module that was compiled before it starts. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
