import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Data, Names } from "../../src/bpftrace/output/data.ts";
import { mapJson } from "../../src/bpftrace/output/json.ts";
import type { Entry } from "../../src/bpftrace/output/map-data.ts";
import { mapText } from "../../src/bpftrace/output/map-text.ts";
import { STYLES } from "../../src/bpftrace/output/style.ts";
import type { StackForm } from "../../src/bpftrace/types/type.ts";
import { BpftraceError, type BpftraceOptions, Machine } from "../../src/index.ts";
import { O_RDONLY } from "../../src/linux/open.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";

/** A file of `test/fixtures/bpftrace`: the program that was run, and what it printed. */
function recorded(name: string): { readonly program: string; readonly output: string; readonly json: boolean } {
  const path = fileURLToPath(new URL(`../fixtures/bpftrace/${name}.txt`, import.meta.url));
  const [, options = "", program = "", output = ""] =
    /^### bpftrace (.*?)-e ([\s\S]*?)\n((?:Attaching|stdin|\{"type)[\s\S]*)$/.exec(readFileSync(path, "utf8")) ?? [];
  return { program, output: output.replace(/rc=\d+\n$/, ""), json: options.includes("json") };
}

/** What our bpftrace prints for the program of a file, on a machine that does something. */
async function ours(name: string, prepare: (m: Machine) => void = () => {}, options: BpftraceOptions = {}) {
  const { program, json } = recorded(name);
  const machine = new Machine({ cpus: 1, seed: 7 });
  prepare(machine);
  try {
    const run = machine.bpftrace({ for: "3s", release: "0.17", ...(json && { format: "json" as const }), ...options });
    return (await run(program)).text;
  } catch (error) {
    if (error instanceof BpftraceError) return `${error.message}\n`;
    throw error;
  }
}

const MS = 1e6;
const GETPID = 39;

/** A process that waits and then makes calls. */
function process(
  { linux }: Machine,
  what: { readonly comm: string; readonly ms: number; readonly pid?: number },
  calls: (sys: Sys) => UserCode,
): void {
  const { comm, pid, ms } = what;
  linux.process({
    comm,
    ...(pid !== undefined && { pid }),
    *program(sys) {
      if (ms > 0) yield sys.nanosleep(ms * MS);
      yield* calls(sys);
    },
  });
}

/** Lines of an output by a pattern. */
const lines = (output: string, pattern: RegExp): RegExpExecArray[] => [...output.matchAll(pattern)];

