import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelClient, resultText } from "./kernel-client.ts";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(kernel.folder, name), text);

/** The result of a cell that must succeed. */
async function result(code: string): Promise<unknown> {
  const answer = await kernel.execute(code);
  expect(answer.reply).toMatchObject({ status: "ok" });
  return resultText(answer);
}

test("an edited file is run anew when it is imported again, with all that import it, and its new types hold", async () => {
  mkdirSync(join(kernel.folder, "lib"));
  write("lib/deep.ts", "export const deep = 1;");
  write("lib/still.ts", "export let calls = 0;\nexport const call = () => ++calls;");
  write("top.ts", 'import { deep } from "./lib/deep.ts";\nexport const top = [deep];');
  expect(await result('import { top } from "./top.ts"; top')).toBe("[ 1 ]");
  expect(await result('import { call } from "./lib/still.ts"; call()')).toBe("1");
  write("lib/deep.ts", "export const deep: string = 'edited';\nexport const added = 2;");
  expect(await result('import { top } from "./top.ts"; const text: string[] = top; text')).toBe("[ 'edited' ]");
  expect(await result('import { added } from "./lib/deep.ts"; added')).toBe("2");
  // What has not changed is the same module, with its state.
  expect(await result('import { call } from "./lib/still.ts"; call()')).toBe("2");
});

test("the frames of an edited file name the file", async () => {
  write("fails.ts", "export const fail = () => 1;");
  await result('import { fail } from "./fails.ts"; fail()');
  write("fails.ts", "export const fail = () => {\n  throw new Error('edited');\n};");
  const { reply } = await kernel.execute('import { fail } from "./fails.ts"; fail()');
  expect((reply["traceback"] as string[]).join("\n")).toMatch(/\/fails\.ts:2:9\)/);
});

test("a file that two import in a circle, JSON and CommonJS are run anew, too", async () => {
  write("one.ts", 'import { two } from "./two.ts";\nexport const one = () => two();');
  write("two.ts", 'import { one } from "./one.ts";\nexport const two = () => typeof one;');
  write("data.json", '{ "a": 1 }');
  write("old.cjs", "exports.x = 1;");
  const code =
    'import { one } from "./one.ts"; import data from "./data.json"; import old from "./old.cjs"; [one(), data.a, old.x].join()';
  expect(await result(code)).toBe("'function,1,1'");
  write("two.ts", "import { one } from './one.ts';\nexport const two = () => 'now ' + typeof one;");
  write("data.json", '{ "a": 22 }');
  write("old.cjs", "exports.x = 333;");
  expect(await result(code)).toBe("'now function,22,333'");
});

test("text and bytes, by extension or attribute, static or dynamic, with types", async () => {
  write("note.txt", "first line");
  write("packet.bin", new Uint8Array([1, 2, 255]));
  write("strange.ext", "é");
  expect(await result('import note from "./note.txt"; note.toUpperCase()')).toBe("'FIRST LINE'");
  expect(await result('import packet from "./packet.bin" with { type: "bytes" }; packet.at(-1)')).toBe("255");
  expect(await result('import text from "./strange.ext" with { type: "text" }; text')).toBe("'é'");
  expect(await result('(await import("./strange.ext", { with: { type: "bytes" } })).default.length')).toBe("2");
  write("note.txt", "edited");
  expect(await result('import note from "./note.txt"; note')).toBe("'edited'");
  const wrong = await kernel.execute('import note from "./note.txt"; const n: number = note;');
  expect(wrong.reply).toMatchObject({ ename: "TypeCheckError" });
});

test("require, __filename and __dirname count from the notebook's folder", async () => {
  write("old2.cjs", "module.exports = { y: require('./data2.json').b };");
  write("data2.json", '{ "b": 5 }');
  expect(await result('const old = require("./old2.cjs"); old.y + require("node:path").basename(__filename)')).toBe(
    "'5notebook.ts'",
  );
  expect(await result("__dirname === process.cwd()")).toBe("true");
});

test("files that are required are run anew when they, or what they require, have changed", async () => {
  write("inner.cjs", "module.exports = 1;");
  write("outer.cjs", "module.exports = { inner: require('./inner.cjs'), loaded: {} };");
  await result('const first = require("./outer.cjs"); first.inner');
  expect(await result('require("./outer.cjs") === first')).toBe("true");
  write("inner.cjs", "module.exports = 22;");
  expect(await result('require("./outer.cjs").inner')).toBe("22");
  write("outer.cjs", "module.exports = { inner: require('./inner.cjs') + 100 };");
  expect(await result('require("./outer.cjs").inner')).toBe("122");
  expect(await result('require("./outer.cjs") === require("./outer.cjs")')).toBe("true");
  expect(await result('[require.resolve("./outer.cjs").endsWith("outer.cjs"), "cache" in require].join()')).toBe(
    "'true,true'",
  );
});

test("a module that is not there is named with what to do", async () => {
  const traceback = async (code: string) => String((await kernel.execute(code)).reply["traceback"]);
  expect(await traceback("import pad from '@scope/left-pad/deep';")).toContain("`npm install @scope/left-pad`");
  expect(await traceback("import { one } from './gone.ts';")).toContain("Paths begin at the notebook's folder");
  expect(await traceback("import { one } from 'node:gone';")).not.toContain("npm");
});

test("a top-level using is refused with what to do; in a block it disposes", async () => {
  const resource = "{ [Symbol.dispose]() { console.log('disposed') } }";
  const refused = await kernel.execute(`using r = ${resource};`);
  expect(refused.reply["evalue"]).toMatch(/never be disposed.*put it into a block/);
  await result(`{ using r = ${resource}; }`);
});
