import { assemble } from "../asm/assemble.ts";
import { helperId, helperName, LAST_HELPER } from "../helpers/names.ts";
import { declaredNames, latestDeclaration } from "../maps/latest.ts";
import type { MapSpec } from "../maps/spec.ts";
import type { ProgramType } from "../programs/types.ts";
import { Program } from "./program.ts";

export interface AsmOptions {
  /** Decides the context, the helpers and the return values that the verifier allows. */
  readonly type: ProgramType;
  /** At most 15 characters are kept by Linux; default: the type. */
  readonly name?: string;
  /** Helpers marked GPL-only need a compatible one; default `"GPL"`. */
  readonly license?: string;
  /** Maps for `map[name]`. A name that is not here means the map declared last under that name. */
  readonly maps?: readonly MapSpec[];
}

/** What may stand in `${...}`: a number, a text, or a map, which gives its name. */
export type AsmValue = number | bigint | string | MapSpec;

const HELPER_NAMES = Array.from({ length: LAST_HELPER }, (_, index) => helperName(index + 1)!);

/**
 * Assembles LLVM's text form of eBPF (what `llvm-objdump -d` prints and inline assembly in C uses) into a program.
 * The raw text of the template is read, so backslashes stay what they are.
 *
 * @throws {AsmError} with all faults of the text, each with line, column and what was expected.
 * @example
 * const pass = asm({ type: "xdp", name: "pass" })`
 *     r0 = 2      // XDP_PASS
 *     exit
 * `;
 */
export function asm(options: AsmOptions): (strings: TemplateStringsArray, ...values: AsmValue[]) => Program {
  return (strings, ...values) => {
    const given = new Map((options.maps ?? []).map((map) => [map.name, map]));
    let text = strings.raw[0]!;
    for (const [index, value] of values.entries()) {
      if (typeof value === "object") given.set(value.name, value);
      text += (typeof value === "object" ? value.name : String(value)) + strings.raw[index + 1];
    }
    const used: MapSpec[] = [];
    const { insns, lines } = assemble(text, {
      helper: helperId,
      helperNames: HELPER_NAMES,
      map: (name) => {
        const found = given.get(name) ?? latestDeclaration(name);
        if (found === undefined) return undefined;
        if (!used.includes(found)) used.push(found);
        return used.indexOf(found);
      },
      mapNames: [...given.keys(), ...declaredNames()],
    });
    const { type, name = type, license = "GPL" } = options;
    return new Program({ type, name, insns, lines, maps: used, license });
  };
}
