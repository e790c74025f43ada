/** The cell magic `%%bpftrace`, for whichever kernel asks: `Symbol.for("Jupyter.magics")`. */
import type { MagicCell } from "./cell.ts";

/** Adds it to the map that kernels look into. The whole of bpftrace is read when a cell first asks for it. */
export function registerBpftraceMagic(): void {
  const shared = globalThis as unknown as Record<symbol, Map<string, unknown> | undefined>;
  const symbol = Symbol.for("Jupyter.magics");
  shared[symbol] ??= new Map();
  shared[symbol].set("bpftrace", {
    doc: "%%bpftrace [MACHINE] [--for 10s] [--side]: runs a bpftrace program on a machine, and shows it live",
    run: async (args: string, body: string, cell: MagicCell) => (await import("./cell.ts")).runCell(args, body, cell),
  });
}
