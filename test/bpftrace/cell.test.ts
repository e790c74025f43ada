import { describe, expect, it } from "vitest";
import type { MagicCell } from "../../src/bpftrace/cell.ts";
import { BpftraceError, type LiveProgram, Machine, workloads } from "../../src/index.ts";
import { DISPLAY, LIVE, type MimeBundle } from "../../src/plot/displayable.ts";

interface Magic {
  readonly run: (args: string, body: string, cell: MagicCell) => Promise<LiveProgram | undefined>;
}

/** The magic as a kernel finds it. */
const magic = () =>
  (globalThis as unknown as Record<symbol, Map<string, Magic>>)[Symbol.for("Jupyter.magics")]!.get("bpftrace")!;

const cell: MagicCell = { line: 0, become: () => {} };

async function shown(live: LiveProgram | undefined): Promise<MimeBundle[]> {
  const bundles: MimeBundle[] = [];
  for await (const bundle of live![LIVE]()) bundles.push(bundle);
  return bundles;
}

function busy(): Machine {
  const m = new Machine({ cpus: 2, seed: 7 });
  for (const work of [workloads.webServer({ rate: 300 }), workloads.readFiles(), workloads.logRotation()])
    m.spawn(work);
  return m;
}

describe("%%bpftrace", () => {
  it("runs on the machine that was made last, and shows text and picture", async () => {
    busy();
    const program = "tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }";
    const bundles = await shown(await magic().run("--for 50ms", program, cell));
    const last = bundles.at(-1)!;
    expect(last["text/plain"]).toMatch(/^Attached 1 probe\n\n\n(@\[\w+\]: \d+\n)+$/);
    expect(Object.keys(last)).toContain("image/svg+xml");
  });

  it("with a machine's name the cell becomes TypeScript, whose types are checked", async () => {
    let code = "";
    await magic().run("web --for 1s --side 7", "BEGIN { exit(); }", { line: 0, become: (text) => (code = text) });
    const options = '{"for":"1s","side":true,"args":["7"],"firstLine":2}';
    expect(code).toBe(`display(await web.bpftrace(${options}).live("BEGIN { exit(); }"));`);
  });

  it("what is wrong is told with the lines of the cell, and the place for the kernel to mark", async () => {
    busy();
    const wrong = await magic()
      .run("", "BEGIN { @x = 1; }\nEND { $y }", cell)
      .catch((error: unknown) => error);
    expect(wrong).toBeInstanceOf(BpftraceError);
    expect(String(wrong)).toContain("stdin:3:7-9: ERROR: Undefined or undeclared variable: $y\nEND { $y }\n      ~~");
    expect((wrong as Record<symbol, unknown>)[Symbol.for("Jupyter.place")]).toEqual({ line: 3, column: 7 });
  });

  it("a program that cannot be attached leaves the machine free", async () => {
    const m = busy();
    const live = await m.bpftrace({ for: "10ms" }).live("uprobe:/usr/bin/none:f { @ = count(); }");
    await expect(shown(live)).rejects.toThrow(BpftraceError);
    const bundles = await shown(await m.bpftrace({ for: "10ms" }).live('BEGIN { printf("on\\n"); exit(); }'));
    expect(bundles.at(-1)!["text/plain"]).toContain("on\n");
  });

  it("source, bytecode and output stand side by side where asked", async () => {
    const live = await busy().bpftrace({ for: "20ms", side: true }).live("profile:hz:99 { @ = count(); }");
    const last = (await shown(live)).at(-1)!;
    expect(last["text/html"]).toContain("call bpf_map_lookup_elem#1");
    expect(last["text/plain"]).toMatch(/^program\nprofile:hz:99 .*\n\nbytecode\nprofile:hz:99\n {3}0: /);
  });

  it.each([
    ["--wait", /--wait/],
    ["--release 0.9", /0\.17 or 0\.26/],
  ])("%s is refused", async (args, message) => {
    busy();
    await expect(magic().run(args, "BEGIN {}", cell)).rejects.toThrow(message);
  });
});

describe("pictures of maps", () => {
  const display = async (program: string, span = "100ms") => {
    const result = await busy().bpftrace({ for: span })(program);
    const bundle = await result[DISPLAY]();
    return bundle["application/vnd.vegalite.v5+json"] as
      | { facet?: unknown; mark?: { type: string }; layer?: unknown[]; data: { values: { key: string }[] } }
      | undefined;
  };

  it("counts are bars, the largest first", async () => {
    const spec = await display("tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }");
    expect(spec?.data.values[0]?.key).toBe("webserver");
  });

  it("histograms of several keys are small multiples", async () => {
    const spec = await display("tracepoint:syscalls:sys_exit_read /args.ret >= 0/ { @[comm] = hist(args.ret); }");
    expect(spec?.facet).toBeDefined();
  });

  it("the axis of several histograms has no gaps", async () => {
    const spec = (await display(
      "tracepoint:raw_syscalls:sys_enter { @[1] = hist(3); @[2] = hist(40); }",
      "5ms",
    )) as unknown as { spec: { encoding: { y: { sort: string[] } } } };
    expect(spec.spec.encoding.y.sort).toEqual(["[2, 4)", "[4, 8)", "[8, 16)", "[16, 32)", "[32, 64)"]);
  });

  it("a histogram that is printed again and again is a heat map over time, whether it is cleared or not", async () => {
    const program = (clear: string) =>
      `tracepoint:raw_syscalls:sys_enter { @ = hist(args.id); } interval:ms:10 { print(@); ${clear} }`;
    const pictures = [await display(program("clear(@);")), await display(program(""))];
    for (const spec of pictures) {
      expect(spec?.mark?.type).toBe("rect");
      const cells = spec!.data.values as unknown as { x: number; n: number }[];
      // A column each, but those in which nothing happened.
      expect(new Set(cells.map(({ x }) => x)).size).toBeGreaterThan(7);
      // What came in ten milliseconds, not all so far.
      const last = cells.filter(({ x }) => x === 8).reduce((sum, { n }) => sum + n, 0);
      expect(last).toBeLessThan(cells.reduce((sum, { n }) => sum + n, 0) / 3);
    }
  });

  it("series are lines", async () => {
    const spec = await display('tracepoint:raw_syscalls:sys_enter { @ = tseries(1, 10ms, 20, "sum"); }');
    expect(spec?.mark?.type).toBe("line");
  });

  it("times by thread are no amounts, and are not drawn", async () => {
    expect(await display("tracepoint:raw_syscalls:sys_enter { @[tid] = nsecs; }", "5ms")).toBeUndefined();
  });
});
