/**
 * Compiles the C programs of `test/fixtures/objects/` and of the lessons with the clang of this machine, for machines that have none:
 *
 *     node scripts/objects/build.ts
 *
 * `sources.json` says from which source and with which flags each object was made; a test compares.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { compile } from "../../src/loader/clang/compile.ts";
import { SHIPPED, sumOf } from "./sources.ts";

for (const folder of SHIPPED) {
  const sources: Record<string, string> = {};
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".bpf.c"))) {
    const source = new URL(name, folder);
    const { bytes, warnings } = await compile(source.pathname, "6.18");
    process.stderr.write(warnings);
    writeFileSync(new URL(name.replace(/c$/, "o"), folder), bytes);
    sources[name] = sumOf(source);
  }
  writeFileSync(new URL("sources.json", folder), `${JSON.stringify(sources, undefined, 2)}\n`);
}
