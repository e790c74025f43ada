import { assemble } from "../asm/assemble.ts";
import type { DeclaredMap } from "../asm/directives.ts";
import { HELPER_NAMES, helperId } from "../helpers/names.ts";
import { ArgumentError, isObject } from "../isa/argument.ts";
import { checkMap } from "../maps/create.ts";
import { declaredNames, latestDeclaration } from "../maps/latest.ts";
import { MAP_TYPES, type MapSpec, type MapType } from "../maps/spec.ts";
import type { AttachType } from "../programs/attach-types.ts";
import { requireProgramType } from "../programs/require-program.ts";
import { sectionForm } from "../programs/sections.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { ProgramType } from "../programs/types.ts";
import { Program } from "./program.ts";

export interface AsmOptions {
  /** Decides the context, the helpers and the return values that the verifier allows. */
  readonly type: ProgramType;
  /** At most 15 characters are kept by Linux; default: the type. */
  readonly name?: string;
  /** Helpers marked GPL-only need a compatible one; default `"GPL"`. */
  readonly license?: string;
  /**
   * What a program of type `tracing` is for: `fentry:FUNCTION`, `fexit:FUNCTION`, `fmod_ret:FUNCTION` or `tp_btf:NAME`. Its
   * arguments have the types that they have there. For programs of cgroups and sockets the place, as libbpf's sections name it:
   * `cgroup/connect4`, `cgroup_skb/egress`, `sk_skb/stream_verdict`. For an extension `freplace/FUNCTION`.
   */
  readonly attach?: string;
  /** Of a program of type `ext`: the loaded program whose function it replaces. It has that function's prototype. */
  readonly target?: { readonly spec: ProgramSpec };
  /** Maps for `map[name]`. A name that is not here means the map declared last under that name. */
  readonly maps?: readonly MapSpec[];
  /** What `map_idx[0]`, `map_idx[1]`, ... mean: the list of maps that a loader passes beside the program. */
  readonly fdArray?: readonly MapSpec[];
}

/** What may stand in `${...}`: a number, a text, or a map, which gives its name. */
export type AsmValue = number | bigint | string | MapSpec;

/** Makes a program from text: as a tag of a template, or called with a text. */
export type AsmTag = (text: TemplateStringsArray | string, ...values: AsmValue[]) => Program;

/**
 * Assembles a text into a program: in LLVM's form (what `llvm-objdump -d` prints and inline assembly in C uses) or the
 * mnemonic one of ubpf and rbpf, whichever it is written in (docs/assembler.md has both). The raw text of the template
 * is read, so backslashes stay what they are. A map that the text declares (`.map`) comes before others of its name.
 *
 * @throws {AsmError} with all faults of the text, each with line, column and what was expected. They count from the
 *   template's start, where the quote opens: a tag cannot see where in its cell it stands.
 * @throws {ArgumentError} for options that are none, at the line of `asm(...)`.
 * @example
 * const pass = asm({ type: "xdp", name: "pass" })`
 *     r0 = 2      // XDP_PASS
 *     exit
 * `;
 */
export function asm(options: AsmOptions): AsmTag {
  checkOptions(options);
  const { type, name = type, license = "GPL", maps = [], attach, fdArray } = options;
  const attachTo = type === "ext" ? extensionTarget(options) : attach === undefined ? {} : target(attach, type);
  return (template, ...values) => {
    const given = new Map(maps.map((map) => [map.name, map]));
    const [first, ...rest] = pieces(template);
    let text = first;
    for (const [index, value] of values.entries()) {
      checkValue(value, index);
      if (typeof value === "object") given.set(value.name, value);
      text += (typeof value === "object" ? value.name : String(value)) + (rest[index] ?? "");
    }
    const used: MapSpec[] = [];
    const declared = new Map<string, MapSpec>();
    const { insns, lines } = assemble(text, {
      helper: helperId,
      helperNames: HELPER_NAMES,
      map: (name, declaration) => {
        if (declaration && !declared.has(name)) declared.set(name, specOf(declaration));
        const found = declared.get(name) ?? given.get(name) ?? latestDeclaration(name);
        if (found === undefined) return undefined;
        if (!used.includes(found)) used.push(found);
        return used.indexOf(found);
      },
      mapNames: [...given.keys(), ...declaredNames()],
      mapTypes: Object.keys(MAP_TYPES),
    });
    for (const each of fdArray ?? []) if (!used.includes(each)) used.push(each);
    const list = fdArray === undefined ? {} : { fdArray: fdArray.map((each) => used.indexOf(each)) };
    return new Program({ type, name, insns, lines, maps: used, license, ...list, ...attachTo });
  };
}

