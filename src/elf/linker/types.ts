import { type Btf, parseBtf } from "../../btf/btf.ts";
import { buildBtf } from "../../btf/build.ts";
import { buildBtfExt, textsOfExt } from "../../btf/build-ext.ts";
import { dedupe } from "../../btf/dedupe.ts";
import type { BtfExt } from "../../btf/ext.ts";
import { renumbered } from "../../btf/reduce.ts";
import type { BtfTypeSpec, DatasecType } from "../../btf/type.ts";
import { EXTERN_SECTIONS } from "../object-btf.ts";
import { type LinkInput, typeOfSymbol } from "./input.ts";
import type { MergedSections } from "./sections.ts";
import type { MergedSymbols } from "./symbols.ts";

const SLOT_BYTES = 8;

/** A variable's place in a section, as BTF has it. */
type Var = DatasecType["vars"][number];

/** `.BTF` and `.BTF.ext` of the result: the types of all objects, each once, and the sections of variables anew. */
export function mergeTypes(
  inputs: readonly LinkInput[],
  sections: MergedSections,
  symbols: MergedSymbols,
): { readonly btf: Uint8Array; readonly ext: Uint8Array } | undefined {
  if (inputs.every(({ btf }) => btf === undefined)) return undefined;
  const { specs, idOf } = collect(inputs, symbols);
  const all = [...specs, ...dataSections(inputs, sections, symbols, idOf)];
  const once = dedupe(parseBtf(buildBtf(all)));
  const ext = mergeExt(inputs, sections, (input, id) => once.idOf(idOf(input, id)));
  const bytes = buildBtf(once.types, undefined, textsOfExt(ext));
  return { btf: bytes, ext: buildBtfExt(ext, parseBtf(bytes)) };
}

type IdOf = (input: LinkInput, id: number) => number;

/** The types of all objects one after the other; variables and functions that several know are one. */
function collect(
  inputs: readonly LinkInput[],
  symbols: MergedSymbols,
): { readonly specs: readonly BtfTypeSpec[]; readonly idOf: IdOf } {
  const globals = [...symbols.globals.values()];
  const numbers = new Map<LinkInput, Map<number, number>>(inputs.map((input) => [input, new Map([[0, 0]])]));
  let count = 0;
  const kept: { readonly input: LinkInput; readonly id: number }[] = [];
  // A name's type stands where its definition has it; what others say of it leads there.
  const shared = new Map<LinkInput, Map<number, string>>(inputs.map((input) => [input, new Map()]));
  for (const input of inputs)
    for (const symbol of input.file.symbols) {
      if (symbol.binding === "local" || !symbols.globals.has(symbol.name)) continue;
      const id = typeOfSymbol(input, symbol);
      if (id !== undefined) shared.get(input)!.set(id, symbol.name);
    }
  for (const input of inputs)
    for (const { id, kind } of input.btf?.types() ?? []) {
      if (kind === "datasec") continue;
      const name = shared.get(input)!.get(id);
      const global = name === undefined ? undefined : symbols.globals.get(name);
      if (global?.type !== undefined && (global.input !== input || global.type !== id)) continue;
      numbers.get(input)!.set(id, ++count);
      kept.push({ input, id });
    }
  for (const { name, input, type } of globals) {
    const number = type === undefined ? undefined : numbers.get(input)!.get(type);
    if (number === undefined) continue;
    for (const [other, names] of shared)
      for (const [id, own] of names) if (own === name) numbers.get(other)!.set(id, number);
  }
  const idOf: IdOf = (input, id) => numbers.get(input)!.get(id)!;
  const specs = kept.map(({ input, id }) => renumbered((input.btf as Btf).type(id), (to) => idOf(input, to)));
  return { specs, idOf };
}

/** What lies in which section, at the places of the result. */
function dataSections(
  inputs: readonly LinkInput[],
  sections: MergedSections,
  symbols: MergedSymbols,
  idOf: IdOf,
): BtfTypeSpec[] {
  const bySection = new Map<string, Map<number, Var>>();
  for (const input of inputs) {
    for (const type of input.btf?.types() ?? []) {
      if (type.kind !== "datasec") continue;
      const own = input.file.sections.find(({ name }) => name === type.name);
      const place = own && sections.placeOf(own);
      if (place?.repeated === true) continue;
      const vars = bySection.get(type.name) ?? new Map<number, Var>();
      bySection.set(type.name, vars);
      for (const entry of type.vars) {
        const variable = input.btf!.type(entry.type);
        const id = idOf(input, entry.type);
        const isStatic = variable.kind === "var" && variable.linkage === "static";
        const global = isStatic ? undefined : symbols.globals.get(variable.name);
        if (EXTERN_SECTIONS.has(type.name)) {
          if (global?.isExtern === true) vars.set(id, { ...entry, type: id });
        } else if (isStatic) vars.set(id, { ...entry, type: id, offset: entry.offset + (place?.offset ?? 0) });
        else if (global?.input === input && !global.isExtern)
          vars.set(id, { ...entry, type: id, offset: symbols.list[global.index]!.value });
      }
    }
  }
  return [...bySection].flatMap(([name, vars]) => {
    const size = sections.list.find((each) => each.name === name)?.size ?? 0;
    const sorted = [...vars.values()].sort((a, b) => a.offset - b.offset);
    return sorted.length === 0 ? [] : [{ kind: "datasec" as const, name, size, vars: sorted }];
  });
}

/** Functions, lines and CO-RE of all objects, moved with their instructions. */
function mergeExt(inputs: readonly LinkInput[], sections: MergedSections, idOf: IdOf): BtfExt {
  const merge = <T extends { readonly insn: number }>(
    of: (ext: BtfExt) => ReadonlyMap<string, readonly T[]>,
    typed: (record: T, input: LinkInput) => T,
  ): Map<string, readonly T[]> => {
    const merged = new Map<string, T[]>();
    for (const input of inputs)
      for (const [name, records] of input.ext === undefined ? [] : of(input.ext)) {
        const section = input.file.sections.find((each) => each.name === name);
        const place = section && sections.placeOf(section);
        if (place === undefined) continue;
        const before = place.offset / SLOT_BYTES;
        const own = records.map((record) => ({ ...typed(record, input), insn: record.insn + before }));
        merged.set(name, [...(merged.get(name) ?? []), ...own]);
      }
    return merged;
  };
  const withType = <T extends { readonly type: number }>(record: T, input: LinkInput): T => ({
    ...record,
    type: idOf(input, record.type),
  });
  return {
    funcs: merge(({ funcs }) => funcs, withType),
    lines: merge(
      ({ lines }) => lines,
      (record) => record,
    ),
    core: merge(({ core }) => core, withType),
  };
}
