import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "../support/programs.ts";

/** Runs the real command in a process of its own, as a person would. */
function bpfbook(args: readonly string[], input = ""): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "bpfbook.js"), ...args]);
    let out = "";
    let err = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("close", (code) => resolve({ code, out, err }));
    child.stdin.end(input);
  });
}

describe("bpfbook", () => {
  it("shows its subcommands", async () => {
    const { code, out, err } = await bpfbook(["--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const name of ["batch", "kernel", "nb"]) expect(out).toMatch(new RegExp(`^ {2}${name} `, "m"));
  });

  it("without a command shows the same and fails", async () => {
    expect((await bpfbook([])).code).toBe(2);
  });

  it("says the version of package.json", async () => {
    expect((await bpfbook(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("suggests a command for a near miss", async () => {
    const { code, err } = await bpfbook(["bacth"]);
    expect(code).toBe(2);
    expect(err).toBe("bpfbook: unknown command 'bacth', did you mean 'batch'? See bpfbook --help.\n");
  });

  it("names a command that is like no other, and where to look", async () => {
    const { code, err } = await bpfbook(["frobnicate"]);
    expect({ code, err }).toEqual({ code: 2, err: "bpfbook: unknown command 'frobnicate'. See bpfbook --help.\n" });
  });

  it.each([
    [
      ["nb", "check"],
      "bpfbook nb: usage: bpfbook nb run|check FILE.ipynb... or bpfbook nb build [--check] SOURCE.md...\n",
    ],
    [["nb", "check", "no-such.ipynb"], /^bpfbook nb: .*no-such\.ipynb: no such file\n$/],
    [["batch", "file"], "bpfbook batch: batch takes no arguments, got 'file'\n"],
    [["kernel"], /^bpfbook kernel: usage: /],
    [["kernel", "install", "--sideways"], /^bpfbook kernel: .*--sideways/],
  ])("%j is wrong usage: exit code 2 and what is wrong in the first line", async (args, message) => {
    const { code, err } = await bpfbook(args as string[]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^ {4}at /m);
  });
});

describe("bpfbook batch", () => {
  /** `r0 = 2; exit` */
  const PASS = "b700000002000000" + "9500000000000000";

  const answers = async (lines: readonly string[]) => {
    const { code, out, err } = await bpfbook(["batch"], `${lines.join("\n")}\n`);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  };

  it("answers each line in order, also after a bad one", async () => {
    const got = await answers([
      `{"id":"1","op":"verify","type":"xdp","insns":"${PASS}","logLevel":1}`,
      "this is no JSON",
      '{"id":"3","op":"fly"}',
      '{"id":"4","op":"verify","type":"xdp","insns":"abc"}',
      '{"id":"5","op":"verify","type":"xdp","insns":"9500000000000000"}',
    ]);
    expect(got[0]).toMatchObject({ id: "1", ok: true, processed: 2 });
    expect(got[0].verifyNs).toBeGreaterThan(0);
    expect(got[1]).toMatchObject({ id: null, error: expect.stringContaining("not JSON") });
    expect(got[2]).toEqual({ id: "3", error: '"op" is "fly": expected one of verify, run' });
    expect(got[3]).toMatchObject({ id: "4", error: expect.stringContaining("hex") });
    expect(got[4]).toMatchObject({ id: "5", ok: false, errno: "EACCES", error: "R0 !read_ok" });
  });

  it.each(["jit", "interp"])("runs a program on the %s and shows its maps", async (engine) => {
    // key 1 = 10:  r1=1; *(u32*)(r10-4)=r1; r1=10; *(u64*)(r10-16)=r1; update(map0, r10-4, r10-16, 0); r0=42; exit
    const insns = [
      "b701000001000000",
      "631afcff00000000",
      "b70100000a000000",
      "7b1af0ff00000000",
      "1811000000000000",
      "0000000000000000",
      "bfa2000000000000",
      "07020000fcffffff",
      "bfa3000000000000",
      "07030000f0ffffff",
      "b704000000000000",
      "8500000002000000",
      "b70000002a000000",
      "9500000000000000",
    ].join("");
    const [got] = await answers([
      JSON.stringify({
        id: "2",
        op: "run",
        engine,
        type: "socket_filter",
        insns,
        maps: [{ type: "array", key: 4, value: 8, max: 4 }],
        data: "00".repeat(64),
        repeat: 10,
      }),
    ]);
    expect(got).toMatchObject({ id: "2", ok: true, retval: 42 });
    expect(got.maps).toEqual([
      {
        "00000000": "0000000000000000",
        "01000000": "0a00000000000000",
        "02000000": "0000000000000000",
        "03000000": "0000000000000000",
      },
    ]);
    expect(got.nsPerRun).toBeGreaterThanOrEqual(0);
  });
});
