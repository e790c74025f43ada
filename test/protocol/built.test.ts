import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../support/programs.ts";
import { KernelClient, resultText } from "./kernel-client.ts";

/** At night, as it compiles everything; by day notebooks and browsers run dist/. */
describe.skipIf(!process.env["BPFBOOK_NIGHT"])("the kernel of a built package", () => {
  let folder: string;
  let kernel: KernelClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bpfbook-built-"));
    const dist = join(folder, "dist");
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    execFileSync(process.execPath, [tsc, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", dist]);
    const script = pathToFileURL(join(ROOT, "scripts", "bundle.js")).href;
    await ((await import(script)) as { bundle(dist: string): Promise<void> }).bundle(dist);
    mkdirSync(join(folder, "bin"));
    for (const file of ["package.json", "bin/bpfbook.js", "bin/built.js"])
      copyFileSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const launcher = join(folder, "bin", "bpfbook.js");
    const command = (file: string) => [process.execPath, "--disable-sigusr1", launcher, "kernel", "start", file];
    kernel = await KernelClient.start({}, command);
  }, 300_000);
  afterAll(async () => {
    await kernel?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = async (code: string) => {
    const answer = await kernel.execute(code);
    expect(answer.reply, code).toMatchObject({ status: "ok" });
    return answer;
  };

  test("imports bpfbook with its types, plots, and has names as the sources have", async () => {
    await run('import { asm, Machine, map, plot, u32, u64, verify } from "bpfbook";');
    await run('const m = new Machine();\nconst sizes = map.hash({ name: "s", key: u32, value: u64, maxEntries: 8 });');
    await run("plot.histogram(sizes)");
    expect(resultText(await run("m.constructor.name + sizes.constructor.name"))).toMatch(/^'Machine\w+'$/);
    const wrong = await kernel.execute("map.hash({ nam: 1 })");
    expect(wrong.reply).toMatchObject({ status: "error", ename: "TypeCheckError" });
    const failing = await kernel.execute('map.hash({ name: "s", key: u32, value: u64, maxEntries: -1 })');
    expect(String(failing.reply["traceback"])).not.toContain("bundle");
  });

  test("imports files of the notebook, edited ones anew; widgets and tslab", async () => {
    writeFileSync(join(kernel.folder, "half.ts"), "export const half = (n: number): number => n / 2;");
    expect(resultText(await run('import { half } from "./half.ts"; half(8)'))).toBe("4");
    writeFileSync(join(kernel.folder, "half.ts"), "export const half = (n: number): number => n / 4;");
    expect(resultText(await run('import { half } from "./half.ts"; half(8)'))).toBe("2");
    await run('import { slider } from "bpfbook/widgets"; slider({ label: "n", max: 3 })');
    await run('import * as tslab from "tslab"; tslab.display.html("<b>b</b>")');
  });

  test("magics of the library", async () => {
    await run("%%asm pass xdp\nr0 = 2\nexit");
    expect(resultText(await run("verify(pass).ok"))).toBe("true");
    const shown = await run('%%bpftrace\nBEGIN { printf("hello\\n"); exit(); }');
    expect(JSON.stringify(shown.published)).toContain("hello");
  });
});
