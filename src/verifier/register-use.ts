/** Reading and writing registers by number, with the checks that every instruction makes. */
import { REG, REGISTER_COUNT } from "../isa/constants.ts";
import { type Environment, registerAt } from "./environment.ts";
import { markUnknown, TYPE, TYPES } from "./registers.ts";
import { reject } from "./rejection.ts";

/** The register must hold a value. */
export function readRegister(env: Environment, register: number): void {
  if (register >= REGISTER_COUNT) reject("register_number", register);
  env.touchRegister(register);
  if (env.words[registerAt(register) + TYPE] === TYPES.NOT_INIT) reject("not_readable", register);
}

/** The register is about to be written; its old value is still there. */
export function checkWritable(env: Environment, register: number): void {
  if (register >= REGISTER_COUNT) reject("register_number", register);
  env.touchRegister(register);
  if (register === REG.R10) reject("frame_pointer");
}

/** The register is written with something of which nothing is known. */
export function writeUnknown(env: Environment, register: number): void {
  checkWritable(env, register);
  markUnknown(env.words, registerAt(register));
}
