import { existsSync, readFileSync } from "node:fs";
import { release as unameRelease } from "node:os";
import { describe, expect, it } from "vitest";
import { type Btf, parseBtf } from "../../src/btf/btf.ts";
import { machineBtf, sourceOf } from "../../src/btf/data/machine.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";
const version = /^\d+\.\d+\.\d+/.exec(unameRelease())?.[0] ?? "";
const same = existsSync(VMLINUX) && sourceOf("6.18").includes(version);
const why = same ? "" : ` (skipped: the running Linux is not ${sourceOf("6.18")})`;

/** Layout of a struct in words: what could differ. */
const layout = (btf: Btf, name: string) => {
  const type = btf.byName(name, "struct")!;
  return [
    type.size,
    ...type.members.map(({ name: member, bitOffset, bitSize }) => `${member} ${bitOffset} ${bitSize}`),
  ];
};

describe.skipIf(!same)(`the types that ship are those of the running Linux${why}`, () => {
  it("structs by size and members, functions by prototype", () => {
    const full = parseBtf(readFileSync(VMLINUX));
    const small = machineBtf("6.18");
    let structs = 0;
    let functions = 0;
    for (const type of small.types()) {
      const others = [...full.allByName(type.name, type.kind)];
      if (type.name === "" || others.length !== 1) continue;
      if (type.kind === "struct") {
        expect(layout(small, type.name)).toEqual(layout(full, type.name));
        structs++;
      } else if (type.kind === "func") {
        const text = (btf: Btf) => prototype(btf, type.name);
        expect(text(small)).toBe(text(full));
        functions++;
      }
    }
    expect(structs).toBeGreaterThan(2000);
    expect(functions).toBeGreaterThan(1000);
  });
});

/** Names of arguments and of the types that they are or point to. */
function prototype(btf: Btf, name: string): string {
  const proto = btf.resolve(btf.byName(name, "func")!.type);
  if (proto.kind !== "func_proto") return "none";
  const named = (id: number): string => {
    const type = btf.resolve(id);
    if (type.kind === "ptr") return `${named(type.type)}*`;
    return type.kind === "fwd" ? `${type.of} ${type.name}` : `${type.kind} ${type.name}`;
  };
  return [named(proto.type), ...proto.params.map((param) => `${param.name}: ${named(param.type)}`)].join(", ");
}
