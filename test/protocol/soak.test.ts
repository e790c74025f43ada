/** Random cells, with interrupts, errors and crashes among them: every reply comes, nothing is left behind. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Answer, KernelClient, resultText, streamText } from "./kernel-client.ts";

const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;
const CELLS = NIGHT ? 2000 : 60;
const SEED = 20_261;

/** What a cell does and how it must end. */
interface Kind {
  readonly weight: number;
  readonly code: (n: number) => string;
  readonly ename?: string;
  /** The cell prints "started" and is interrupted then. */
  readonly interrupt?: true;
}

const KINDS: Readonly<Record<string, Kind>> = {
  value: { weight: 30, code: (n) => `const value_${n % 50}: number = ${n}; value_${n % 50}` },
  prints: { weight: 15, code: (n) => `for (let i = 0; i < 200; i++) console.log(${n}, i); ${n}` },
  displays: { weight: 10, code: (n) => `const shown = display.html("<b>${n}</b>"); shown.update(${n}); ${n}` },
  awaits: { weight: 10, code: (n) => `await new Promise(r => setTimeout(r, 2)); ${n}` },
  late: { weight: 5, code: (n) => `setTimeout(() => console.log("late"), 3); ${n}` },
  allocates: { weight: 5, code: (n) => `new Array(200_000).fill(${n}).length; ${n}` },
  compiled: { weight: 3, code: (n) => `enum Color_${n} { red = ${n} }\nColor_${n}.red as number` },
  throws: { weight: 8, code: (n) => `throw new RangeError("cell ${n}")`, ename: "RangeError" },
  typeError: { weight: 5, code: () => `const wrong: number = "text";`, ename: "TypeCheckError" },
  syntaxError: { weight: 3, code: () => "const = 1", ename: "SyntaxError" },
  spins: { weight: 4, code: () => 'console.log("started"); for (;;);', ename: "CellInterrupted", interrupt: true },
  sleeps: {
    weight: 4,
    code: () => 'console.log("started"); for (;;) await new Promise(r => setTimeout(r, 1));',
    ename: "CellInterrupted",
    interrupt: true,
  },
  waits: {
    weight: 4,
    code: () => 'console.log("started"); await new Promise(() => {});',
    ename: "CellInterrupted",
    interrupt: true,
  },
  exits: { weight: 2, code: () => "process.exit(3)", ename: "ProcessExitError" },
};

/** Numbers that are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}

test(
  `${CELLS} random cells`,
  async () => {
    const kernel = await KernelClient.start();
    const next = random(SEED);
    const rows = Object.entries(KINDS).flatMap(([name, kind]) => Array.from({ length: kind.weight }, () => name));
    const memory: number[] = [];
    try {
      for (let n = 0; n < CELLS; n++) {
        const name = rows[Math.floor(next() * rows.length)]!;
        const answer = await runOne(kernel, KINDS[name]!, n);
        const { ename } = KINDS[name]!;
        const expected = ename ? { status: "error", ename } : { status: "ok" };
        expect(answer.reply, `cell ${n}, which ${name}`).toMatchObject(expected);
        if (!ename) expect(resultText(answer), `cell ${n}, which ${name}`).toBe(String(n));
        if (name === "prints") expect(streamText(answer).split("\n")).toHaveLength(201);
        // The client keeps all it has seen; a night of it is not the kernel's memory.
        if (n % 100 === 99) {
          kernel.published.length = 0;
          if (process.platform === "linux") memory.push(residentMegabytes(kernel.process.pid!));
        }
      }
      if (NIGHT && memory.length > 0) expect(memory.at(-1)! - memory[4]!).toBeLessThan(60);
      expect((await kernel.request("comm_info_request")).reply).toEqual({ status: "ok", comms: {} });
      expect(kernel.log).toBe("");
    } finally {
      await kernel.stop();
    }
  },
  NIGHT ? 1_800_000 : 120_000,
);

async function runOne(kernel: KernelClient, kind: Kind, n: number): Promise<Answer> {
  const { id, reply } = kernel.send("execute_request", { code: kind.code(n), stop_on_error: false });
  if (kind.interrupt) {
    await kernel.waitFor(({ header, parent }) => header.msg_type === "stream" && parent?.msg_id === id);
    await kernel.request("interrupt_request", {}, kernel.control);
  }
  const content = await reply;
  await kernel.idle(id);
  return { reply: content, published: kernel.outputsOf(id), milliseconds: 0 };
}
