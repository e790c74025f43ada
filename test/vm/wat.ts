import wabt from "wabt";

/** A module as WebAssembly text, by wabt, which also checks that it is valid. */
export async function watOf(bytes: Uint8Array): Promise<string> {
  const { readWasm } = await wabt();
  const module = readWasm(bytes, { readDebugNames: false });
  try {
    module.validate();
    return module.toText({ foldExprs: false, inlineExport: false });
  } finally {
    module.destroy();
  }
}
