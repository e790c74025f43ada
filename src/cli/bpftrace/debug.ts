import { xlatedListing } from "../../asm/xlated.ts";
import { AGGREGATES } from "../../bpftrace/analyse/functions/aggregates.ts";
import { analyse } from "../../bpftrace/analyse/program.ts";
import type { Expression } from "../../bpftrace/ast/expression.ts";
import { treeText } from "../../bpftrace/ast/tree.ts";
import { compile } from "../../bpftrace/compile/program.ts";
import type { Source } from "../../bpftrace/diagnostics.ts";
import { machineSource } from "../../bpftrace/run/machine-source.ts";
import type { BpftraceOptions } from "../../bpftrace/run/options.ts";
import { readWithImports } from "../../bpftrace/syntax/imports.ts";
import type { Type } from "../../bpftrace/types/type.ts";
import { typeText } from "../../bpftrace/types/type-text.ts";
import { helperName } from "../../helpers/names.ts";
import type { Machine } from "../../machine.ts";

/** `-d`: the syntax tree, the tree with its types, and each probe's bytecode with the names of its maps. */
export function debugText({ linux }: Machine, own: Source, options: BpftraceOptions): string {
  const { source, program } = readWithImports(own, options.read ?? (() => undefined));
  const types = new Map<Expression, Type>();
  const { args = [], options: named = {}, unsafe = false } = options;
  const parameters = args.map(String);
  const typed = analyse(source, program, machineSource(linux), { parameters, options: named, unsafe, types });
  const { probes, maps } = compile(source, typed, { cpus: linux.cpus.length, startNs: 0n });
  const said = (node: Expression): string | undefined => {
    const map = node.kind === "map" ? typed.maps.find(({ name }) => name === node.name) : undefined;
    const type = map?.value ?? types.get(node);
    if (type === undefined && node.kind === "call" && AGGREGATES.has(node.name)) return `type[${node.name}, ctx: 0]`;
    return type && `type[${typeText(type)}, ctx: ${type.kind === "context" ? 1 : 0}]`;
  };
  const codes = probes.map(({ probe, spec }) => {
    const slots = spec.insns.length;
    return `${probe.name} (${spec.type}, ${slots} instructions)\n${xlatedListing(spec.insns, { helperName })}`;
  });
  const section = (title: string, text: string) => `${title}\n-------------------\n${text}\n`;
  return [
    section("AST after: parser", treeText(program)),
    section("AST after: Semantic", treeText(program, said)),
    section("Maps", `${maps.map(({ name, type }, id) => `${id}: ${name} (${type})`).join("\n")}\n`),
    section("Bytecode", codes.join("\n")),
  ].join("\n");
}
