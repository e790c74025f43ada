import type { LinuxProgram } from "../../linux/bpf/program.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError } from "../error.ts";
import { absolute } from "../files.ts";
import type { Tool } from "../tool.ts";
import { tagOf } from "./tag.ts";

/** What is pinned at a path, of one kind. Throws as bpftool says it. */
export function pinnedAt<Kind extends "map" | "program" | "link">(tool: Tool, path: string, kind: Kind) {
  const found = tool.machine.bpf.fs.get(absolute(path));
  if (found === undefined) throw new BpftoolError(`bpf obj get (${path}): No such file or directory`);
  if (found.kind !== kind) {
    const name = { map: "map", program: "prog", link: "link" }[found.kind];
    throw new BpftoolError(`incorrect object type: ${name}`);
  }
  return found as Extract<typeof found, { kind: Kind }>;
}

/** Programs that `id N`, `tag T`, `name X` or `pinned PATH` mean. Throws as bpftool says it. */
export function readPrograms(tool: Tool, args: Arguments): LinuxProgram[] {
  const { bpf, linux } = tool.machine;
  const all = [...bpf.programs.values()];
  if (args.take("id")) {
    const word = args.value();
    const id = /^\d+$|^0x[0-9a-f]+$/i.test(word) ? Number(word) : undefined;
    if (id === undefined) throw new BpftoolError(`can't parse ${word} as ID`);
    const found = bpf.programs.get(id);
    if (found === undefined) throw new BpftoolError(`get by id (${id}): No such file or directory`);
    return [found];
  }
  if (args.take("tag")) {
    const tag = args.value();
    if (!/^([0-9a-fA-F]{2}){8}/.test(tag)) {
      if (/^[0-9a-fA-F]/.test(tag)) return [];
      throw new BpftoolError("can't parse tag");
    }
    return all.filter(({ spec }) => tagOf(spec.insns, linux.release) === tag.slice(0, 16).toLowerCase());
  }
  if (args.take("name")) {
    const name = args.value();
    // Longer names are found by BTF, which has them whole.
    return all.filter(({ spec }) => spec.name.slice(0, 15) === name || (spec.btf !== undefined && spec.name === name));
  }
  if (args.take("pinned")) return [pinnedAt(tool, args.value(), "program").program];
  throw new BpftoolError(`expected 'id', 'tag', 'name' or 'pinned', got: '${args.word ?? "(null)"}'?`);
}

/** The one program that is meant. */
export function readProgram(tool: Tool, args: Arguments): LinuxProgram {
  const found = readPrograms(tool, args);
  if (found.length > 1) throw new BpftoolError("several programs match this handle");
  // bpftool says nothing then.
  if (found.length === 0) throw new BpftoolError("");
  return found[0]!;
}
