/** Runs whose r1 points to the caller's bytes themselves, and which have no packet. */
import { requireBytes } from "../../isa/argument.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import type { ProgramType } from "../types.ts";
import { TestRunError } from "./error.ts";
import { requireZeros, type TestRun, type TestRunInput, viewOf, wholeContext } from "./input.ts";

const NOTHING = new Uint8Array();
/** Twelve arguments of 8 bytes. */
const MOST_ARGUMENTS = 96;
const MOST_SYSCALL = 0xffff;

/** Bytes that r1 points to; NULL where there are none. */
function plain(memory: LinearMemory, bytes: Uint8Array, room: number, contextOut: TestRun["contextOut"]): TestRun {
  const at = room === 0 ? 0 : memory.allocate(room);
  memory.u8.set(bytes, at);
  return {
    context: at,
    dataOut: () => NOTHING,
    contextOut,
    free() {
      if (room > 0) memory.free(at, room);
    },
  };
}

/** These runs take neither packet nor a number of times. */
function refusePacket({ data, repeat = 0 }: TestRunInput, what: string): void {
  if (data !== undefined && data.length > 0)
    throw new TestRunError("EINVAL", `${what} take no packet`, "Give a context: { context: ... }.");
  if (repeat > 1) throw new TestRunError("EINVAL", `${what} are run once`, "Leave `repeat` out.");
}

function requireSize(length: number, { contextEnd = 0 }: TestRunInput, most: number): void {
  if (length >= contextEnd && length <= most) return;
  throw new TestRunError(
    "EINVAL",
    `a context of ${length} bytes`,
    `The program reads up to byte ${contextEnd}; at most ${most} can be given.`,
  );
}

/** A raw tracepoint: up to 12 arguments, of which nothing comes back. */
export function rawTracepoint(memory: LinearMemory, input: TestRunInput): TestRun {
  refusePacket(input, "raw tracepoints");
  const { context = NOTHING } = input;
  requireBytes("context", context);
  requireSize(context.length, input, MOST_ARGUMENTS);
  return plain(memory, context, context.length, () => undefined);
}

/** A system call program: any bytes, which it may change. */
export function systemCall(memory: LinearMemory, input: TestRunInput): TestRun {
  refusePacket(input, "programs of type syscall");
  const { context = NOTHING } = input;
  requireBytes("context", context);
  requireSize(context.length, input, MOST_SYSCALL);
  const run: TestRun = plain(memory, context, context.length, () =>
    context.length === 0 ? undefined : memory.u8.slice(run.context, run.context + context.length),
  );
  return run;
}

/** `struct bpf_sk_lookup`. */
const LOOKUP = { cookie: 0, size: 72, family: 8, protocol: 12, local_port: 60, after: 64 } as const;
const AF_INET = 2;
const AF_INET6 = 10;

/** The lookup of a socket: an address, as the context says. */
export function socketLookup(memory: LinearMemory, input: TestRunInput): TestRun {
  if (input.data !== undefined && input.data.length > 0)
    throw new TestRunError("EINVAL", "lookups of sockets take no packet", "Give a context: { context: ... }.");
  const user = wholeContext(input.context, LOOKUP.size);
  if (user === undefined)
    throw new TestRunError("EINVAL", "no context", "Say what is looked for: { context: { family: 2, ... } }.");
  requireZeros(user, LOOKUP.after, LOOKUP.size, "Linux takes no device here.");
  requireZeros(user, 0, LOOKUP.family, "The socket is what the program chooses.");
  const view = viewOf(user);
  if (view.getUint32(LOOKUP.local_port, true) > 0xffff)
    throw new TestRunError("ERANGE", `local_port is ${view.getUint32(LOOKUP.local_port, true)}`, "Ports end at 65535.");
  const family = view.getUint32(LOOKUP.family, true) & 0xffff;
  if (family !== AF_INET && family !== AF_INET6)
    throw new TestRunError("EAFNOSUPPORT", `family ${family}`, "2 is IPv4, 10 is IPv6.");
  const seen = user.slice();
  viewOf(seen).setUint32(LOOKUP.family, family, true);
  viewOf(seen).setUint32(LOOKUP.protocol, view.getUint32(LOOKUP.protocol, true) & 0xffff, true);
  // Only the address of its family is there.
  const unused =
    family === AF_INET
      ? ([
          [20, 36],
          [44, 60],
        ] as const)
      : ([
          [16, 20],
          [40, 44],
        ] as const);
  for (const [from, to] of unused) seen.fill(0, from, to);
  const { takeChosen = () => 0 } = input;
  const contextOut = (): Uint8Array => {
    const cookie = takeChosen();
    if (cookie !== 0) viewOf(user).setBigUint64(LOOKUP.cookie, BigInt(cookie), true);
    return user;
  };
  // Linux forgets what the run before chose.
  return { ...plain(memory, seen, LOOKUP.size, contextOut), before: () => void takeChosen() };
}

/** Bytes of a context by hand where none are given: the longest record is far shorter. */
const MOST_BY_HAND = 8192;

/**
 * What Linux has no test run for: the program sees the bytes given, and zeros behind them.
 */
export function byHand(memory: LinearMemory, type: ProgramType, size: number, input: TestRunInput): TestRun {
  if (input.data !== undefined)
    throw new TestRunError(
      "ENOTSUPP",
      `programs of type ${type} take no packet`,
      "Linux has no test run for them. Attach it and make its event happen, or give the context by hand: { context: ... }.",
    );
  const { context = NOTHING } = input;
  requireBytes("context", context);
  const room = Math.min(size, MOST_BY_HAND);
  if (context.length > room)
    throw new TestRunError("EINVAL", `a context of ${context.length} bytes`, `At most ${room}.`);
  const run: TestRun = plain(memory, context, room, () =>
    input.context === undefined ? undefined : memory.u8.slice(run.context, run.context + context.length),
  );
  return run;
}
