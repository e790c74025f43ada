/** The objects of test/fixtures/objects before this loader and before bpftool (libbpf) with the running Linux. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import { available, suiteName } from "./bpf.ts";
import { compareObject, hasBpftool } from "./object-compare.ts";

const FOLDER = new URL("../fixtures/objects/", import.meta.url);

/** What the installed libbpf cannot load, whatever Linux says of the programs. */
const BEYOND_LIBBPF = new Set([
  "sessions.bpf.o", // libbpf 1.1 does not know `kprobe.session`
  "congestion.bpf.o", // its first member gets ENOTSUPP from Linux without a word; why is not known
]);
const OBJECTS = readdirSync(FOLDER).filter((name) => name.endsWith(".bpf.o") && !BEYOND_LIBBPF.has(name));

describe.skipIf(!available || !hasBpftool)(
  suiteName(`objects before libbpf${hasBpftool ? "" : " (bpftool is missing)"}`),
  () => {
    it.each(OBJECTS)("%s: the same verdict, last message, work and lines of source", (name) =>
      compareObject(fileURLToPath(new URL(name, FOLDER)), name),
    );
  },
);
