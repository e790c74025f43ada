import { UserRegisters } from "../hooks/user-registers.ts";
import { Task } from "../task.ts";
import { FILE, INODE } from "./file.ts";
import { PT_REGS } from "./pt-regs.ts";
import type { AnyRow, StructRow } from "./row.ts";
import { TASK_STRUCT } from "./task.ts";

/** A class of the simulation and the struct that its objects are on Linux. */
function row<T extends object>(type: abstract new (...args: never[]) => T, struct: StructRow<T>): [unknown, AnyRow] {
  return [type, struct];
}

/** Every class whose objects programs can see the address of, one line each. Other structs of theirs are reached from these. */
const ROWS: ReadonlyMap<unknown, AnyRow> = new Map([row(Task, TASK_STRUCT), row(UserRegisters, PT_REGS)]);

/** Objects that are no instances of a class, by a member that only they have. */
const SHAPES: readonly (readonly [member: string, row: AnyRow])[] = [
  ["operations", FILE],
  ["ino", INODE],
];

/** The row of an object; undefined for one that programs cannot see. */
export function rowOf(object: object): AnyRow | undefined {
  return ROWS.get(object.constructor) ?? SHAPES.find(([member]) => member in object)?.[1];
}
