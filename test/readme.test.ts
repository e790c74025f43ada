import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { ROOT } from "./support/programs.ts";

it("the README's example runs as it stands and counts every read", async () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))!;
  const folder = await mkdtemp(join(tmpdir(), "bpfbook-readme-"));
  try {
    const entry = pathToFileURL(join(ROOT, "src", "index.ts")).href;
    // What the cell would show is what the test looks at.
    const module = code!
      .replace('"bpfbook"', JSON.stringify(entry))
      .replace("await m.run", "export const summary = await m.run")
      .replace("plot.histogram(", "export { reads, m };\nexport const picture = plot.histogram(");
    const file = join(folder, "readme.ts");
    await writeFile(file, module);
    const { reads, summary, picture } = await import(file);
    const counted = [...reads.values()].reduce((sum: bigint, count: bigint) => sum + count, 0n);
    expect(Number(counted)).toBe(summary.events["tracepoint:syscalls:sys_exit_read"]);
    expect(reads.size).toBeLessThan(reads.maxEntries);
    expect(picture.text).toContain("@@@@");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
