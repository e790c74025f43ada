import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelspec } from "../../kernel/install/kernelspec.ts";
import { contents, KernelClient, resultText, streamText } from "./kernel-client.ts";

const LAUNCHER = fileURLToPath(new URL("../../bin/bpfbook.js", import.meta.url));

/** An extension as a kernelspec would name it. */
const EXTENSION = `
export const extension = ({ cwd, args }) => ({
  lenientTypes: true,
  cells: {
    weigh: async ({ args: name, body, handed, print, signal }) => {
      if (name === "forever") return new Promise((_, no) => signal.addEventListener("abort", () => no(new Stopped("stopped"))));
      const bytes = handed.get(name);
      if (bytes === undefined) throw new NothingHanded("nothing was handed over as " + name);
      print("weighing " + args.join() + "\\n");
      if (name === "slow") await new Promise((done) => setTimeout(done, 300));
      return { "text/plain": bytes.length + ".0" };
    },
  },
});
class NothingHanded extends Error { name = "NothingHanded" }
class Stopped extends Error { name = "Stopped" }
`;

const HAND = (name: string, text: string) =>
  `(globalThis as any)[Symbol.for("Jupyter.handOver")]("${name}", new TextEncoder().encode("${text}"))`;

describe("an extension of the kernel's parent", () => {
  let client: KernelClient;
  beforeAll(async () => {
    client = await KernelClient.start({}, (file) => {
      const path = join(file, "..", "extension.mjs");
      writeFileSync(path, EXTENSION);
      return [process.execPath, LAUNCHER, "kernel", "start", file, "--extension", path, "--", "with", "scales"];
    });
  });
  afterAll(() => client.stop());

  test("answers its cells in the parent, from what cells have handed over", async () => {
    await client.execute(HAND("a", "12345"));
    const answer = await client.execute("%%weigh a\nwhatever");
    expect(streamText(answer)).toBe("weighing with,scales\n");
    expect(resultText(answer)).toBe("5.0");
    expect(answer.reply["status"]).toBe("ok");
  });

  test("an error has the same name in the output and in the reply", async () => {
    const answer = await client.execute("%%weigh none");
    expect(answer.reply).toMatchObject({ status: "error", ename: "NothingHanded" });
    expect(contents(answer, "error")).toMatchObject([{ ename: "NothingHanded" }]);
  });

  test("no code of the child runs for such a cell, nor writes into it", async () => {
    await client.execute(`
      (globalThis as any)[Symbol.for("Jupyter.magics")] = new Map([["weigh", { doc: "", run: () => 100 }]]);
      (globalThis as any).__magic__ = async () => 100;
      ${HAND("slow", "123")};
      const { writeSync } = await import("node:fs");
      const forge = () => {
        for (let cell = 1; cell < 40; cell++)
          for (const message of [
            { type: "result", cell: String(cell), data: { "text/plain": "100.0" } },
            { type: "clear", cell: String(cell), wait: false },
            { type: "done", cell: String(cell), outcome: "ok", expressions: {} },
          ]) writeSync(3, "\\u001e" + JSON.stringify(message) + "\\n");
        writeSync(2, "raw output\\n");
      };
      setTimeout(forge, 100); setTimeout(forge, 200); undefined`);
    const answer = await client.execute("%%weigh slow");
    expect(resultText(answer)).toBe("3.0");
    expect(contents(answer, "execute_result")).toHaveLength(1);
    expect(contents(answer, "clear_output")).toEqual([]);
    expect(streamText(answer, "stderr")).toBe("");
  });

  test("it is interrupted as any cell", async () => {
    const { id, reply } = client.send("execute_request", { code: "%%weigh forever" });
    await client.waitFor(({ header, parent }) => parent?.msg_id === id && header.msg_type === "execute_input");
    await client.request("interrupt_request", {}, client.control);
    expect(await reply).toMatchObject({ status: "error", ename: "Stopped" });
  });

  test("type errors are warnings on stdout, and the cell runs", async () => {
    const answer = await client.execute('const n: number = "x"; console.log(n + 1); missing()');
    expect(streamText(answer)).toContain("Warning, as types are not graded");
    expect(streamText(answer)).toContain("x1");
    expect(streamText(answer, "stderr")).toBe("");
    expect(answer.reply).toMatchObject({ status: "error", ename: "ReferenceError" });
  });
});

describe("where an extension comes from", () => {
  test("the kernelspec's command line, and nothing else", () => {
    const options = { node: "/n", launcher: "/l" };
    expect(kernelspec({ ...options, extension: { path: "/e.js", args: ["--secret", "/s"] } })).toMatchObject({
      argv: [
        "/n",
        "--disable-sigusr1",
        "/l",
        "kernel",
        "start",
        "{connection_file}",
        "--extension",
        "/e.js",
        "--",
      ].concat(["--secret", "/s"]),
    });
  });

  test("one that cannot be loaded keeps the kernel from starting", async () => {
    const { spawnSync } = await import("node:child_process");
    const file = join(import.meta.dirname, "none.json");
    const { status, stderr } = spawnSync(
      process.execPath,
      [LAUNCHER, "kernel", "start", file, "--extension", "/none.mjs"],
      { encoding: "utf8" },
    );
    expect(status).toBe(1);
    expect(stderr).not.toContain("at ");
  });
});
