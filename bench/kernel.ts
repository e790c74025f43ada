/**
 * Prints what a user of a Jupyter kernel waits for, medians over several kernels: ours from the sources and, after
 * `npm run build`, as the package has it; tslab, Deno and ipykernel where they are installed (in a folder of BENCH_PEERS, in
 * .venv, or on PATH). What only ours does has no figure in the other columns.
 *
 *     npm install --prefix /tmp/peers tslab deno
 *     BENCH_PEERS=/tmp/peers/node_modules/.bin node bench/kernel.ts
 *
 *     node bench/kernel.ts [kernels]
 *
 * On a computer that others use too, as root: `chrt -r 5 node bench/kernel.ts` gives the kernels the processors first, so the
 * figures are those of a quiet one. Processor time is told beside, which depends on others least.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { KernelClient, streamText } from "../test/protocol/kernel-client.ts";
import { missing, type Peer, peers } from "./peers.ts";

const KERNELS = Number(process.argv[2] ?? 3);
const CELLS = 30;
/** What takes longer (ms) is given up: tslab loses the idle after much output. */
const PATIENCE = 20_000;

const PLOT = `
import { asm, Machine, map, plot, u32, u64 } from "bpfbook";
const sizes = map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 });
for (let slot = 0; slot < 12; slot++) sizes.set(slot, BigInt(slot * slot));
plot.histogram(sizes);
`;

const ROWS = {
  info: "start -> kernel_info, ms (goal 400)",
  first: "start -> first typed result, ms (goal 400)",
  processor: "start -> first typed result, ms of processor time",
  plot: "first cell that imports bpfbook and plots, ms (goal 800)",
  cell: `typed cell, median of ${CELLS}, ms (goal 10)`,
  complete: "completion, median of 30, ms",
  inspect: "inspect, median of 30, ms",
  lines: "20,000 lines, ms (goal 100)",
  arrived: "20,000 lines, lines that arrive",
  messages: "20,000 lines, stream messages (goal 50)",
  interrupt: "interrupt of a spin loop, ms to the reply",
  memory: "memory after these cells (PSS), MB: kernel (goal 130)",
  language: "memory after these cells (PSS), MB: language server (goal 120)",
} as const;
type Row = keyof typeof ROWS;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function repeat(count: number, run: (n: number) => Promise<{ milliseconds: number }>): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < count; n++) times.push((await run(n)).milliseconds);
  return median(times);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // it has ended
  }
}

/** A process and all below it. */
function familyOf(root: number): number[] {
  const all = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const parents = new Map(all.map((pid) => [pid, Number(/^PPid:\s*(\d+)/m.exec(read(pid, "status"))?.[1])]));
  const family = [root];
  for (const pid of family) family.push(...all.filter((other) => parents.get(other) === pid));
  return family;
}

/** Milliseconds that a kernel's processes have computed, all threads. */
function* processorTime(root: number): Generator<[Row, number]> {
  if (process.platform !== "linux") return;
  const threads = familyOf(root).flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).map((thread) => read(pid, `task/${thread}/schedstat`)),
  );
  yield ["processor", threads.reduce((total, text) => total + Number(text.split(" ")[0]) / 1e6, 0)];
}

/** Of a kernel and all processes below it; the language server by itself, as it is ended after ten idle minutes. */
function* memory(root: number): Generator<[Row, number]> {
  if (process.platform !== "linux") return;
  const family = familyOf(root);
  const sum = (pids: readonly number[]): number =>
    pids.reduce((total, pid) => total + Number(/^Pss:\s*(\d+)/m.exec(read(pid, "smaps_rollup"))?.[1] ?? 0) / 1024, 0);
  const servers = family.filter((pid) => read(pid, "cmdline").includes("\0--lsp\0"));
  yield ["memory", sum(family.filter((pid) => !servers.includes(pid)))];
  if (servers.length > 0) yield ["language", sum(servers)];
}

/** The figures of one kernel, from its start to its end, in the order in which they were taken. */
async function* figures({ command, own, snippets }: Peer): AsyncGenerator<[Row, number]> {
  const began = performance.now();
  const kernel = await KernelClient.start({}, command);
  try {
    await kernel.request("kernel_info_request");
    yield ["info", performance.now() - began];
    await kernel.execute(snippets.first);
    yield ["first", performance.now() - began];
    yield* processorTime(kernel.process.pid!);
    if (own) yield ["plot", (await kernel.execute(PLOT)).milliseconds];
    yield ["cell", await repeat(CELLS, (n) => kernel.execute(snippets.cell(n)))];
    const at = (code: string) => ({ code, cursor_pos: code.length, detail_level: 0 });
    yield ["complete", await repeat(30, () => kernel.request("complete_request", at(snippets.complete)))];
    yield ["inspect", await repeat(30, () => kernel.request("inspect_request", at(snippets.inspect)))];
    const spinning = kernel.send("execute_request", { code: snippets.spin, allow_stdin: false });
    await kernel.waitFor(({ header, parent }) => header.msg_type === "stream" && parent?.msg_id === spinning.id);
    const asked = performance.now();
    // ipykernel listens to the signal, the others to the message.
    if (command?.("").includes("ipykernel_launcher")) kernel.process.kill("SIGINT");
    else kernel.send("interrupt_request", {}, kernel.control);
    await spinning.reply;
    yield ["interrupt", performance.now() - asked];
    yield* memory(kernel.process.pid!);
    await sleep(300);
    const lines = await kernel.execute(snippets.lines);
    yield ["lines", lines.milliseconds];
    yield ["arrived", streamText(lines).split("\n").length - 1];
    yield ["messages", lines.published.filter(({ header }) => header.msg_type === "stream").length];
  } finally {
    kernel.process.kill("SIGKILL");
    await kernel.stop();
  }
}

const all = peers();
const results = new Map<string, number[]>();
for (const name of missing(all)) console.error(`${name} is not installed: see the head of this file`);
for (let round = 0; round < KERNELS; round++) {
  for (const peer of all) {
    const steps = figures(peer);
    for (;;) {
      const step = await Promise.race([steps.next(), sleep(PATIENCE, undefined, { ref: false })]);
      if (step === undefined) {
        console.error(`${peer.name}: gave no answer within ${PATIENCE / 1000} s; what follows is left out`);
        break;
      }
      if (step.done) break;
      const [row, value] = step.value;
      const key = `${peer.name} ${row}`;
      results.set(key, [...(results.get(key) ?? []), value]);
    }
  }
}

console.log("".padEnd(58) + all.map(({ name }) => name.padStart(12)).join(""));
for (const [row, title] of Object.entries(ROWS)) {
  const cells = all.map(({ name }) => {
    const values = results.get(`${name} ${row}`);
    return (values ? median(values).toFixed(1) : "-").padStart(12);
  });
  console.log(title.padEnd(58) + cells.join(""));
}
process.exit(0);
