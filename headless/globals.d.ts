/** What the headless studio uses of WebAssembly: Node has it, its types stand only in TypeScript's library for browsers. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'Module'
  }
  function compile(bytes: Uint8Array): Promise<Module>
}
