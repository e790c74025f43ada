/** Which C programs ship compiled, and from what each object was made. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CLANG_FLAGS } from "../../src/loader/clang/compile.ts";

/** Folders with sources, their objects beside them, and `sources.json`. */
export const SHIPPED: readonly URL[] = [
  "../../test/fixtures/objects/",
  "../../notebooks/lessons/data/",
  "../../notebooks/lessons/data/c/",
  "../../test/course/wrong/objects/",
].map((path) => new URL(path, import.meta.url));

/** What an object is made of: its source, and the flags that it is compiled with. */
export const sumOf = (source: URL): string =>
  createHash("sha256").update(CLANG_FLAGS.join("\n")).update("\n").update(readFileSync(source)).digest("hex");
