import type { Instruction } from "../isa/instruction.ts";
import { slotsOf } from "../isa/opcodes.ts";
import { checkReserved } from "../isa/reserved.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { decode } from "./decode.ts";
import { ProgramError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { subprogramStarts } from "./subprograms.ts";
import { STACK_SIZE, type Xlated } from "./types.ts";

/**
 * Prepares a program without a verdict: nothing is rewritten, every access is checked when it happens.
 * Of the program only its shape is checked: opcodes, registers, jump targets, that it cannot run off its end.
 *
 * @example
 * const xlated = unverified({ type: "raw", name: "demo", insns, maps: [], license: "GPL" });
 */
export function unverified(spec: ProgramSpec): Xlated {
  const operations = checkShape(spec);
  return {
    type: spec.type,
    name: spec.name,
    verified: false,
    insns: spec.insns,
    origin: spec.insns.map((_, at) => at),
    facts: operations.map((o) => (o.kind === "map" ? { map: o.map } : {})),
    maps: spec.maps,
    subprograms: subprogramStarts(spec.insns).map((start) => ({ start, stackDepth: STACK_SIZE })),
  };
}

function checkShape(spec: ProgramSpec): readonly Operation[] {
  checkFields(spec.insns);
  const operations = decode(spec.insns);
  if (operations.length === 0) throw new ProgramError("empty", 0, "the program has no instructions");
  const target = (to: number, at: number): void => {
    if (operations[to] === undefined) throw new ProgramError("bad-jump", at, `it jumps to ${to}, outside the program`);
    if (operations[to].kind === "second")
      throw new ProgramError("bad-jump", at, `it jumps into the ld_imm64 at ${to - 1}`);
  };
  operations.forEach((operation, at) => {
    switch (operation.kind) {
      case "jump":
      case "branch":
      case "call":
        target(operation.to, at);
        break;
      case "map":
        if (spec.maps[operation.map] === undefined) {
          throw new ProgramError(
            "bad-map",
            at,
            `there is no map ${operation.map}; the program has ${spec.maps.length}`,
          );
        }
        break;
    }
  });
  const last = operations.length - 1;
  const kind = operations[last]!.kind;
  if (kind !== "exit" && kind !== "jump") {
    throw new ProgramError(
      "falls-off",
      last,
      "the program runs off its end; the last instruction must be exit or a jump",
    );
  }
  return operations;
}

/** Opcodes that do not exist, registers that do not exist, fields that should hold 0 and do not. */
function checkFields(insns: readonly Instruction[]): void {
  for (let at = 0; at < insns.length; at += slotsOf(insns[at]!)) {
    const fault = checkReserved(insns[at]!, insns[at + 1]);
    switch (fault?.kind) {
      case undefined:
        break;
      case "opcode":
        throw new ProgramError(
          "bad-opcode",
          at,
          `no instruction has code 0x${fault.code.toString(16).padStart(2, "0")}`,
        );
      case "second_slot":
        throw new ProgramError("bad-opcode", at, "ld_imm64 takes two slots; the second is missing or not empty");
      case "register":
        throw new ProgramError("bad-register", at, `there is no register r${fault.value}`);
      case "reserved": {
        const allowed = fault.allowed.join(" or ");
        throw new ProgramError("reserved-field", at, `its ${fault.field} is ${fault.value} and must be ${allowed}`);
      }
    }
  }
}
