/** Everything that one looks up, on one page, from the rows that the library runs on. */
import { HELPERS } from "../../helpers/table.ts";
import { documentedForms } from "../../isa/documentation.ts";
import { OPCODES } from "../../isa/opcodes.ts";
import { MAP_TYPES, type MapType } from "../../maps/spec.ts";
import type { ProgramRow } from "../../programs/row.ts";
import { PROGRAMS } from "../../programs/table.ts";
import { TOOLS } from "../../tools/table.ts";
import { type Block, heading, type Topic, table, text } from "../explain/block.ts";
import { MAP_USES } from "../explain/map-uses.ts";
import { prototypeText } from "../explain/topics/data.ts";
import { LIMITS, REGISTERS } from "../explain/topics/foundations.ts";
import { BPFTOOL_COMMANDS } from "../explain/topics/tools.ts";

/** All program types of Linux. */
const LINUX_TYPES: readonly ProgramRow[] = Object.values(PROGRAMS).filter(({ type }) => type !== "raw");

/** Instructions by what the lowest three bits of their code mean. */
const CLASSES = ["load", "load", "store", "store", "32-bit", "jump", "32-bit jump", "64-bit"] as const;

function instructions(): Block {
  const byClass = Map.groupBy(OPCODES, ({ code }) => code & 7);
  const rows = [...byClass].sort(([a], [b]) => a - b);
  const form = (row: (typeof OPCODES)[number]) =>
    `\`${row.code.toString(16).padStart(2, "0")} ${documentedForms(row).llvm}\``;
  return table(
    ["class", "what", "codes (hexadecimal) and forms"],
    rows.map(([number, all]) => [String(number), CLASSES[number]!, [...new Set(all.map(form))].join(" · ")]),
  );
}

/** "all", "all but ..." or the list of types, whichever is shortest. */
function callers(name: string): string {
  const [can, cannot] = [true, false].map((wanted) =>
    LINUX_TYPES.filter(({ helpers }) => helpers.has(name) === wanted).map(({ type }) => type),
  ) as [string[], string[]];
  if (can.length === 0) return "none";
  if (cannot.length === 0) return "all";
  return cannot.length < can.length ? `all but ${cannot.join(", ")}` : can.join(", ");
}

/** The reference card. */
export const REFERENCE_CARD: Topic = {
  id: "reference-card",
  title: "Reference card",
  also: ["card"],
  concepts: [],
  lessons: [],
  blocks: () => [
    text("Linux 6.18. Made from the rows from which the assembler, the verifier and the machine are made, too."),
    heading("Registers"),
    REGISTERS,
    heading("Limits"),
    LIMITS,
    heading("Program types"),
    table(
      ["number", "type", "what runs it", "sections in C"],
      LINUX_TYPES.map(({ number, type, doc, sections }) => [String(number), type, doc, sections.join(", ")]),
    ),
    heading("Map types"),
    table(
      ["number", "type", "for"],
      Object.entries(MAP_TYPES).map(([type, number]) => [String(number), type, MAP_USES[type as MapType]]),
    ),
    heading("Instructions"),
    text("rD and rS are 64-bit registers, wD and wS their lower halves. All fields of each form: docs/isa.md."),
    instructions(),
    heading("Helpers, and who may call them"),
    text('GPL: only programs whose license goes with it. What each does: explain("helpers"), and the editor\'s help.'),
    table(
      ["number", "helper", "GPL", "program types"],
      HELPERS.map(({ id, name, gplOnly }) => [String(id), prototypeText(name), gplOnly ? "yes" : "", callers(name)]),
    ),
    heading("bpftool"),
    BPFTOOL_COMMANDS,
    heading("bcc's tools"),
    table(
      ["tool", "what"],
      Object.values(TOOLS).map(({ name, summary }) => [name, summary]),
    ),
    heading("The verifier's messages"),
    text('All of them, with causes and what mends them: docs/verifier-messages.md. `explain("mem_access")` shows one.'),
  ],
};
