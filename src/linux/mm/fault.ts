import { sendSignal } from "../signal-send.ts";
import { SEGV_MAPERR, SIGSEGV } from "../signals.ts";
import { F } from "../symbols.ts";
import { BEHIND, type Kernel, type Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { type Mapping, PAGE } from "./address-space.ts";

/** Error codes of x86's page fault: a write, from user space, to a page that is not there. */
const WRITE = 2;
const USER = 4;

/** `FAULT_FLAG_DEFAULT | FAULT_FLAG_USER | FAULT_FLAG_WRITE`. */
const FLAGS = 0x1255;

/** Pages after which the rest of the machine may catch up. */
const CATCH_UP = 8;

/** Where programs execute while they touch memory, as `exceptions:page_fault_user` shows it. */
const TEXT = 0x5555_5555_52a0;

/**
 * A program writes to `bytes` of memory from `address` on: each page that it touches for the first time is a page fault.
 * What nobody has mapped is SIGSEGV.
 */
export function* touch(t: Task, address: number, bytes: number): Kernel<number> {
  const first = Math.floor(address / PAGE);
  const last = Math.floor((address + Math.max(1, bytes) - 1) / PAGE);
  for (let page = first; page <= last; page++) {
    const mapping = t.mm.find(page * PAGE);
    const place = mapping === undefined ? 0 : page - mapping.start / PAGE;
    if (mapping?.present.has(place)) continue;
    if ((page - first) % CATCH_UP === 0) while (t.behind) yield BEHIND;
    t.enter(F.asm_exc_page_fault, 60);
    t.enter(F.exc_page_fault, 80, undefined, WRITE | USER);
    for (const event of ["page-faults", "minor-faults"] as const)
      if (t.linux.hooks.counters[event] !== undefined) t.linux.hooks.count(event, t);
    const hook = t.linux.hooks.live[TP.page_fault_user];
    if (hook !== undefined) {
      const at = Math.max(address, page * PAGE);
      t.linux.hooks.trace(hook, t, [at, TEXT, WRITE | USER], at, undefined, WRITE | USER);
    }
    if (mapping === undefined) {
      sendSignal(t, t, { signal: SIGSEGV, errno: 0, code: SEGV_MAPERR, pid: 0 }, false);
      t.leave(undefined, 2);
      return 0;
    }
    yield* handleMmFault(t, mapping, place, page * PAGE);
    t.leave(undefined, 2);
    // Killed for the memory that it wanted.
    if (t.signalled) return 0;
  }
  return 0;
}

function* handleMmFault(t: Task, mapping: Mapping, place: number, address: number): Kernel<void> {
  t.enter(F.handle_mm_fault, 50, mapping, address, FLAGS);
  t.enter(F.__handle_mm_fault, 60, mapping, address, FLAGS);
  t.enter(F.do_anonymous_page, 120);
  const got = t.linux.pages.allocate(t);
  if (typeof got !== "boolean") yield* got;
  mapping.present.add(place);
  t.mm.anon++;
  t.mm.minorFaults++;
  // The page is filled with zeros.
  t.spend(250);
  t.leave(0, 3);
}
