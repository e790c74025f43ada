import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ROOT } from "../support/programs.ts";

const folder = mkdtempSync(join(tmpdir(), "bpfbook-verify-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `bpfbook verify` in a process of its own; files are those of the test's folder. */
function verify(
  args: readonly string[],
  input: string | Uint8Array = "",
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "bpfbook.js"), "verify", ...args], { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

const PASS = "b7000000020000009500000000000000";
const LOOKUP = `.map counts, hash, key 4, value 8, entries 64
    *(u32 *)(r10 - 4) = 0
    r2 = r10
    r2 += -4
    r1 = map[counts]
    call map_lookup_elem
    r1 = *(u64 *)(r0 + 0)
    r0 = 2
    exit
`;
writeFileSync(join(folder, "lookup.s"), LOOKUP);

describe("verify prints for people", () => {
  test("accepted: the cost and the listing", async () => {
    expect(await verify(["-"], PASS)).toEqual({
      code: 0,
      out: "✓ stdin (xdp): accepted, processed 2 insns, 0 bytes of stack, 0 states kept\n\n   0: (b7) r0 = 2\n   1: (95) exit\n",
      err: "",
    });
  });

  test("refused: message, place, cause, history, ways out in the text's own form, the lesson; exit code 1", async () => {
    const { code, out, err } = await verify(["lookup.s", "--type", "socket_filter"]);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toMatch(
      /^✗ lookup \(socket_filter\): rejected, EACCES\n {2}R0 invalid mem access 'map_value_or_null'\n/,
    );
    expect(out).toContain("at instruction 6, line 7: r1 = *(u64 *)(r0 + 0)");
    expect(out).toContain("nothing has compared it with 0 on this path");
    expect(out).toContain("+ if r0 == 0 goto skipped");
    expect(out).toContain("More about this message: docs/verifier-messages.md#mem-access");
  });

  test("the log of Linux before it, at the level that is asked for", async () => {
    expect((await verify(["-", "--log-level", "1"], "r0 = 0\nr0 = *(u64 *)(r0 + 0)\nexit")).out).toMatch(
      /^0: R1=ctx\(\) R10=fp0\n0: \(b7\) r0 = 0[\s\S]*\nR0 invalid mem access 'scalar'\nprocessed 2 insns [\s\S]*\n\n✗ stdin/,
    );
    expect((await verify(["-", "--log-level", "2"], PASS)).out).toMatch(/^func#0 @0\nLive regs before insn:\n/);
    expect((await verify(["-", "--log-level", "4"], PASS)).out).toMatch(/stack depth 0\nprocessed 2 insns/);
  });

  test("an empty file is said to be empty", async () => {
    for (const input of ["", "\n  \n"])
      expect(await verify(["-"], input)).toEqual({
        code: 1,
        out: "",
        err: "bpfbook verify: -: there is nothing in it\n",
      });
  });

  test("--no-explain leaves the message", async () => {
    const { out } = await verify(["lookup.s", "--no-explain"]);
    expect(out).toContain("R0 invalid mem access 'map_value_or_null'");
    expect(out).not.toContain("Ways out");
  });

  test("--license and --map", async () => {
    const gpl = "r1 = r10\nr1 += -8\nr2 = 8\nr3 = 0\ncall probe_read_kernel\nr0 = 0\nexit";
    expect((await verify(["-", "--type", "kprobe"], gpl)).code).toBe(0);
    const refused = await verify(["-", "--type", "kprobe", "--license", "MIT"], gpl);
    expect(refused.out).toContain("cannot call GPL-restricted function");
    const raw = "18110000000000000000000000000000b7000000000000009500000000000000";
    expect((await verify(["-"], raw)).code).toBe(1);
    expect((await verify(["-", "--map", "array,4,8,1"], raw)).code).toBe(0);
  });
});

describe("verify of object files", () => {
  const object = (name: string) => join(ROOT, "test", "fixtures", "verifier", `${name}.bpf.o`);

  test("a refusal at the line of C, with a change in C", async () => {
    const { code, out } = await verify([object("map-value-or-null")]);
    expect(code).toBe(1);
    expect(out).toMatch(/^✗ count \(xdp\): rejected, EACCES\n/);
    expect(out).toContain("*count += 1;");
    expect(out).toContain("+ if (!count)");
  });

  test("an acceptance; a program by its name, and one that is not there", async () => {
    expect((await verify([object("safe-counter"), "--program", "count"])).out).toMatch(/^✓ count \(xdp\): accepted/);
    const { code, err } = await verify([object("safe-counter"), "--program", "cuont"]);
    expect(code).toBe(1);
    expect(err).toContain("it holds no program 'cuont'");
  });

  test("an object that is damaged", async () => {
    const { code, err } = await verify(["-"], Buffer.from("7f454c4602010100", "hex"));
    expect(code).toBe(1);
    expect(err).toMatch(/^bpfbook verify: -: /);
  });
});

describe("verify prints JSON", () => {
  test("an acceptance", async () => {
    expect(JSON.parse((await verify(["-", "--json"], PASS)).out)).toEqual({
      ...{ file: "-", name: "stdin", type: "xdp", ok: true, processed: 2, stackDepth: [0] },
      states: { mostPerInsn: 0, total: 0, peak: 0 },
    });
  });

  test("a refusal with its explanation", async () => {
    const { code, out } = await verify(["lookup.s", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ...{ ok: false, errno: "EACCES", error: "R0 invalid mem access 'map_value_or_null'", at: 6 },
      line: { line: 7 },
      explanation: { message: "mem_access", history: [{ at: 5, register: "R0" }], fixes: [{}, {}] },
    });
  });

  test("the log and the exploration, when asked for", async () => {
    const { out } = await verify(
      ["-", "--json", "--record", "--log-level", "1"],
      "r0 = 0\nif r1 == 0 goto +1\nr0 = 1\nexit",
    );
    const { log, exploration } = JSON.parse(out);
    expect(log).toContain("processed");
    expect(exploration.branches.length).toBeGreaterThan(0);
    expect(exploration.branches[0].steps[0]).toMatchObject({ insn: 0, changed: [{ name: "R0", value: "0" }] });
  });
});

describe("mistakes have one clear line", () => {
  test.each([
    [[], "a file with a program is expected"],
    [["a.s", "b.s"], "one file is expected, got also 'b.s'"],
    [["missing.s"], "missing.s: there is no such file"],
    [["-", "--type", "xpd"], "did you mean xdp?"],
    [["-", "--type", "raw"], "are not verified"],
    [["-", "--log-level", "9"], "expected a whole number from 0 to 7"],
    [["-", "--map", "array"], "expected TYPE,KEY,VALUE,ENTRIES"],
    [["-", "--explain"], "unknown option --explain"],
    [["-", "--record"], "--record needs --json"],
    [["-", "--program", "main"], "only object files have several programs"],
  ])("%j", async (args, message) => {
    const { code, out, err } = await verify(args, PASS);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  test("a text that does not assemble: line, column, what was expected", async () => {
    const { code, out, err } = await verify(["-"], "r0 = \nexit");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^bpfbook verify: -:1:/);
  });

  test("a map that cannot be", async () => {
    const { code, err } = await verify(["-", "--map", "array,8,8,1"], PASS);
    expect(code).toBe(1);
    expect(err).toMatch(/^bpfbook verify: /);
  });
});
