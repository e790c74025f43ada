import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILTIN_MAGICS } from "../../kernel/magics/builtin.ts";
import { contents, KernelClient, resultText } from "./kernel-client.ts";

const TEXT = readFileSync(new URL("../../docs/kernel.md", import.meta.url), "utf8");
const CELLS = [...TEXT.matchAll(/^```(?:ts|text)\n([\s\S]*?)^```/gm)].map((match) => match[1]!.trimEnd());

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

test("the examples of docs/kernel.md run, one after the other, and give what the text says", async () => {
  const results: unknown[] = [];
  const displays: string[] = [];
  for (const code of CELLS) {
    const answer = await kernel.execute(code);
    expect(answer.reply, code).toMatchObject({ status: "ok" });
    results.push(resultText(answer));
    for (const { data } of contents(answer, "display_data")) displays.push(Object.keys(data as object)[0]!);
  }
  expect(results.filter((result) => result !== undefined)).toEqual(
    expect.arrayContaining(["[ 60, 1500 ]", "21 °C", "'NOW IN CAPITALS'", "3"]),
  );
  expect(displays).toEqual(["text/plain", "text/html", "text/markdown"]);
});

test("its table has all magics", () => {
  for (const name of Object.keys(BUILTIN_MAGICS)) expect(TEXT).toContain(`%${name}`);
});