/** What \`.map\` says as what \`BPF_MAP_CREATE\` takes; the assembler let no other type pass. */
const specOf = ({ line, ...map }: DeclaredMap): MapSpec => ({ ...map, type: map.type as MapType });

const TYPED_ATTACH: Readonly<Record<string, AttachType>> = {
  fentry: "trace_fentry",
  fexit: "trace_fexit",
  fmod_ret: "modify_return",
  tp_btf: "trace_raw_tp",
  lsm: "lsm_mac",
};

/**
 * An extension in assembly has no types of its own: it takes its prototype from the function that it replaces.
 */
function extensionTarget({ attach, target }: AsmOptions): Partial<ProgramSpec> {
  const [, name] = (typeof attach === "string" && /^freplace[/:](\w+)$/.exec(attach)) || [];
  if (name === undefined)
    throw new ArgumentError("attach of asm(options)", 'the function that it replaces: "freplace/FUNCTION"', attach);
  const attachProgram = isObject(target) ? target.spec : undefined;
  if (!isObject(attachProgram))
    throw new ArgumentError("target of asm(options)", "a loaded program", target, "m.load(program) gives one.");
  const { btf } = attachProgram;
  const id = btf?.byName(name, "func")?.id;
  return {
    ...{ attachProgram, attachBtfId: name },
    ...(btf === undefined || id === undefined ? {} : { btf, functions: [{ insn: 0, type: id }] }),
  };
}

/** The hook of a program with typed arguments as the verifier is told it. */
function target(hook: unknown, type: ProgramType): Pick<ProgramSpec, "attachBtfId" | "expectedAttachType"> {
  const form = typeof hook === "string" && !hook.includes(":") ? sectionForm(hook) : undefined;
  if (form === undefined || form.attach === undefined) return typedTarget(hook);
  if (form.type === type) return { expectedAttachType: form.attach };
  throw new ArgumentError("attach of asm(options)", `a section of programs of type ${type}`, hook);
}

/** The same, of those that are named with their function. */
function typedTarget(hook: unknown): Pick<ProgramSpec, "attachBtfId" | "expectedAttachType"> {
  const [, kind, name] = (typeof hook === "string" && /^([a-z_]+):(\w+)$/.exec(hook)) || [];
  const attachType = kind === undefined ? undefined : TYPED_ATTACH[kind];
  if (name === undefined || attachType === undefined)
    throw new ArgumentError("attach of asm(options)", 'a hook with typed arguments such as "fentry:vfs_read"', hook);
  return { attachBtfId: name, expectedAttachType: attachType };
}

const EXAMPLE = 'Write asm({ type: "xdp" })`...`.';

function checkOptions(options: unknown): asserts options is AsmOptions {
  if (!isObject(options) || Array.isArray(options))
    throw new ArgumentError("options of asm(options)", "an object with the program's type", options, EXAMPLE);
  requireProgramType("type of asm({ type })", options.type);
  for (const name of ["name", "license"] as const) {
    const value = options[name];
    if (value !== undefined && typeof value !== "string")
      throw new ArgumentError(`${name} of asm(options)`, "a string", value);
  }
  for (const name of ["maps", "fdArray"] as const) {
    const maps = options[name] ?? [];
    if (!Array.isArray(maps)) throw new ArgumentError(`${name} of asm(options)`, "a list of maps", maps);
    maps.forEach(checkMap);
  }
}

/** The text between the holes of a template; all of a text that was given as such. */
function pieces(template: unknown): readonly [string, ...string[]] {
  if (typeof template === "string") return [template];
  if (isObject(template) && Array.isArray(template.raw)) return template.raw as [string, ...string[]];
  throw new ArgumentError("text", "assembler text", template, EXAMPLE);
}

function checkValue(value: unknown, index: number): asserts value is AsmValue {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return;
  if (!isObject(value)) throw new ArgumentError(`value ${index + 1} of the text`, "a number, a text or a map", value);
  checkMap(value as never);
}
