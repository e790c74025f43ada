import { readFileSync } from "node:fs";
import type { BpfObject, OpenOptions } from "../../../src/loader/object/bpf-object.ts";
import { Machine, type MachineOptions } from "../../../src/machine.ts";

export const FOLDER: URL = new URL("../../fixtures/objects/", import.meta.url);

/** The bytes of an object that ships. */
export const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.bpf.o`, FOLDER)));

/** An object that ships, opened on a machine of its own. */
export function open(
  name: string,
  { machine = {}, ...options }: OpenOptions & { machine?: MachineOptions } = {},
): { m: Machine; object: BpfObject } {
  const m = new Machine({ seed: 3, ...machine });
  return { m, object: m.open(bytesOf(name), { name, ...options }) };
}

/** A frame of zeros; with a length. */
export const frame = (length = 64, type = 0): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes[12] = type >> 8;
  bytes[13] = type & 0xff;
  return bytes;
};

/** The same bytes with every occurrence of a text replaced by another of the same length. */
export function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  if (from.length !== to.length) throw new RangeError(`${from} and ${to} differ in length`);
  const text = Buffer.from(bytes).toString("latin1").replaceAll(from, to);
  return new Uint8Array(Buffer.from(text, "latin1"));
}
