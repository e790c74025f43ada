import type { FlowEdge, FunctionFlow } from "./control-flow.ts";

/**
 * A control-flow graph for Graphviz, in the form of `bpftool prog dump xlated ... visual`: a cluster a function, a record
 * a block, diamonds for entry and exit. Unlike bpftool's, indices count from the program's start in all functions, and
 * an exit in the middle leads to the exit.
 *
 * @param textOf the instruction at a slot
 * @example
 * flowDot(functionFlows(insns), (slot) => formatXlated(insns, slot)); // digraph "DOT graph for eBPF program" { ...
 */
export function flowDot(flows: readonly FunctionFlow[], textOf: (slot: number) => string | undefined): string {
  const clusters = flows.map((flow, index) => cluster(flow, index, textOf));
  return `digraph "DOT graph for eBPF program" {\n${clusters.join("")}}\n`;
}

function cluster({ blocks }: FunctionFlow, index: number, textOf: (slot: number) => string | undefined): string {
  const name = (block: number) => `fn_${index}_bb_${block}`;
  // bpftool numbers the entry 0 and the exit 1.
  const [entry, exit] = [name(0), name(1)];
  const diamond = (node: string, label: string) => `\t${node} [shape=Mdiamond,style=filled,label="${label}"];\n\n`;
  const records = blocks.map(({ start, end }, block) => {
    const lines = linesOf(start, end, textOf);
    return `\t${name(block + 2)} [shape=record,style=filled,label="{${lines.join(" | ")}}"];\n\n`;
  });
  const edge = (from: string, to: string, style = STYLE) => `\t${from}:s -> ${to}:n [${style}];\n`;
  const leaving = (edges: readonly FlowEdge[], block: number) =>
    edges.map(({ to }) => edge(name(block + 2), name(to + 2))).join("");
  const edges = blocks.map(
    (block, number) => leaving(block.edges, number) + (block.leaves === undefined ? "" : edge(name(number + 2), exit)),
  );
  return [
    `subgraph "cluster_${index}" {\n\tstyle="dashed";\n\tcolor="black";\n\tlabel="func_${index} ()";\n`,
    diamond(entry, "ENTRY"),
    ...records,
    diamond(exit, "EXIT"),
    ...(blocks.length > 0 ? [edge(entry, name(2))] : []),
    ...edges,
    edge(entry, exit, 'style="invis", constraint=true'),
    "}\n",
  ].join("");
}

const STYLE = 'style="solid,bold", color=black, weight=10, constraint=true';

function linesOf(start: number, end: number, textOf: (slot: number) => string | undefined): string[] {
  const lines: string[] = [];
  for (let slot = start; slot < end; slot++) {
    const text = textOf(slot);
    if (text !== undefined) lines.push(`${String(slot).padStart(4)}: ${escaped(text)}\\l\\\n`);
  }
  return lines;
}

/** Characters that mean something in a record's label. */
const escaped = (text: string): string => text.replaceAll(/[\\<>{}|"]/g, "\\$&");
