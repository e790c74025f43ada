import { nearest } from "../nearest.ts";
import { shown } from "../shown.ts";
import { HookError } from "./error.ts";

/** Kinds of hooks: the first word of a hook's name, and how the rest is written. */
export const HOOK_FORMS = {
  tracepoint: "tracepoint:CATEGORY:NAME",
  rawtracepoint: "rawtracepoint:NAME",
  tp_btf: "tp_btf:NAME",
  kprobe: "kprobe:FUNCTION",
  kretprobe: "kretprobe:FUNCTION",
  fentry: "fentry:FUNCTION",
  fexit: "fexit:FUNCTION",
  fmod_ret: "fmod_ret:FUNCTION",
  lsm: "lsm:HOOK",
  uprobe: "uprobe:FILE:FUNCTION",
  uretprobe: "uretprobe:FILE:FUNCTION",
  usdt: "usdt:FILE:PROVIDER:NAME",
  profile: "profile:UNIT:N",
  interval: "interval:UNIT:N",
  software: "software:EVENT:COUNT",
  hardware: "hardware:EVENT:COUNT",
} as const;

export type HookKind = keyof typeof HOOK_FORMS;

/** The kind of hook that a name begins with; undefined where there is no such kind. */
export function kindOfHook(name: string): HookKind | undefined {
  const kind = name.slice(0, name.indexOf(":"));
  return Object.hasOwn(HOOK_FORMS, kind) ? (kind as HookKind) : undefined;
}

/** A name that is none; `known` are those that it could be meant for. */
export function noSuchHook(hook: string, known: readonly string[], tracepoints: number): HookError {
  const near = nearest(hook, known);
  const hint = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
  const forms = Object.values(HOOK_FORMS).map((form) => `"${form}"`);
  const message =
    `no such hook: ${shown(hook)}.${hint} There are ${tracepoints} tracepoints; hooks are written ${forms.join(", ")}, ` +
    "with the units hz, s, ms, us; m.linux.hooks.list() lists them.";
  return new HookError(hook, "ENOENT", message, near);
}

/** A probe at an instruction: the machine executes functions, not their instructions. */
export function insideFunction(hook: string): HookError {
  const message = `${shown(hook)} is inside of a function: the machine's functions can be probed at their entry and return`;
  return new HookError(hook, "EINVAL", message);
}
