import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseMagics } from "../../kernel/magics/parse.ts";
import { magicScript } from "../../kernel/magics/run.ts";
import { contents, KernelClient, resultText, streamText } from "./kernel-client.ts";

describe("magics in a text", () => {
  test("a cell magic takes the rest, whatever it is", () => {
    const { cell } = parseMagics("\n%%bash -x\nls | grep 'a'\n%who");
    expect(cell).toEqual({ name: "bash", args: "-x", line: 1, body: "ls | grep 'a'\n%who" });
  });

  test("line magics stand before the code; a remainder is no magic", () => {
    const { cell, lines, code } = parseMagics("%check off\n%time a + b\nconst r = a\n%b");
    expect(cell).toBeUndefined();
    expect(lines.map(({ name, args }) => [name, args])).toEqual([
      ["check", "off"],
      ["time", "a + b"],
    ]);
    expect(code).toBe("          \n      a + b\nconst r = a\n%b");
  });

  test("every position stays, in any text", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom("%time x", "%%html", "%%time", "%who", " %check off", "% 5", ""),
    );
    fc.assert(
      fc.property(fc.array(line), (rows) => {
        const text = rows.join("\n");
        const { code } = parseMagics(text);
        expect(code.length).toBe(text.length);
        expect(code.split("\n").length).toBe(text.split("\n").length);
        magicScript(text, ["a"]);
      }),
    );
  });
});

describe("magics in a kernel", () => {
  let kernel: KernelClient;
  beforeAll(async () => {
    kernel = await KernelClient.start();
  });
  afterAll(async () => {
    await kernel.stop();
  });

  test("%%bash runs, fails with its exit code, and is interrupted", async () => {
    expect(streamText(await kernel.execute("%%bash one two\necho $2; echo oops >&2"))).toBe("two\n");
    const failed = await kernel.execute("%%bash\nexit 3");
    expect(failed.reply).toMatchObject({ ename: "BashError", evalue: "bash ended with exit code 3" });
    expect(String(failed.reply["traceback"])).not.toMatch(/kernel\/|node:/);
  });

  test("%%html, %%markdown, %%svg show their text", async () => {
    for (const [name, type] of [
      ["html", "text/html"],
      ["markdown", "text/markdown"],
      ["svg", "image/svg+xml"],
    ]) {
      const answer = await kernel.execute(`%%${name}\n<i>\`x\`</i>`);
      expect(contents(answer, "display_data")).toMatchObject([{ data: { [type!]: "<i>`x`</i>" } }]);
    }
  });

  test("%time and %%time tell the time, the value and the types stay", async () => {
    const line = await kernel.execute("%time [1, 2].map((n) => n * 2)");
    expect(resultText(line)).toBe("[ 2, 4 ]");
    expect(streamText(line)).toMatch(/^took [\d.]+ ms\n$/);
    const cell = await kernel.execute("%%time\nconst timed: number = 5;\ntimed");
    expect(resultText(cell)).toBe("5");
    expect(streamText(cell)).toMatch(/^took/);
    expect((await kernel.execute("%%time\nconst wrong: number = 'x';")).reply).toMatchObject({
      ename: "TypeCheckError",
    });
  });

  test("%check off, %who, %lsmagic, an unknown one", async () => {
    const wrong = "%check off\nconst loose: number = 'x';\nloose";
    expect(resultText(await kernel.execute(wrong))).toBe("'x'");
    await kernel.execute("const first = { a: 1 }; function second() {}");
    expect(streamText(await kernel.execute("%who"))).toMatch(/first +\{ a: 1 \}\nsecond +\[function second\]\n$/);
    expect(streamText(await kernel.execute("%lsmagic"))).toContain("%%bash");
    const unknown = await kernel.execute("%%nope\ntext");
    expect(unknown.reply).toMatchObject({ ename: "UnknownMagicError" });
    expect(String(unknown.reply["traceback"])).not.toContain("file:");
    expect(String(unknown.reply["evalue"])).toContain("there are bash");
  });

  test("a library adds one, in a module or in a cell", async () => {
    writeFileSync(
      join(kernel.folder, "library.ts"),
      `const magics = ((globalThis as any)[Symbol.for("Jupyter.magics")] ??= new Map());
       magics.set("upper", { doc: "capitals", run: (args: string, body: string) => args + body.toUpperCase() });`,
    );
    await kernel.execute('import "./library.ts";');
    expect(resultText(await kernel.execute("%%upper >\nquiet"))).toBe("'>QUIET'");
  });

  test("%reset forgets names, and the session goes on", async () => {
    await kernel.execute("const gone = 1;");
    expect((await kernel.execute("%reset")).reply).toMatchObject({ status: "ok" });
    expect((await kernel.execute("gone")).reply).toMatchObject({ status: "error" });
    expect(resultText(await kernel.execute("2 * 2"))).toBe("4");
    expect(streamText(await kernel.execute("%who"))).toBe("no names yet\n");
  });

  test("positions of errors are those of the cell as typed", async () => {
    const answer = await kernel.execute("%check off\n\nthrow new RangeError('here')");
    expect(String((contents(answer, "error")[0]!["traceback"] as string[]).join("\n"))).toContain("> 3 |");
  });
});
