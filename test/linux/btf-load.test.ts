import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBtf } from "../../src/btf/btf.ts";
import { buildBtf } from "../../src/btf/build.ts";
import { BtfError } from "../../src/btf/error.ts";
import { int, member, ptr, struct, typedef } from "../btf/types.ts";
import { available, btfLoad, close, suiteName } from "./bpf.ts";

const GOOD = [
  int("int", 4, "signed"),
  ptr(1),
  struct("pair", 16, member("a", 1, 0), member("b", 2, 8)),
  typedef("pair_t", 3),
];

/** The last thing that Linux says of a BTF, `undefined` where it takes it. */
function linuxSays(bytes: Uint8Array): string | undefined {
  const answer = btfLoad(bytes);
  if (answer.fd >= 0) {
    close(answer.fd);
    return undefined;
  }
  return answer.log.trim().split("\n").at(-1) ?? "";
}

function weSay(bytes: Uint8Array): string | undefined {
  try {
    parseBtf(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof BtfError) return error.reason;
    throw error;
  }
}

describe.skipIf(!available)(suiteName("BTF that Linux is given"), () => {
  it("takes what we write", () => {
    expect(linuxSays(buildBtf(GOOD))).toBeUndefined();
  });

  it("refuses what we refuse, and a broken header in the same words", () => {
    const good = buildBtf(GOOD);
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(edits, fc.boolean(), (list, header) => {
        const bytes = new Uint8Array(good);
        for (const [at, value] of list) bytes[header ? at % 24 : at] = value;
        const ours = weSay(bytes);
        if (ours === undefined) return; // Linux asks more of types than that they can be read
        const theirs = linuxSays(bytes);
        expect(theirs).toBeDefined();
        if (header && !/big-endian|Invalid type_id/.test(ours)) expect(theirs).toContain(ours);
      }),
      { numRuns: process.env.BPFBOOK_NIGHT ? 50_000 : 2000 },
    );
  });
});
