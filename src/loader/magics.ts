/** The cell magics that the library brings, for whichever kernel asks: `Symbol.for("Jupyter.magics")`. */
import { runAsmCell } from "./asm-cell.ts";
import type { MagicCell } from "./clang/c-cell.ts";

interface Magic {
  readonly doc: string;
  readonly run: (args: string, body: string, cell: MagicCell) => unknown;
}

const MAGICS: Readonly<Record<string, Magic>> = {
  asm: {
    doc: "%%asm NAME [TYPE]: assembly; the next cells have the program under its name",
    run: runAsmCell,
  },
  c: {
    doc: "%%c NAME: compiles eBPF C; the next cells have NAME.open(machine), with types",
    // Runs clang, which a browser cannot: only who compiles needs it.
    run: async (args, body, cell) => (await import("./clang/c-cell.ts")).runCell(args, body, cell),
  },
};

/** Adds them to the map that kernels look into. */
export function registerMagics(): void {
  const shared = globalThis as unknown as Record<symbol, Map<string, Magic> | undefined>;
  const symbol = Symbol.for("Jupyter.magics");
  shared[symbol] ??= new Map();
  for (const [name, magic] of Object.entries(MAGICS)) shared[symbol].set(name, magic);
}
