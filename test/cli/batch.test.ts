import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { MOST_MAP_TEXT } from "../../src/cli/batch/answer.ts";
import { answerLine } from "../../src/cli/batch/command.ts";
import { ROOT } from "../support/programs.ts";

/** `r0 = 0; exit` */
const PASS = `b7000000000000009500000000000000`;
const request = (op: string, change: Readonly<Record<string, unknown>> = {}) => ({
  ...{ id: "x", op, type: "xdp", insns: PASS },
  ...(op === "run" ? { data: "00".repeat(64) } : {}),
  ...change,
});
const ask = (op: string, change?: Readonly<Record<string, unknown>>) =>
  JSON.parse(answerLine(JSON.stringify(request(op, change))));

const array = (max: number, value = 8) => ({ type: "array", key: 4, value, max });

describe("maps of an answer", () => {
  it("leaves out a map that is too large to show, and shows the others", () => {
    const { ok, maps } = ask("run", { maps: [array(1, 4), array(80, 4_000_000), array(1_000_000), array(1, 2)] });
    expect(ok).toBe(true);
    expect(maps).toEqual([{ "00000000": "00000000" }, null, null, { "00000000": "0000" }]);
  });

  it("shows as much as there is room for, and the room is for all maps together", () => {
    const half = array(4, MOST_MAP_TEXT / 2 / 8 - 8);
    const { maps } = ask("run", { maps: [half, half, half] });
    expect(maps.map((map: object | null) => map && Object.keys(map).length)).toEqual([4, 4, null]);
  });

  it("takes no more maps than anybody needs", () => {
    const many = Array.from({ length: 1000 }, () => array(100_000));
    expect(ask("run", { maps: many })).toEqual({ id: "x", error: '"maps" has 1000 maps, over 128' });
  });

  it.each(["verify", "run"])("%s refuses a map that Linux cannot create, with its errno", (op) => {
    expect(ask(op, { maps: [array(1), array(4294967295)] })).toMatchObject({ ok: false, errno: "ENOMEM" });
    expect(ask(op, { maps: [array(0)] })).toMatchObject({ ok: false, errno: "EINVAL" });
    expect(ask(op, { maps: [{ ...array(1), key: 8 }] })).toMatchObject({ ok: false, errno: "EINVAL" });
    expect(ask(op, { maps: [{ type: "hash", key: 4, value: 4 << 20, max: 1 }] })).toMatchObject({ errno: "E2BIG" });
  });
});

describe("fields of a request", () => {
  it.each([
    ["engine", "run"],
    ["data", "run"],
    ["repeat", "run"],
    ["timeLimit", "run"],
    ["maps", "verify"],
    ["logLevel", "verify"],
  ])('"%s": null is as if it were left out', (field, op) => {
    const strip = ({ verifyNs, nsPerRun, ...rest }: Record<string, unknown>) => rest;
    expect(strip(ask(op, { [field]: null }))).toEqual(strip(ask(op, { [field]: undefined })));
  });

  it("takes every sum of log bits, as bpf(2) does", () => {
    for (let logLevel = 0; logLevel <= 7; logLevel++) {
      const { ok, log } = ask("verify", { logLevel });
      expect(ok).toBe(true);
      expect(log.includes("stack depth")).toBe((logLevel & 4) !== 0);
      // Level 1 keeps the path that failed, and none did.
      expect(log.includes("exit")).toBe((logLevel & 2) !== 0);
    }
    for (const logLevel of [-1, 8, 1.5, "1"])
      expect(ask("verify", { logLevel })).toEqual({
        id: "x",
        error: '"logLevel" must be a whole number from 0 to 7',
      });
  });

  it("ends a run at its own time limit, with ETIME", () => {
    const got = ask("run", { repeat: 100_000_000, timeLimit: 0.001 });
    expect(got).toMatchObject({
      id: "x",
      ok: false,
      errno: "ETIME",
      error: expect.stringContaining("of 100000000 runs"),
    });
    for (const timeLimit of [0, -1, 601, "5"])
      expect(ask("run", { timeLimit }).error).toBe('"timeLimit" must be a number of seconds above 0, at most 600');
  });
});

describe("refusals always say why", () => {
  it.each(["verify", "run"])("%s of an empty program", (op) => {
    expect(ask(op, { insns: "" })).toMatchObject({
      ...{ ok: false, errno: "E2BIG", error: "The program has no instructions." },
    });
  });

  it("verifying what nobody verifies", () => {
    expect(ask("verify", { type: "raw" })).toMatchObject({
      ...{ ok: false, errno: "EINVAL", error: "The program type is not one that is verified." },
    });
  });
});

describe("a line never ends the batch", () => {
  it("answers an id that nests deeper than the stack", () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    const got = JSON.parse(answerLine(`{"id":${deep},"op":"verify","type":"xdp","insns":"${PASS}"}`));
    expect(got).toMatchObject({ id: null, error: expect.stringContaining("a fault of bpfbook") });
  });

  it("ends quietly where the reader leaves early", async () => {
    const child = spawn(process.execPath, [join(ROOT, "bin", "bpfbook.js"), "batch"]);
    let err = "";
    child.stderr.on("data", (chunk) => (err += chunk));
    child.stdin.on("error", () => {});
    const closed = new Promise((resolve) => child.on("close", (code) => resolve(code)));
    // More answers than a pipe holds, so that the command is waiting for room when its reader goes.
    const line = `${JSON.stringify(request("run", { maps: [array(1000)] }))}\n`;
    child.stdin.write(line.repeat(60));
    child.stdout.once("data", () => child.stdout.destroy());
    expect(await closed).toBe(0);
    expect(err).toBe("");
  });
});
