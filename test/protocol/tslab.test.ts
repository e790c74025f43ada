import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contents, KernelClient, resultText, streamText } from "./kernel-client.ts";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

/** Executes a cell that must succeed. */
async function cell(code: string) {
  const answer = await kernel.execute(code);
  expect(answer.reply).toMatchObject({ status: "ok" });
  return answer;
}

const shown = async (code: string): Promise<unknown[]> =>
  contents(await cell(code), "display_data").map(({ data }) => data);

test("the kinds of cells that tslab's guide shows", async () => {
  expect(streamText(await cell("console.log(`Hello`)\nconsole.log('Node.js: ' + process.version)"))).toMatch(
    /^Hello\nNode\.js: v24/,
  );
  await cell(`/** the slow way */
function fib(n: number): number {
    if (n > 1) {
        return fib(n - 1) + fib(n - 2);
    }
    return 1;
}`);
  const block = await cell("{\n    const n = 10;\n    console.log('fib of', n, 'is', fib(n))\n}");
  expect(streamText(block)).toBe("fib of 10 is 89\n");
  const classes = await cell(`
interface Hello {
    getMessage(): string;
}
class HelloImpl implements Hello {
    private name: string;
    constructor(name: string) {
        this.name = name;
    }
    getMessage(): string {
        return \`Hello, \${this.name}!\`;
    }
}
function printMessage(h: Hello) {
    console.log(h.getMessage());
}
printMessage(new HelloImpl('you'));`);
  expect(streamText(classes)).toBe("Hello, you!\n");
  const slept = await cell(`let sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
await sleep(5);
"slept"`);
  expect(resultText(slept)).toBe("'slept'");
  expect(resultText(await cell("// not awaited\nsleep(5);"))).toMatch(/^Promise \{ <pending> \}/);
});

test("every method of its display, with types", async () => {
  writeFileSync(join(kernel.folder, "pixel.png"), Buffer.from([0x89, 0x50, 0x4e, 0x47]));
  await cell('import fs from "fs";\nimport * as tslab from "tslab";');
  expect(await shown("tslab.display.html('<b>Type</b>Script')")).toEqual([{ "text/html": "<b>Type</b>Script" }]);
  expect(await shown('tslab.display.png(fs.readFileSync("pixel.png"));')).toEqual([{ "image/png": "iVBORw==" }]);
  const all = await shown(`
    tslab.display.javascript("1"); tslab.display.markdown("*a*"); tslab.display.latex("$a$"); tslab.display.svg("<svg/>");
    tslab.display.jpeg(new Uint8Array([1])); tslab.display.gif(new Uint8Array([2])); tslab.display.pdf(new Uint8Array([3]));
    tslab.display.text("plain"); tslab.display.raw("application/json", "[1]");`);
  expect(all).toEqual([
    { "text/javascript": "1" },
    { "text/markdown": "*a*" },
    { "text/latex": "$a$" },
    { "image/svg+xml": "<svg/>" },
    { "image/jpeg": "AQ==" },
    { "image/gif": "Ag==" },
    { "application/pdf": "Aw==" },
    { "text/plain": "plain" },
    { "application/json": "[1]" },
  ]);
  expect((await kernel.execute("tslab.display.png('text');")).reply).toMatchObject({ ename: "TypeCheckError" });
});

test("newDisplay shows once and is replaced after that", async () => {
  const answer = await cell(`
    import { newDisplay } from "tslab";
    const progress = newDisplay();
    for (const percent of [0, 50, 100]) progress.text(percent + " %");`);
  expect(contents(answer, "display_data")).toHaveLength(1);
  const [first] = contents(answer, "display_data");
  expect(contents(answer, "update_display_data")).toMatchObject([
    { data: { "text/plain": "50 %" }, transient: first!["transient"] },
    { data: { "text/plain": "100 %" }, transient: first!["transient"] },
  ]);
});
