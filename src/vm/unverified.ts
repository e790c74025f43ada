import { CLASS, CLASS_MASK, LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { Instruction } from "../isa/instruction.ts";
import { slotsOf } from "../isa/opcodes.ts";
import { checkReserved } from "../isa/reserved.ts";
import { contextAccess } from "../programs/access.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { PROGRAMS } from "../programs/table.ts";
import type { ProgramType } from "../programs/types.ts";
import { arenaIndex } from "./arena.ts";
import { rewriteContextAccess } from "./context.ts";
import { decode } from "./decode.ts";
import { ProgramError } from "./errors.ts";
import { contextDistances } from "./flow/context-pointers.ts";
import { counterOffset, isCounterJump, isMayGoto, rewriteMayGoto, startCounter } from "./may-goto.ts";
import type { Operation } from "./operation.ts";
import { isPacketLoad, rewritePacketLoad } from "./packet-load.ts";
import { type Group, type Spliced, splice, targetDistance } from "./splice.ts";
import { subprogramStarts } from "./subprograms.ts";
import { STACK_SIZE, type Xlated } from "./types.ts";

/**
 * Prepares a program without a verdict: every access is checked when it happens, but those of context fields, which are
 * converted as after a verdict.
 * Of the program only its shape is checked: opcodes, registers, jump targets, that it cannot run off its end.
 *
 * @example
 * const xlated = unverified({ type: "raw", name: "demo", insns, maps: [], license: "GPL" });
 */
export function unverified(spec: ProgramSpec): Xlated {
  checkFields(spec.insns);
  checkTargets(spec);
  const expanded = expand(spec);
  checkEnd(decode(expanded.insns), expanded.origin);
  const { insns, origin, positions, context } = convertContext(spec.type, expanded);
  const operations = decode(insns);
  return {
    type: spec.type,
    name: spec.name,
    verified: false,
    insns,
    origin,
    facts: operations.map((o, at) => {
      if (o.kind === "map") return { map: o.map };
      return context.has(at) ? { access: "proved" } : {};
    }),
    maps: spec.maps,
    ...arenaIndex(spec),
    subprograms: subprogramStarts(spec.insns).map((start) => ({ start: positions[start]!, stackDepth: STACK_SIZE })),
  };
}

/** A program whose loads and stores of context fields reach the kernel's object; `context` are the slots of those. */
interface Converted extends Spliced {
  readonly context: ReadonlySet<number>;
}

/**
 * Accesses through r1 and its copies go through the rows of the program type, as after a verdict. One that the rows do not
 * allow, or whose base differs by path, stays as it is, and is an error when it happens.
 */
function convertContext(type: ProgramType, { insns, origin, positions }: Spliced): Converted {
  const layout = PROGRAMS[type].context;
  if (layout === undefined) return { insns, origin, positions, context: new Set() };
  const operations = decode(insns);
  const allowed = new Set<number>();
  const distances = contextDistances(operations);
  const groups = insns.map((insn, at): Group => {
    const distance = distances.get(at);
    const operation = operations[at]!;
    if (distance === undefined || (operation.kind !== "load" && operation.kind !== "store")) return [insn];
    const mode = operation.kind === "store" ? "write" : operation.signed ? "read_signed" : "read";
    const offset = insn.offset + distance;
    if (contextAccess(layout, offset, operation.bytes, mode) === undefined) return [insn];
    allowed.add(at);
    return rewriteContextAccess(layout, { ...insn, offset }).map((each) =>
      isMemoryAccess(each) ? { ...each, offset: each.offset - distance } : each,
    );
  });
  const spliced = splice(insns, groups);
  const context = new Set(
    spliced.insns.flatMap((insn, at) => (allowed.has(spliced.origin[at]!) && isMemoryAccess(insn) ? [at] : [])),
  );
  return {
    insns: spliced.insns,
    origin: spliced.origin.map((at) => origin[at]!),
    positions: positions.map((at) => spliced.positions[at]!),
    context,
  };
}

const isMemoryAccess = ({ code }: Instruction): boolean => {
  const kind = code & CLASS_MASK;
  return kind === CLASS.LDX || kind === CLASS.ST || kind === CLASS.STX;
};

/** Instructions that no engine executes become those that do, as after a verdict. */
function expand({ type, insns }: ProgramSpec): Spliced {
  const starts = subprogramStarts(insns);
  const counterAt = counterOffset(STACK_SIZE);
  const prologues = new Map<number, Group>();
  const groups = insns.map((insn, at): Group => {
    if (isMayGoto(insn)) {
      prologues.set(starts.findLast((start) => start <= at)!, [startCounter(counterAt)]);
      return rewriteMayGoto(insn, counterAt);
    }
    if (!isPacketLoad(insn)) return [insn];
    if (type === "socket_filter" || type === "sched_cls") return rewritePacketLoad(insn);
    throw new ProgramError(
      "unsupported",
      at,
      `programs of type ${type} have no socket buffer to load packet bytes from`,
    );
  });
  return splice(insns, groups, { prologues, leaves: isCounterJump });
}

function checkTargets({ insns, maps }: ProgramSpec): void {
  if (insns.length === 0) throw new ProgramError("empty", 0, "the program has no instructions");
  const seconds = new Set<number>();
  insns.forEach(({ code }, at) => {
    if (code === LD_IMM64_CODE && !seconds.has(at)) seconds.add(at + 1);
  });
  insns.forEach((insn, at) => {
    if (seconds.has(at)) return;
    const distance = targetDistance(insn);
    if (distance !== undefined) {
      const to = at + 1 + distance;
      if (insns[to] === undefined) throw new ProgramError("bad-jump", at, `it jumps to ${to}, outside the program`);
      if (seconds.has(to)) throw new ProgramError("bad-jump", at, `it jumps into the ld_imm64 at ${to - 1}`);
    }
    const namesMap = insn.code === LD_IMM64_CODE && insn.src !== LD_IMM64.IMM && insn.src !== LD_IMM64.FUNC;
    if (namesMap && insn.src !== LD_IMM64.BTF_ID && maps[insn.imm] === undefined) {
      throw new ProgramError("bad-map", at, `there is no map ${insn.imm}; the program has ${maps.length}`);
    }
  });
}

function checkEnd(operations: readonly Operation[], origin: readonly number[]): void {
  const last = operations.length - 1;
  const kind = operations[last]!.kind;
  if (kind !== "exit" && kind !== "jump") {
    throw new ProgramError(
      "falls-off",
      origin[last]!,
      "the program runs off its end; the last instruction must be exit or a jump",
    );
  }
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
