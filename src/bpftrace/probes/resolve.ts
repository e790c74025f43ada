import { PERF_EVENT_NAMES } from "../../linux/hooks/perf-events.ts";
import type { AttachPoint } from "../ast/program.ts";
import { distance, hintOf, nearest } from "../near-miss.ts";
import { DURATION_UNITS } from "../syntax/integer.ts";
import { PROVIDERS, type Provider, providerOf } from "./providers.ts";
import type { ProbeSource } from "./source.ts";
import { watchpoint } from "./watchpoint.ts";

/** One place where a probe attaches. */
export interface ResolvedPoint {
  readonly provider: Provider;
  /** As `probe` says it: provider and parts with the wildcards filled in. */
  readonly name: string;
  /** The machine's name of the hook. */
  readonly hook: string;
  /** What is traced: the function, or `category:name` of a tracepoint. */
  readonly target: string;
}

/** Attach points as places, or why there are none. */
export type Resolution =
  | { readonly points: readonly ResolvedPoint[] }
  /** `missing`: it is well written, and the machine has no such place; `point` is where it would be. */
  | { readonly error: string; readonly hint?: string; readonly missing?: true; readonly point?: ResolvedPoint };

const UNITS: ReadonlySet<string> = new Set(["hz", "us", "ms", "s"]);

const SOFTWARE: Readonly<Record<string, string>> = { cpu: "cpu-clock", faults: "page-faults", cs: "context-switches" };
const HARDWARE: Readonly<Record<string, string>> = { cycles: "cpu-cycles", branches: "branch-instructions" };

