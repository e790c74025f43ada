/** Programs, before and after they are loaded. */
import type { MimeBundle } from "../plot/displayable.ts";
import { plural } from "../plot/format.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import type { Verdict } from "../verifier/verdict.ts";
import { viewBundle } from "./bundle.ts";
import { html } from "./html.ts";
import { listInstructions, listingTable, listingText } from "./listing.ts";
import { STYLE } from "./style.ts";

/** A program in a machine, as far as this view needs it. */
export interface LoadedProgramView {
  readonly id: number;
  readonly spec: ProgramSpec;
  readonly program: { readonly verdict?: Verdict; readonly engine?: string };
}

/** A program that is not loaded: what it is, which maps it names, its listing. */
export function renderProgram(program: ProgramSpec): MimeBundle {
  return show(program, "", []);
}

/** A loaded one: also its id, as `bpftool prog` lists it, and what it cost to verify. */
export function renderLoadedProgram({ id, spec, program }: LoadedProgramView): MimeBundle {
  const { verdict, engine } = program;
  return show(spec, `${id}: `, [
    verdict ? `verified in ${plural(verdict.processed, "insn")}` : "not verified",
    ...(engine ? [engine === "jit" ? "compiled to WebAssembly" : "interpreted"] : []),
  ]);
}

function show(program: ProgramSpec, id: string, facts: readonly string[]): MimeBundle {
  const { name, type, maps, license } = program;
  const size = plural(listInstructions(program).length, "instruction");
  const uses = maps.length > 0 ? [`maps ${maps.map((map) => map.name).join(", ")}`] : [];
  const summary = [size, `license ${license}`, ...uses, ...facts].join(", ");
  return viewBundle({
    label: `Program ${name}`,
    body: html`<p style="${STYLE.headline}">${id}<strong>${name}</strong> (${type}): ${summary}</p>
${listingTable(program)}`,
    text: `${id}${name} (${type}): ${summary}\n\n${listingText(program)}`,
  });
}
