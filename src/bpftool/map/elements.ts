import { MapCommands } from "../../maps/commands.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, errnoName, errnoText, exitOf, usageError } from "../error.ts";
import { type Json, jsonText, object } from "../json.ts";
import { type Reply, SILENT, type Tool } from "../tool.ts";
import { readElement } from "./element-words.ts";
import {
  entryJson,
  entryLines,
  entryText,
  errorJson,
  hexText,
  isTyped,
  keyJson,
  plainEntry,
  typedEntry,
} from "./entry.ts";
import { readMap, readMaps } from "./find.ts";

const ENOENT = -2;

/** What bpf(2) refused: `words: ERROR`, with the errno as exit code. */
function refused(words: string, result: number): BpftoolError {
  const name = errnoName(result);
  // EPERM is -1, which is bpftool's own code, too.
  return new BpftoolError(`${words}: ${errnoText(name)}`, { exitCode: exitOf(name) });
}

/** Commands on a map: one for each, as it borrows memory of the machine. */
const commands = new WeakMap<RuntimeMap, MapCommands>();

function commandsOf(map: RuntimeMap): MapCommands {
  let known = commands.get(map);
  if (known === undefined) {
    known = new MapCommands(map);
    commands.set(map, known);
  }
  return known;
}

/** What one map holds. */
interface Dump {
  readonly text: string;
  readonly json: readonly Json[];
  readonly exitCode: number;
}

/** Elements that a dump lists, so that a hostile recipe cannot fill memory. */
const MOST_ELEMENTS = 1 << 20;

function dumpOf(map: RuntimeMap): Dump {
  const access = commandsOf(map);
  const typed = isTyped(map);
  const { type } = map.spec;
  const quiet = type === "array_of_maps" || type === "hash_of_maps" || type === "prog_array";
  const [texts, typedRows, json]: [string[], Json[], Json[]] = [[], [], []];
  let count = 0;
  let previous: Uint8Array | undefined;
  let exitCode = 0;
  for (let index = 0; index < MOST_ELEMENTS; index++) {
    const { result, key } = access.nextKey(previous);
    if (key === undefined) {
      if (result !== ENOENT) exitCode = -result & 255 ? result & 255 : 0;
      break;
    }
    previous = key;
    const found = access.lookup(key);
    if (found.value === undefined) {
      if (quiet && found.result === ENOENT) continue;
      const message = errnoText(errnoName(found.result));
      const shown = found.result === ENOENT ? "<no entry>" : message;
      texts.push(entryLines(key, shown, shown.length));
      json.push(errorJson(key, message));
      continue;
    }
    count++;
    json.push(entryJson(map, key, found.value));
    if (typed) typedRows.push(typedEntry(map, key, found.value, true));
    else texts.push(plainEntry(map, key, found.value));
  }
  const text = typed
    ? `${jsonText(typedRows, true)}\n${texts.join("")}`
    : `${texts.join("")}Found ${count} element${count === 1 ? "" : "s"}\n`;
  return { text, json, exitCode };
}

/** `bpftool map dump MAP`. */
export function dumpMap(tool: Tool, args: Arguments): Reply {
  if (args.left !== 2) throw usageError("map");
  const maps = readMaps(tool, args);
  if (maps.length === 0) throw new BpftoolError("");
  const dumps = maps.map(dumpOf);
  const exitCode = dumps.find((dump) => dump.exitCode !== 0)?.exitCode ?? 0;
  const all = dumps.map(({ json }) => json);
  return { text: dumps.map(({ text }) => text).join(""), json: all.length > 1 ? all : all[0]!, exitCode };
}

/** `bpftool map { lookup | peek } MAP [key DATA]`. */
export function lookupElement(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) throw usageError("map");
  const map = readMap(tool, args);
  // Without words bpftool still wants a key where the map has one.
  const { key } = readElement(tool, args, map, { key: map.spec.keySize > 0, value: false });
  const { result, value } = commandsOf(map).lookup(key);
  if (value !== undefined) return { text: entryText(map, key, value), json: entryJson(map, key, value) };
  if (result !== ENOENT) throw refused("lookup failed", result);
  return { text: `key:\n${hexText(key)}\n\nNot found\n`, json: null, exitCode: exitOf("ENOENT") };
}

/** `bpftool map { update | push | enqueue } MAP [key DATA] value VALUE [any | exist | noexist]`. */
export function updateElement(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) throw usageError("map");
  const map = readMap(tool, args);
  const words = readElement(tool, args, map, {
    key: map.spec.keySize > 0,
    value: map.spec.valueSize > 0,
    flags: true,
  });
  const result = commandsOf(map).update(words.key, words.value, words.flags);
  if (result < 0) throw refused("update failed", result);
  return SILENT;
}

/** `bpftool map delete MAP key DATA`. */
export function deleteElement(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) throw usageError("map");
  const map = readMap(tool, args);
  const { key } = readElement(tool, args, map, { key: map.spec.keySize > 0, value: false });
  const result = commandsOf(map).delete(key);
  if (result < 0) throw refused("delete failed", result);
  return SILENT;
}

/** `bpftool map getnext MAP [key DATA]`. */
export function nextKey(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) throw usageError("map");
  const map = readMap(tool, args);
  const key = args.left > 0 ? readElement(tool, args, map, { key: true, value: false }).key : undefined;
  const next = commandsOf(map).nextKey(key);
  if (next.key === undefined) throw refused("can't get next key", next.result);
  const shown = key === undefined ? "key: None\n" : `key:\n${hexText(key)}\n`;
  return {
    text: `${shown}next key:\n${hexText(next.key)}\n`,
    json: object(["key", key === undefined ? null : keyJson(key)], ["next_key", keyJson(next.key)]),
  };
}

/** `bpftool map { pop | dequeue } MAP`. */
export function popElement(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) throw usageError("map");
  const map = readMap(tool, args);
  const key = new Uint8Array(map.spec.keySize);
  const { result, value } = commandsOf(map).lookupAndDelete(key);
  if (value !== undefined) return { text: entryText(map, key, value), json: entryJson(map, key, value) };
  if (result !== ENOENT) throw refused("pop failed", result);
  return { text: "Error: empty map\n", json: null, exitCode: exitOf("ENOENT") };
}

/** `bpftool map freeze MAP`. */
export function freezeMap(tool: Tool, args: Arguments): Reply {
  args.require(2);
  const map = readMap(tool, args);
  if (args.left > 0) throw usageError("map");
  const result = commandsOf(map).freeze();
  if (result < 0) throw refused("failed to freeze map", result);
  return SILENT;
}
