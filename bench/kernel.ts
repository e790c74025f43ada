/**
 * Prints what a user of the Jupyter kernel waits for, medians over several kernels: start to kernel_info, start to the
 * first typed result, the first cell that imports bpfbook and shows a plot, a typed cell, 20,000 lines.
 *
 *     node bench/kernel.ts [kernels]
 */
import { KernelClient } from "../test/protocol/kernel-client.ts";

const KERNELS = Number(process.argv[2] ?? 5);
const CELLS = 50;

const PLOT = `
import { asm, Machine, map, plot, u32, u64 } from "bpfbook";
const sizes = map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 });
for (let slot = 0; slot < 12; slot++) sizes.set(slot, BigInt(slot * slot));
plot.histogram(sizes);
`;

const results = new Map<string, number[]>();
const record = (what: string, value: number): void => {
  results.set(what, [...(results.get(what) ?? []), value]);
};
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

for (let round = 0; round < KERNELS; round++) {
  const began = performance.now();
  const kernel = await KernelClient.start();
  await kernel.request("kernel_info_request");
  record("start -> kernel_info, ms (goal 400)", performance.now() - began);
  await kernel.execute("const first: number = 41; first + 1");
  record("start -> first typed result, ms (goal 400)", performance.now() - began);
  record("first cell that imports bpfbook and plots, ms (goal 800)", (await kernel.execute(PLOT)).milliseconds);
  const cells: number[] = [];
  for (let cell = 0; cell < CELLS; cell++) {
    const { milliseconds } = await kernel.execute(`const v${cell}: number = first + ${cell}; v${cell}`);
    cells.push(milliseconds);
  }
  record(`typed cell, median of ${CELLS}, ms (goal 10)`, median(cells));
  const lines = await kernel.execute("for (let i = 0; i < 20_000; i++) console.log(i);");
  record("20,000 lines, ms (goal 100)", lines.milliseconds);
  record(
    "20,000 lines, stream messages (goal 50)",
    lines.published.filter(({ header }) => header.msg_type === "stream").length,
  );
  await kernel.stop();
}

for (const [what, values] of results) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  console.log(
    `${what.padEnd(58)} ${median(values).toFixed(1).padStart(8)}   (${least.toFixed(1)} - ${most.toFixed(1)})`,
  );
}
process.exit(0);