/** The pattern of a wildcard, as a shell would match it. */
export function wildcard(pattern: string): RegExp {
  const body = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${body}$`);
}

const isWildcard = (text: string): boolean => /[*?[]/.test(text);

/** Finds what an attach point means on a machine. */
export function resolvePoint(point: AttachPoint, source: ProbeSource): Resolution {
  const provider = providerOf(point.provider);
  if (provider === undefined) return { error: `Invalid probe type: ${point.provider}`, ...near(point.provider) };
  const { parts } = point;
  const [least, most] = provider.parts;
  if (parts.length < least || parts.length > most) {
    const display = least === 0 ? point.provider : provider.name;
    const count = most === least || parts.length < least ? least : most;
    const legacy = provider.name === "profile" || provider.name === "interval" ? 2 : count;
    return { error: `${display} probe type requires ${legacy} argument${legacy === 1 ? "" : "s"}` };
  }
  switch (provider.name) {
    case "begin":
    case "end":
      return one(
        provider,
        point.provider.toUpperCase() === point.provider ? point.provider : provider.name,
        provider.name,
        "",
      );
    case "profile":
    case "interval":
      return timer(provider, parts);
    case "software":
    case "hardware": {
      const [event = "", count = ""] = parts;
      const full = (provider.name === "software" ? SOFTWARE : HARDWARE)[event] ?? event;
      if (!PERF_EVENT_NAMES.includes(`${provider.name}:${full}:`))
        return {
          error: `${event} is not a ${provider.name} probe`,
          ...hintOf(nearest(event, eventNames(provider.name))),
        };
      if (!/^\d*$/.test(count)) return { error: `Invalid count for ${provider.name} probe` };
      const name = [provider.name, full, ...(count === "" ? [] : [count])].join(":");
      return one(provider, name, name, full);
    }
    case "self":
      if (parts.join(":") !== "signal:SIGUSR1")
        return { error: `Expected self:signal:SIGUSR1 but got self:${parts.join(":")}` };
      return one(provider, "self:signal:SIGUSR1", "self:signal:SIGUSR1", "SIGUSR1");
    case "test":
    case "bench":
      return one(provider, [provider.name, ...parts].join(":"), [provider.name, ...parts].join(":"), parts.at(-1)!);
    case "watchpoint":
      return watchpoint(provider, parts, source);
    default:
      return named(provider, parts, source);
  }
}

/** Names of the events that perf knows of a kind. */
const eventNames = (kind: string): readonly string[] =>
  PERF_EVENT_NAMES.filter((name) => name.startsWith(`${kind}:`)).map((name) => name.split(":")[1]!);

const one = (provider: Provider, name: string, hook: string, target: string): Resolution => ({
  points: [{ provider, name, hook, target }],
});

function timer(provider: Provider, parts: readonly string[]): Resolution {
  const kind = provider.name;
  if (parts.length === 1) {
    const [, digits, unit = "ns"] = /^(\d+)(ns|us|ms|s|m|h|d)?$/.exec(parts[0]!) ?? [];
    if (digits === undefined) return { error: `${kind} probe type requires 2 arguments` };
    const us = (BigInt(digits) * DURATION_UNITS[unit]!) / 1000n;
    if (us === 0n) return { error: `${kind} period is too short: at least 1us` };
    return one(provider, `${kind}:us:${us}`, `${kind}:us:${us}`, "");
  }
  const [unit = "", count = ""] = parts;
  if (!UNITS.has(unit)) return { error: `${unit} is not an accepted unit of time` };
  if (!/^\d+$/.test(count)) return { error: `Invalid rate of ${kind} probe` };
  if (Number(count) === 0) return { error: `${kind} frequency should be a positive integer` };
  if (!Number.isSafeInteger(Number(count))) return { error: `Invalid rate of ${kind} probe` };
  return one(provider, `${kind}:${unit}:${Number(count)}`, `${kind}:${unit}:${Number(count)}`, "");
}

/** Probes whose places the machine lists. */
function named(provider: Provider, written: readonly string[], source: ProbeSource): Resolution {
  const inProgram = provider.name === "uprobe" || provider.name === "uretprobe" || provider.name === "usdt";
  const parts = inProgram ? [source.program(written[0]!), ...written.slice(1)] : written;
  const pattern = parts.join(":");
  const prefix = `${provider.name}:`;
  const hooks = source.hooks().filter((hook) => hook.startsWith(prefix));
  const exact = hooks.includes(prefix + pattern);
  if (exact || !isWildcard(pattern)) {
    if (exact || inProgram) return one(provider, prefix + pattern, prefix + pattern, targetOf(provider, pattern));
    const point = { provider, name: prefix + pattern, hook: prefix + pattern, target: targetOf(provider, pattern) };
    return { error: missing(provider, pattern), missing: true, point, ...similar(pattern, hooks, prefix) };
  }
  const matcher = wildcard(pattern);
  const found = hooks.filter((hook) => matcher.test(hook.slice(prefix.length)));
  if (found.length === 0) return { error: missing(provider, pattern), missing: true };
  return {
    points: found.map((hook) => ({
      provider,
      name: hook,
      hook,
      target: targetOf(provider, hook.slice(prefix.length)),
    })),
  };
}

/** What is traced: a tracepoint with its category, else the last part. */
const targetOf = (provider: Provider, name: string): string =>
  provider.name === "tracepoint" ? name : name.split(":").at(-1)!;

function missing(provider: Provider, pattern: string): string {
  if (provider.name === "tracepoint") return `tracepoint${isWildcard(pattern) ? "s" : ""} not found: ${pattern}`;
  if (provider.name === "iter") return `iter ${pattern.split(":")[0]} not available for your kernel version.`;
  if (pattern === "") return `${provider.name}s should be attached to a function`;
  return `No probes to attach: ${provider.name}:${pattern} does not exist on this machine`;
}

const near = (name: string): { readonly hint?: string } =>
  hintOf(
    nearest(
      name.toLowerCase(),
      PROVIDERS.map((provider) => provider.name),
    ),
  );

function similar(pattern: string, hooks: readonly string[], prefix: string): { readonly hint?: string } {
  let best: string | undefined;
  let least = 3;
  for (const hook of hooks) {
    const away = distance(hook.slice(prefix.length), pattern, least);
    if (away < least) {
      least = away;
      best = hook.slice(prefix.length);
    }
  }
  return best === undefined ? {} : { hint: `Did you mean ${best}?` };
}