describe("outputs that were recorded, to the byte", () => {
  test.each(["begin", "err_fmt", "err_syntax", "err_type", "err_undef", "err_unknown", "hist_synth"])(
    "%s",
    async (name) => {
      expect(await ours(name)).toBe(recorded(name).output);
    },
  );

  test("maps_synth, but for the time of day, the stack of that Linux, and %%, which was printed twice", async () => {
    const plain = (text: string) =>
      text
        .replace(/\d\d:\d\d:\d\d/, "TIME")
        .replace(/@stk: \n(?:( +\S+\n)+\n)?/, "@stk: \n")
        .replace("%%", "%");
    expect(plain(await ours("maps_synth"))).toBe(plain(recorded("maps_synth").output));
  });

  test.each(["oneliner1", "json1"])("%s: processes that make as many system calls", async (name) => {
    const { output } = recorded(name);
    const counts = lines(output, /(demo_\w+)(?:"|\]): (\d+)/g);
    expect(counts).toHaveLength(4);
    const printed = await ours(name, (m) => {
      for (const [, comm = "", count] of counts)
        process(m, { comm, ms: 0 }, function* (sys): UserCode {
          // The last one is its end.
          for (let call = 1; call < Number(count); call++) yield sys.call(GETPID, []);
        });
    });
    expect(printed).toBe(output);
  });

  test("oneliner2: processes that open the same files", async () => {
    const { output } = recorded("oneliner2");
    const opened = lines(output, /^(demo_\w+) (.*)$/gm);
    expect(opened.length).toBeGreaterThan(100);
    const printed = await ours("oneliner2", (m) => {
      for (const [index, [, comm = "", path = ""]] of opened.entries())
        process(m, { comm, ms: index + 1 }, function* (sys): UserCode {
          yield sys.openat(path, O_RDONLY);
        });
    });
    expect(printed.trimEnd()).toBe(output.trimEnd());
  });

  test("oneliner3: reads of such sizes", async () => {
    const { output } = recorded("oneliner3");
    const unit = (text: string) => Number.parseInt(text, 10) * (text.endsWith("K") ? 1024 : 1);
    const rows = lines(output, /^\[(\d+K?), \d+K?\) +(\d+) /gm);
    const printed = await ours("oneliner3", (m) => {
      m.linux.files.create("/root/data", 10 * 2 ** 20);
      process(m, { comm: "demo_dd", ms: 0 }, function* (sys): UserCode {
        const fd = yield sys.openat("/root/data", O_RDONLY);
        for (const [, from = "", count] of rows)
          for (let read = 0; read < Number(count); read++) yield sys.read(fd, unit(from));
      });
    });
    expect(printed).toBe(output);
  });

  test("json3: five rounds of three programs that read, with the reader behind them", async () => {
    const { output } = recorded("json3");
    // Of each program: the C library's header, the aliases of locales, and what it is there for.
    const own: Readonly<Record<string, readonly number[]>> = {
      demo_cat: [2, 1222],
      demo_dd: [512, 512, 512],
      demo_sleep: [],
    };
    // Elements with the same value come in the order of the hashes, which differs from run to run.
    const equals = (list: string) => list.split(", ").toSorted().join(", ");
    const timeless = (text: string) =>
      text.replace(/\d\d:\d\d:\d\d/g, "TIME").replace(/(?<="@k": \{).*(?=\}{3})/, equals);
    const processes = lines(output, /"(demo_\w+),(\d+)":/g).toSorted((a, b) => Number(a[2]) - Number(b[2]));
    const printed = await ours(
      "json3",
      (m) => {
        m.linux.files.create("/root/data", 10 * 2 ** 20);
        for (const [index, [, comm = "", pid]] of processes.entries())
          process(m, { comm, ms: index + 1, pid: Number(pid) }, function* (sys): UserCode {
            const fd = yield sys.openat("/root/data", O_RDONLY);
            for (const size of [832, 2996, ...own[comm]!]) yield sys.read(fd, size);
          });
      },
      { readEvery: "200ms" },
    );
    expect(timeless(printed)).toBe(timeless(output));
  });

  /** A process for each line that tells of a program's start: at that time, with that pid. */
  const startAll = (m: Machine, output: string, comm: string): void => {
    for (const [, time, pid, words = ""] of lines(output, /^(\d+) +(\d+) (demo_.*)$/gm))
      process(m, { comm, ms: Number(time) + 0.4, pid: Number(pid) }, function* (sys): UserCode {
        yield sys.execve(`/usr/bin/${words.split(" ")[0]}`, function* () {}, words.split(" "));
      });
  };

  test("join: programs are started", async () => {
    const { output } = recorded("join");
    expect(await ours("join", (m) => startAll(m, output, "demo_sh"))).toBe(`${output.trimEnd()}\n\n\n`);
  });

  test.skipIf(!existsSync("/usr/sbin/execsnoop.bt"))("execsnoop.bt: programs are started", async () => {
    const path = fileURLToPath(new URL("../fixtures/bpftrace/tool_execsnoop.bt.txt", import.meta.url));
    const output = readFileSync(path, "utf8").replace(/^###.*\n/, "");
    const m = new Machine({ cpus: 1, seed: 7 });
    startAll(m, output, "demo_sh");
    const { text } = await m.bpftrace({ for: "1s", release: "0.17" })(readFileSync("/usr/sbin/execsnoop.bt", "utf8"));
    expect(text.trimEnd()).toBe(output.trimEnd());
  });

  test.skipIf(!existsSync("/usr/sbin/opensnoop.bt"))("opensnoop.bt: files are opened, or are not there", async () => {
    const path = fileURLToPath(new URL("../fixtures/bpftrace/tool_opensnoop.bt.txt", import.meta.url));
    const output = readFileSync(path, "utf8").replace(/^###.*\n/, "");
    const m = new Machine({ cpus: 1, seed: 7 });
    const rows = lines(output, /^(\d+) +(demo_\w+) +(-?\d+) +(\d+) (.*)$/gm);
    const open = (paths: readonly string[]) =>
      function* (sys: Sys): UserCode {
        // Descriptors 0 to 2 are taken.
        for (let fd = 0; fd < 3; fd++) yield sys.socket();
        for (const file of paths) {
          const fd = yield sys.openat(file, O_RDONLY);
          if (fd >= 0) yield sys.close(fd);
        }
      };
    // What a directory has in it comes before the directory.
    for (const [, , , fd, , file = ""] of rows.toSorted((a, b) => b[5]!.length - a[5]!.length))
      if (fd !== "-1" && m.linux.files.lookup(file) === undefined) m.linux.files.create(file, 100);
    let ms = 0;
    for (const [, pid, comm = ""] of rows.filter(
      (row, at) => row[1] !== rows[at - 1]?.[1] || row[2] !== rows[at - 1]?.[2],
    )) {
      const paths = rows.filter((row) => row[1] === pid && row[2] === comm).map((row) => row[5]!);
      process(m, { comm, pid: Number(pid), ms: ++ms }, open(paths));
    }
    const { text } = await m.bpftrace({ for: "1s", release: "0.17" })(readFileSync("/usr/sbin/opensnoop.bt", "utf8"));
    expect(text.trimEnd()).toBe(output.trimEnd());
  });
});

/** Stacks of the Linux that was recorded: its functions by address, as the text names them. */
class Recorded implements Names {
  readonly #symbols: string[] = [];
  address(symbol: string): bigint {
    const [, hex] = /^([0-9a-f]{8,16}) (?=\S)/.exec(symbol) ?? [];
    if (hex === undefined) return BigInt(this.#symbols.push(symbol) - 1);
    const address = BigInt(`0x${hex}`);
    this.#named.set(address, symbol.slice(hex.length + 1));
    return address;
  }
  readonly #named = new Map<bigint, string>();
  kernel(address: bigint): string {
    return this.#named.get(address) ?? this.#symbols[Number(address)]!;
  }
  user(address: bigint): string {
    return this.kernel(address);
  }
  module = () => undefined;
  username = () => "";
  named = () => "";
  time = () => "";
}

describe("stacks that were recorded, printed again to the byte", () => {
  const stack = (names: Recorded, form: StackForm, text: string): Data => {
    const functions = text.split("\n").map((line) => line.trim());
    const addresses = functions.filter((line) => line !== "").map((line) => names.address(line));
    return { kind: "stack", form, addresses, functions };
  };
  const counted = (key: Data, count: string): Entry => ({
    key,
    value: { kind: "value", data: { kind: "integer", value: BigInt(count) } },
  });
  const withComm = (own: Data, comm: string | undefined): Data =>
    comm === undefined ? own : { kind: "tuple", elements: [own, { kind: "text", text: comm }] };
  const map = (entries: readonly Entry[]) => ({ name: "", entries, labels: [], type: { kind: "void" as const } });

  test.each([
    ["oneliner4", { side: "kernel", mode: "bpftrace", limit: 127 }],
    ["kstack_perf", { side: "kernel", mode: "perf", limit: 3 }],
    ["ustack", { side: "user", mode: "bpftrace", limit: 3 }],
  ] as const)("%s", (name, form) => {
    const names = new Recorded();
    const output = recorded(name).output.replace(/^Attaching 2 probes...\n\n\n/, "");
    const entries = lines(output, /^@\[([^\]]*?)(?:, (\w+))?\]: (\d+)\n/gm).map(([, frames = "", comm, count = ""]) =>
      counted(withComm(stack(names, form, frames), comm), count),
    );
    expect(entries.length).toBeGreaterThan(7);
    expect(mapText(map(entries), names, STYLES["0.17"])).toBe(output);
  });

  test("json4", () => {
    const names = new Recorded();
    const line = recorded("json4").output.split("\n").at(-2)!;
    const held = (JSON.parse(line) as { data: { "@": Record<string, number> } }).data["@"];
    const form: StackForm = { side: "kernel", mode: "bpftrace", limit: 3 };
    const entries = Object.entries(held).map(([key, count]) => {
      const cut = key.lastIndexOf(",");
      return counted(withComm(stack(names, form, key.slice(0, cut)), key.slice(cut + 1)), String(count));
    });
    expect(mapJson(map(entries), names, STYLES["0.17"].stackIndent)).toBe(`${line}\n`);
  });
});
