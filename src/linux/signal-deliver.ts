import { exitGroup } from "./exit.ts";
import { handlerLife } from "./program-life.ts";
import { schedule } from "./scheduler.ts";
import { defaultAction, SIGKILL, type SignalAction, type SignalInfo } from "./signals.ts";
import { ENTRY_POINT, F } from "./symbols.ts";
import type { SignalContext } from "./task.ts";
import { type Kernel, TASK_STOPPED, type Task } from "./task.ts";
import { TP } from "./tracepoints.ts";

/** `get_signal`'s answer: the way to user space goes on, leads into a handler, or does not go on (yet). */
export type Delivery =
  | { readonly kind: "none" }
  | { readonly kind: "handler"; readonly info: SignalInfo; readonly action: SignalAction }
  | { readonly kind: "wait"; readonly rest: Kernel<number> };

/** `SA_RESTORER | SA_RESTART` and without: the flags that libc gives. */
const SA_RESTORER = 0x0400_0000;
const SA_RESTART = 0x1000_0000;

/** Where handlers of programs lie, as `signal:signal_deliver` shows them. */
const HANDLER = 0x5555_5555_5a40;

/** `get_signal`: takes the next pending signal and decides what happens. The caller has entered the function. */
export function getSignal(t: Task): Delivery {
  const { group } = t;
  for (;;) {
    if (group.exitStatus !== undefined) {
      traceDeliver(t, { signal: SIGKILL, errno: 0, code: 0, pid: 0 }, undefined);
      return { kind: "wait", rest: exitGroup(t, group.exitStatus) };
    }
    const info = t.signals.shift() ?? group.pending.shift();
    if (info === undefined) {
      t.signalled = false;
      return { kind: "none" };
    }
    const action = group.actions.get(info.signal);
    traceDeliver(t, info, action);
    if (action?.handler !== undefined) return { kind: "handler", info, action };
    if (action !== undefined) continue;
    const usual = defaultAction(info.signal);
    if (usual === "ignore" || usual === "continue") continue;
    if (usual === "stop") return { kind: "wait", rest: stop(t) };
    return { kind: "wait", rest: exitGroup(t, info.signal) };
  }
}

function traceDeliver(t: Task, info: SignalInfo, action: SignalAction | undefined): void {
  const hook = t.linux.hooks.live[TP.signal_deliver];
  if (hook === undefined) return;
  const handler = action === undefined ? 0 : action.handler === undefined ? 1 : HANDLER;
  const flags = action === undefined ? 0 : SA_RESTORER | (action.restart ? SA_RESTART : 0);
  t.linux.hooks.trace(hook, t, [info.signal, info.errno, info.code, handler, flags], info.signal, info);
}

/** `do_signal_stop`: until SIGCONT or SIGKILL comes. */
function* stop(t: Task): Kernel<number> {
  t.enter(F.do_signal_stop, 200);
  t.state = TASK_STOPPED;
  yield* schedule(t);
  return t.leave(0);
}

/** `x64_setup_rt_frame`: what was being done is put aside, the handler runs in user space. */
export function enterHandler(t: Task, action: SignalAction, context: SignalContext): void {
  t.enter(F.x64_setup_rt_frame, 300);
  t.contexts.push(context);
  t.program = handlerLife(t, action.handler!);
  t.leave(0);
}

/** `rt_sigreturn(2)`: back to where the signal came. */
export function sysRtSigreturn(t: Task): number {
  t.enter(ENTRY_POINT[15]!, 120);
  const context = t.contexts.pop()!;
  t.returning = context;
  return t.leave(context.result);
}
