import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { render } from "../../src/plot/registry.ts";
import {
  type LoadedProgramView,
  type MachineView,
  type MapView,
  type RunView,
  registerViews,
  type ShownExplanation,
  type VerdictView,
} from "../../src/views/index.ts";
import { accepted, compiled, countReads, dropUdp, rejected } from "./fixtures.ts";

beforeAll(registerViews);

/** Both forms of a value, as a cell would show it. */
async function show(kind: string, value: unknown): Promise<{ html: string; text: string }> {
  const bundle = await render(kind, value);
  expect(Object.keys(bundle)).toEqual(["text/html", "text/plain"]);
  const shown = { html: String(bundle["text/html"]), text: String(bundle["text/plain"]) };
  expect(shown.html).toMatch(/^<div role="group" aria-label="[^"]+"/);
  // Inert, and nothing is fetched.
  expect(shown.html).not.toMatch(/<script|<link|<img|<iframe|<style|\son[a-z]+=|url\(|https?:/i);
  expect(shown.html).not.toMatch(/undefined|\[object/);
  expect(shown.text).not.toMatch(/undefined|\[object/);
  expectBalanced(shown.html);
  return shown;
}

/** Every tag is closed in order. */
function expectBalanced(markup: string): void {
  const open: string[] = [];
  for (const [, slash, name] of markup.matchAll(/<(\/?)([a-z]+)/g))
    if (slash) expect(open.pop()).toBe(name);
    else if (name !== "br" && name !== "wbr") open.push(name);
  expect(open).toEqual([]);
}

const explanation: ShownExplanation = {
  cause: "bpf_map_lookup_elem returns NULL for a key that is not in the map.",
  history: [{ at: 6, register: "R0", value: "map_value_or_null(id=1)" }],
  fixes: [
    {
      title: "Test for NULL before the access",
      diff: "     call bpf_map_lookup_elem\n+    if r0 == 0 goto out\n-    r1 = 7",
      program: countReads,
    },
    { title: "Use an array, whose elements are always there", program: countReads },
  ],
};

describe("every kind in both forms", () => {
  const packet = Uint8Array.from({ length: 42 }, (_, i) => i * 5);
  const sizes = Object.assign(
    [
      [1, 5n],
      [12, 123456n],
    ] as const,
    { name: "sizes", type: "hash", maxEntries: 64 },
  );
  const values: Record<string, readonly [string, unknown]> = {
    program: ["program", dropUdp],
    "program-compiled": ["program", compiled],
    "loaded-program": [
      "loaded-program",
      { id: 3, spec: dropUdp, program: { verdict: accepted, engine: "jit" } } satisfies LoadedProgramView,
    ],
    "verdict-accepted": ["verdict", { program: dropUdp, verdict: accepted } satisfies VerdictView],
    "verdict-rejected": ["verdict", { program: countReads, verdict: rejected } satisfies VerdictView],
    "verdict-explained": ["verdict", { program: countReads, verdict: rejected, explanation } satisfies VerdictView],
    map: ["map", sizes satisfies MapView],
    run: [
      "run",
      {
        program: "drop_udp",
        retval: 1,
        verdict: "XDP_DROP",
        dataOut: packet,
        dataIn: packet.with(20, 0),
        registers: [1n, -1n, 0xffff_8880_0000_1000n],
        steps: 9,
      } satisfies RunView,
    ],
    machine: [
      "machine",
      {
        now: 1_500_000n,
        cpus: 2,
        seed: 7,
        tasks: [{ pid: 1, comm: "init", state: "sleeping" }],
        asleep: 0,
        programs: [
          {
            id: 1,
            name: "count_reads",
            type: "tracepoint",
            hooks: [{ name: "tracepoint:syscalls:sys_exit_read", events: 3 }],
          },
          { id: 2, name: "idle", type: "xdp", hooks: [] },
        ],
        cpuRows: [
          { running: "idle", waiting: [], user: 0, system: 0, idle: 10 },
          { running: "nginx 1000", waiting: ["curl 1001"], user: 6, system: 2, idle: 2 },
        ],
        devices: [{ name: "eth0", traffic: "3 packets received, 4 sent", programs: ["drop (XDP native)"] }],
        maps: [{ id: 1, name: "sizes", type: "hash" }],
      } satisfies MachineView,
    ],
  };

  test.each(Object.entries(values))("%s", async (name, [kind, value]) => {
    const { html, text } = await show(kind, value);
    await expect(`${html.replaceAll("<tr", "\n<tr")}\n`).toMatchFileSnapshot(`__snapshots__/${name}.html`);
    await expect(`${text}\n`).toMatchFileSnapshot(`__snapshots__/${name}.txt`);
  });
});

describe("a verdict", () => {
  test("that is rejected names message, errno, line, and the way of the register", async () => {
    const { text, html } = await show("verdict", { program: countReads, verdict: rejected });
    expect(text).toContain("✗ count_reads (tracepoint): rejected, EACCES\n  R0 invalid mem access 'map_value_or_null'");
    expect(text).toContain("at instruction 8, line 8: lock *(u64 *)(r0 + 0) += r1  // no test for NULL");
    expect(text).toMatch(/↓ {2}6 {2}\(85\) call bpf_map_lookup_elem#1 .* a map value, or NULL: not tested yet/);
    expect(text).toMatch(/^--> {4}8: \(db\)/m);
    expect(html).toContain("✗ here");
    expect(html).toContain("<summary>The verifier's log (11 lines)</summary>");
  });

  test("shows an explanation in place of what the log tells", async () => {
    const { text, html } = await show("verdict", { program: countReads, verdict: rejected, explanation });
    expect(text).toContain(explanation.cause);
    expect(text).toContain("1. Test for NULL before the access");
    expect(text).toContain("2. Use an array");
    expect(html).toMatch(/<ins[^>]*>\+ {4}if r0 == 0 goto out<\/ins>/);
    expect(html).toMatch(/<del[^>]*>- {4}r1 = 7<\/del>/);
  });

  test("without log, place or errno is still a clear sentence", async () => {
    const bare = { ok: false, error: "unreachable insn 3", log: "", processed: 0, stackDepth: [], facts: [] };
    const { text, html } = await show("verdict", { program: dropUdp, verdict: bare });
    expect(text).toMatch(/^✗ drop_udp \(xdp\): rejected, EINVAL\n {2}unreachable insn 3\n/);
    expect(html).not.toContain("<details>");
  });

  test("of an empty program is no crash", async () => {
    const program = { ...dropUdp, insns: [], lines: [] };
    expect((await show("verdict", { program, verdict: { ...accepted, log: "" } })).text).toContain("✓");
  });
});

describe("a program", () => {
  test("counts slots as Linux does and names maps", async () => {
    const { text, html } = await show("program", compiled);
    expect(text).toContain(
      "; count = &counts[1];\n   0: (18) r1 = map[<counts>][0]+8\n; return XDP_PASS; /* <b> */\n   2: (b7) r0 = 2\n   3: (95) exit",
    );
    expect(html).toContain("map[&#60;counts&#62;][0]+8");
  });

  test("of many instructions is shown in part, around the wrong one", async () => {
    const nop = { code: 0xbf, dst: 1, src: 1, offset: 0, imm: 0 };
    const program = { ...dropUdp, insns: Array(5000).fill(nop), lines: undefined };
    const plain = await show("program", program);
    expect(plain.text).toMatch(/ {3}0: [\s\S]* 249: .*\ninstructions 0 to 249, 250 of 5,000$/);
    expect(plain.html.length).toBeLessThan(150_000);
    const wrong = await show("verdict", { program, verdict: { ...rejected, at: 4000 } });
    expect(wrong.text).toMatch(/^--> 4000: /m);
    expect(wrong.text).toMatch(/instructions 3812 to 4061, 250 of 5,000$/);
    const last = await show("verdict", { program, verdict: { ...rejected, at: 4999 } });
    expect(last.text).toMatch(/instructions 4750 to 4999/);
  });
});

describe("a map", () => {
  const named = (pairs: Iterable<readonly [unknown, unknown]>, name = "m") =>
    Object.assign([...pairs], { name, type: "hash", maxEntries: 1000 });

  test("spreads structs over columns", async () => {
    const { text } = await show("map", named([[{ pid: 5, comm: "sh" }, { n: 1n }]]));
    expect(text.split("\n")[1]).toBe("key.pid  key.comm  value.n");
  });

  test("of mixed values has one column", async () => {
    const { text } = await show("map", named([[1, { a: 1 }], [2, 7]])); // biome-ignore format: pairs
    expect(text).toContain("{ .a = 1 }");
    expect(text.split("\n")[1].trim()).toMatch(/^key\s+value$/);
  });

  test("shows bytes in hex and lists in brackets", async () => {
    const { text } = await show("map", named([[Uint8Array.of(1, 255), [1n, 2n]]]));
    expect(text).toContain("01 ff");
    expect(text).toContain("[1, 2]");
  });

  test("shows twenty rows and how many more there are", async () => {
    const { text, html } = await show("map", named(Array.from({ length: 1234 }, (_, i) => [i, 0])));
    expect(text).toContain("1,234 elements of at most 1,000");
    expect(text.split("\n")).toHaveLength(23);
    expect(text).toMatch(/and 1,214 more$/);
    expect(html.match(/<tr/g)).toHaveLength(21);
  });

  test("that is empty says so", async () => {
    expect((await show("map", named([]))).text).toBe("m (hash): 0 elements of at most 1,000");
  });

  test("of numbers stands by key, whatever the order of hashes; other keys stay as they come", async () => {
    const keys = async (pairs: [unknown, unknown][]) =>
      (await show("map", named(pairs))).text.split("\n").slice(2).map((row) => row.trim().split(/\s/)[0]); // biome-ignore format: short
    expect(await keys([[15, 1], [8, 1], [-2, 1], [100, 1]])).toEqual(["-2", "8", "15", "100"]); // biome-ignore format: pairs
    expect(await keys([[2n ** 63n, 1], [9n, 1]])).toEqual(["9", String(2n ** 63n)]); // biome-ignore format: pairs
    expect(await keys([["sh", 1], ["cat", 1]])).toEqual(["sh", "cat"]); // biome-ignore format: pairs
    const many = Array.from({ length: 100 }, (_, i): [unknown, unknown] => [99 - i, 0]);
    expect((await keys(many)).slice(0, 3)).toEqual(["0", "1", "2"]);
  });

  test("that is empty says why, where it knows it", async () => {
    const { text, html } = await show("map", Object.assign(named([]), { emptyReason: "Nobody <b> wrote." }));
    expect(text).toBe("m (hash): 0 elements of at most 1,000. Nobody <b> wrote.");
    expect(html).toContain("Nobody &#60;b&#62; wrote.");
  });

  test("of a machine tells its facts in its types", async () => {
    const view = Object.assign([[1, 2]], { name: "m", types: { type: "array", maxEntries: 4 } });
    expect((await show("map", view)).text).toContain("m (array): 1 element of at most 4");
  });

  test("survives any values, and never lets them become markup", async () => {
    const value = fc.oneof(fc.anything({ withBigInt: true, withTypedArray: true }), fc.constant("</td><script>"));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { maxLength: 5 }), fc.string(), async (pairs, name) => {
        const bundle = await render("map", named(pairs, name));
        expect(bundle["text/html"]).not.toContain("<script");
        expectBalanced(String(bundle["text/html"]));
      }),
    );
  });
});

describe("a run", () => {
  const base = { program: "p", retval: 0, dataOut: new Uint8Array(0) };

  test("names negative results as signed", async () => {
    const { text } = await show("run", { ...base, retval: 0xffff_ffff, verdict: "TC_ACT_UNSPEC" });
    expect(text).toMatch(/^p returned TC_ACT_UNSPEC \(-1\)/);
  });

  test("marks bytes that changed, also those added", async () => {
    const run = { ...base, dataOut: Uint8Array.of(1, 2, 3), dataIn: Uint8Array.of(1, 9) };
    const { text, html } = await show("run", run);
    expect(text).toContain("Packet after the run: 3 bytes, 2 before, 2 changed");
    expect(text).toContain("0000  01 [02][03]");
    expect(html.match(/<mark/g)).toHaveLength(2);
  });

  test("without a packet shows none; flow keys are not compared with the packet", async () => {
    expect((await show("run", { ...base, type: "kprobe", dataIn: new Uint8Array(0) })).text).toBe("p returned 0");
    const keys = { ...base, type: "flow_dissector", dataIn: Uint8Array.of(9, 9), dataOut: Uint8Array.of(14) };
    const { text } = await show("run", keys);
    expect(text).toMatch(/\nFlow keys: 1 byte\n0000 {2}0e /);
  });

  test("shows printable characters beside the bytes, escaped", async () => {
    const { html } = await show("run", { ...base, dataOut: new TextEncoder().encode("GET <x>\n") });
    expect(html).toContain("GET &#60;x&#62;.");
  });

  test("shows 256 bytes of a long packet", async () => {
    const { text } = await show("run", { ...base, dataOut: new Uint8Array(1500) });
    expect(text).toContain("00f0");
    expect(text).not.toContain("0100");
    expect(text).toMatch(/and 1244 more bytes$/);
  });
});

describe("a machine", () => {
  const base: MachineView = { now: 0n, cpus: 1, seed: 1, tasks: [], asleep: 0, programs: [], maps: [] };

  test.each([
    [0n, "0 ns"],
    [999n, "999 ns"],
    [1_500n, "1.5 us"],
    [10_000_000_000n, "10 s"],
    [1_234_567_891n, "1.234568 s"],
  ])("of %s ns is at %s", async (now, text) => {
    expect((await show("machine", { ...base, now })).text).toContain(`at ${text} of virtual time`);
  });

  test("leaves empty tables out and cuts long ones", async () => {
    const tasks = Array.from({ length: 50 }, (_, i) => ({ pid: i, comm: `t${i}`, state: "running" }));
    const { text, html } = await show("machine", { ...base, tasks });
    expect(text).toMatch(/50 tasks\n/);
    expect(text).toMatch(/and 38 more$/);
    expect(html.match(/<table/g)).toHaveLength(1);
  });
});
