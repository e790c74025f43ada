import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ROOT } from "../support/programs.ts";

const folder = mkdtempSync(join(tmpdir(), "bpfbook-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `bpfbook run` in a process of its own; files are those of the test's folder. */
function run(
  args: readonly string[],
  input: string | Uint8Array = "",
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "bpfbook.js"), "run", ...args], { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

writeFileSync(
  join(folder, "mark.s"),
  `.map seen, hash, key 4, value 8, entries 4
    r2 = *(u32 *)(r1 + 0)   // data
    r3 = *(u32 *)(r1 + 4)
    r4 = r2
    r4 += 14
    r0 = 1
    if r4 > r3 goto out
    *(u8 *)(r2 + 3) = 7
    *(u32 *)(r10 - 4) = 5
    *(u64 *)(r10 - 16) = 77
    r1 = map[seen]
    r2 = r10
    r2 += -4
    r3 = r10
    r3 += -16
    r4 = 0
    call map_update_elem
    r0 = 2
out: exit
`,
);

describe("run prints for people", () => {
  test("the verdict by its name, r0, instructions, what changed in the packet, the maps", async () => {
    const { code, out, err } = await run(["mark.s", "--data", "00".repeat(16)]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(`mark (xdp): 19 slots, verified
returned XDP_PASS (2), r0 = 0x2
18 instructions executed
packet: 16 bytes, 1 changed
0000  00  00  00 [07] 00  00  00  00  00  00  00  00  00  00  00  00  ................
map seen (hash): 1 of 4 elements
  5: 77
`);
  });

  test("a trace: every instruction as written, and what it changed", async () => {
    const { out } = await run(["mark.s", "--trace"]);
    expect(out).toMatch(/^ {4}1 {4}0: r2 = \*\(u32 \*\)\(r1 \+ 0\) +r2 = 0xffff8880\w+$/m);
    expect(out).toMatch(/^ {4}7 {4}6: \*\(u8 \*\)\(r2 \+ 3\) = 7 +\[packet\+3\] = 07$/m);
    expect(out).toMatch(/^ {4}8 {4}7: \*\(u32 \*\)\(r10 - 4\) = 5 +\[fp-4\] = 05000000$/m);
    expect(out).toMatch(/^1 of 4 elements|1 of 4 elements$/m);
  });

  test("a trace of few steps says that it goes on", async () => {
    expect((await run(["mark.s", "--trace", "--steps", "3"])).out).toMatch(
      /^and so on: the trace ends after 3 instructions$/m,
    );
  });
});

describe("run prints JSON", () => {
  test.each(["jit", "interp"])("on %s", async (engine) => {
    const { code, out } = await run(["mark.s", "--data", "00".repeat(14), "--json", "--engine", engine]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      ...{ ok: true, retval: 2, r0: "0x2", verdict: "XDP_PASS", executed: 18 },
      ...{ dataOut: `000000070000${"00".repeat(8)}`, maps: [{ "05000000": "4d00000000000000" }] },
    });
  });

  test("a failure too", async () => {
    const { code, out, err } = await run(["-", "--json"], "exit");
    expect([code, err]).toEqual([1, ""]);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      errno: "EACCES",
      error: expect.stringContaining("R0 !read_ok"),
    });
  });
});

describe("a program", () => {
  test("comes from hexadecimal digits, from bytes, from stdin", async () => {
    const bytes = Uint8Array.of(0xb7, 0, 0, 0, 5, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);
    const returned = async (input: string | Uint8Array) =>
      (await run(["-", "--type", "raw"], input)).out.split("\n")[1];
    expect(await returned("b700000005000000 // r0 = 5\n95000000 00000000")).toBe("returned 5, r0 = 0x5");
    expect(await returned(bytes)).toBe("returned 5, r0 = 0x5");
    expect(await returned("mov %r0, 5\nexit")).toBe("returned 5, r0 = 0x5");
  });

  test("may name maps by their number", async () => {
    const lookup = "6318fcff00000000";
    const insns = `7a0afcff00000000${lookup}`;
    expect((await run(["-", "--type", "raw", "--map", "array,4,8"], insns)).err).toMatch(
      /expected TYPE,KEY,VALUE,ENTRIES/,
    );
    const load = "1811000000000000 0000000000000000 b700000000000000 9500000000000000";
    const { code, out } = await run(["-", "--map", "array,4,8,2"], load);
    expect([code, out]).toEqual([0, expect.stringContaining("map map0 (array): 0 of 2 elements not zero")]);
  });

  test("runs again on what the run before left", async () => {
    const count = "r2 = *(u8 *)(r1 + 0)\nr2 += 1\n*(u8 *)(r1 + 0) = r2\nr0 = r2\nexit";
    const { out } = await run(["-", "--type", "raw", "--data", "00", "--repeat", "5"], count);
    expect(out).toContain(
      "returned 5, the last of 5 runs\n5 instructions executed in the first run\nmemory: 1 byte, 1 changed",
    );
  });
});

