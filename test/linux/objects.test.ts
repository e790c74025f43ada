/** The objects of test/fixtures/objects before this loader and before bpftool (libbpf) with the running Linux. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import { available, suiteName } from "./bpf.ts";
import { compareObject, hasBpftool } from "./object-compare.ts";

const FOLDER = new URL("../fixtures/objects/", import.meta.url);
const OBJECTS = readdirSync(FOLDER).filter((name) => name.endsWith(".bpf.o"));

describe.skipIf(!available || !hasBpftool)(
  suiteName(`objects before libbpf${hasBpftool ? "" : " (bpftool is missing)"}`),
  () => {
    it.each(OBJECTS)("%s: the same verdict, last message, work and lines of source", (name) =>
      compareObject(fileURLToPath(new URL(name, FOLDER)), name),
    );
  },
);
