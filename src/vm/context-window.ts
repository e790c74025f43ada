import type { LinearMemory } from "../memory/memory.ts";
import type { FieldKind } from "../programs/row.ts";
import { PROGRAMS } from "../programs/table.ts";
import type { ProgramType } from "../programs/types.ts";

/** What r1 of an unverified program of a real type points to: no memory, since loads of its fields were rewritten. */
export interface ContextWindow {
  /** C name of the structure that the program sees. */
  readonly struct: string;
  readonly size: number;
  /** The packet of a context now, [start, end), where the type may touch it. */
  packet(context: number): readonly [start: number, end: number] | undefined;
}

/** The context of a program type in a machine's memory; undefined for type `raw`, whose r1 is plain memory. */
export function contextWindow(type: ProgramType, memory: LinearMemory): ContextWindow | undefined {
  const { context, packetAccess } = PROGRAMS[type];
  if (context === undefined) return undefined;
  const place = (kind: FieldKind): number | undefined =>
    context.fields.find((field) => field.kind === kind)?.object?.offset;
  const data = place("packet");
  const end = place("packet_end");
  const meta = place("packet_meta") ?? data;
  return {
    struct: context.struct,
    size: context.size,
    packet(at) {
      if (!packetAccess || data === undefined || end === undefined || meta === undefined) return undefined;
      const pointer = (offset: number): number => memory.view.getUint32(at + offset, true);
      // Metadata lie before the packet, where there are any.
      return [Math.min(pointer(data), pointer(meta)), pointer(end)];
    },
  };
}
