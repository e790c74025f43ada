import type { Linux } from "../../linux/linux.ts";
import { pattern } from "../frame/common.ts";
import { ToolError } from "../frame/tool.ts";

/** Places that a pattern stands for. */
export interface Places {
  readonly kind: "kernel" | "user" | "tracepoint" | "usdt";
  /** As bpftrace writes them. */
  readonly probes: readonly string[];
}

const LIBRARIES = ["/usr/lib/x86_64-linux-gnu/", "/usr/bin/", "/usr/sbin/", "/bin/"];

/** Whether `c` or `/bin/bash` means this file: libraries are named without `lib` and what follows the name. */
function isBinary(path: string, wanted: string): boolean {
  if (wanted.startsWith("/")) return path === wanted || path === `/usr${wanted}`;
  const file = path.slice(path.lastIndexOf("/") + 1);
  return file === wanted || file.startsWith(`lib${wanted}.so`) || LIBRARIES.some((folder) => path === folder + wanted);
}

/** `vfs_*` as a regular expression, or the expression itself. */
function matcher(text: string, regexp: boolean): RegExp {
  if (regexp) return pattern(text);
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return pattern(`^${escaped}$`);
}

/** The places of functions, tracepoints and static probes on a machine that bcc's words stand for: `vfs_*`, `p::vfs_read`, `c:malloc`, `t:block:*`, `u:postgres:query__start`. Throws `ToolError`. */
export function placesOf(linux: Linux, text: string, regexp = false): Places {
  const parts = text.split(":");
  const [first = ""] = parts;
  const hooks = linux.hooks.list();
  const named = (kind: string, of: (hook: string) => boolean): readonly string[] =>
    hooks.filter((hook) => hook.startsWith(`${kind}:`) && of(hook));
  if (first === "t" && parts.length === 3) {
    const [category, name] = [matcher(parts[1]!, regexp), matcher(parts[2]!, regexp)];
    return {
      kind: "tracepoint",
      probes: named("tracepoint", (hook) => {
        const [, group = "", event = ""] = hook.split(":");
        return category.test(group) && name.test(event);
      }),
    };
  }
  if (first === "u" && parts.length >= 3) {
    const name = matcher(parts.at(-1)!, regexp);
    return {
      kind: "usdt",
      probes: named("usdt", (hook) => {
        const [, path = "", , event = ""] = hook.split(":");
        return isBinary(path, parts[1]!) && name.test(event);
      }),
    };
  }
  const rest = ["p", "r"].includes(first) && parts.length === 3 ? parts.slice(1) : parts;
  if (rest.length > 2) throw new ToolError(`unrecognized pattern format '${text}'`);
  const [library, name] = rest.length === 2 ? [rest[0]!, rest[1]!] : ["", rest[0]!];
  const wanted = matcher(name, regexp);
  if (library === "")
    return { kind: "kernel", probes: named("kprobe", (hook) => wanted.test(hook.slice("kprobe:".length))) };
  if (!hooks.some((hook) => hook.startsWith("uprobe:") && isBinary(hook.split(":")[1]!, library)))
    throw new ToolError(`Error: can't resolve library ${library}`);
  return {
    kind: "user",
    probes: named("uprobe", (hook) => {
      const [, path = "", symbol = ""] = hook.split(":");
      return isBinary(path, library) && wanted.test(symbol);
    }),
  };
}

/** The same places, where functions return. */
export const returnsOf = (probes: readonly string[]): readonly string[] =>
  probes.map((probe) => probe.replace(/^([ku])probe:/, "$1retprobe:"));

/** The banner of tools that take a pattern. Throws `ToolError` where there is nothing. */
export function tracingBanner(places: Places, text: string): string {
  if (places.probes.length === 0) throw new ToolError(`0 functions matched by "${text}". Exiting.`);
  return `Tracing ${places.probes.length} functions for "${text}"... Hit Ctrl-C to end.\n`;
}

/** Which of bpftrace's words names the place that was reached. */
export const nameWord = ({ kind }: Places): string => (kind === "kernel" || kind === "user" ? "func" : "probe");

/** A place's name as the tools print it. */
export const nameText = (name: string): string => {
  const parts = name.split(":");
  return parts[0] === "tracepoint" ? `t:${parts.slice(1).join(":")}` : parts.at(-1)!;
};
