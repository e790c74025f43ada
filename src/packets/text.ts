import type { PacketLayer } from "./layer.ts";

/** Layers as text: one line a layer, one an indented field, problems marked with `!`. */
export function layersText(layers: readonly PacketLayer[]): string {
  return layers
    .flatMap(({ protocol, summary, fields, problems }) => {
      const width = Math.max(0, ...fields.map(({ name }) => name.length));
      return [
        summary === "" ? protocol : `${protocol}: ${summary}`,
        ...fields.map(({ name, value }) => `  ${name.padEnd(width)}  ${value}`),
        ...problems.map((problem) => `  ! ${problem}`),
      ];
    })
    .join("\n");
}

/** A packet in one line: what its innermost header says, and what is wrong. */
export function packetSummary(layers: readonly PacketLayer[]): string {
  const inner = layers.filter(({ protocol }) => !["Payload", "Padding", "Fragment"].includes(protocol));
  const last = inner.at(-1)!;
  // A DNS message says nothing of who talks.
  const told = last.protocol === "DNS" ? inner.slice(-2) : [last];
  const problems = layers.flatMap(({ protocol, problems }) => problems.map((problem) => `${protocol}: ${problem}`));
  const text = told.map(({ protocol, summary }) => `${protocol} ${summary}`.trimEnd()).join(", ");
  return problems.length === 0 ? text : `${text} (${problems.join("; ")})`;
}