describe("only what there is gets a line", () => {
  test("flow keys are not compared with the packet; a context that nobody gave is not shown", async () => {
    const { out } = await run(["-", "--type", "flow_dissector"], "r0 = 0\nexit");
    expect(out).toContain("\nflow keys: 56 bytes\n0000  0e  00  0e  00 ");
    const byHand = await run(["-", "--type", "kprobe"], "r0 = 0\nexit");
    expect(byHand.out).not.toContain("context");
    expect((await run(["-", "--type", "kprobe", "--context", "0102"], "r0 = 0\nexit")).out).toContain(
      "context:\n0000  01  02 ",
    );
  });
});

describe("mistakes give one clear line", () => {
  test.each([
    [["-"], "r0 = r11", 1, /^bpfbook run: -:1:6: there is no register r11.*\nr0 = r11\n {5}\^~~\n$/],
    [
      ["-"],
      "r0 = 1\n\nr1 = *(u8 *)(r2 + 0)\nexit",
      1,
      /^bpfbook run: -:3: the verifier refuses it: R2 !read_ok \(EACCES\)\n$/,
    ],
    [
      ["-", "--type", "raw"],
      "r0 = *(u8 *)(r1 + 0)\nexit",
      1,
      /^bpfbook run: -:1: instruction 0: 1 byte at \w+ begins right at the end of memory.*\n$/,
    ],
    [["-", "--type", "raw"], "1: goto 1b\nexit", 1, /did not end within 10000000 instructions\n$/],
    [["-", "--type", "kprobe", "--data", "00"], "r0 = 0\nexit", 1, /take no packet/],
    [["-", "--type", "cgroup_sock"], "r0 = 1\nexit", 1, /have no test run \(ENOTSUPP\)/],
    [["-", "--type", "netfilter"], "r0 = 1\nexit", 1, /have no test run in bpfbook yet, though Linux has one/],
    [["-", "--type", "sk_lookup"], "r0 = 1\nexit", 1, /no context/],
    [["-", "--data", "00"], "r0 = 0\nexit", 1, /a packet of 1 bytes/],
    [["-"], "\u007fELF", 1, /this is an object file/],
    [["-"], "95", 1, /1 bytes are no whole number of 8-byte instructions/],
    [[], "", 2, /a file with a program is expected/],
    [["none.s"], "", 2, /none\.s: there is no such file/],
    [["mark.s", "more.s"], "", 2, /one file is expected, got also 'more\.s'/],
    [["mark.s", "--typ", "xdp"], "", 2, /unknown option --typ, did you mean --type\?/],
    [["mark.s", "--type", "xpd"], "", 2, /did you mean xdp\?/],
    [["mark.s", "--engine", "jut"], "", 2, /did you mean jit\? It is one of jit, interp/],
    [["mark.s", "--repeat", "0"], "", 2, /expected a whole number from 1 to/],
    [["mark.s", "--data", "xy"], "", 2, /--data: "x" is no hexadecimal digit/],
    [["mark.s", "--data"], "", 2, /--data needs a value/],
    [["--conformance"], "", 2, /needs files/],
  ])("%j with %j", async (args, input, code, message) => {
    const answer = await run(args as string[], input);
    expect(answer.err).toMatch(message);
    expect([answer.code, answer.out]).toEqual([code, ""]);
    expect(answer.err.startsWith("bpfbook run: ")).toBe(true);
    expect(answer.err).not.toMatch(/^ +at /m);
  });
});
