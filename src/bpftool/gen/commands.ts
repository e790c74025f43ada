import { parseBtf } from "../../btf/btf.ts";
import { BtfError } from "../../btf/error.ts";
import { ElfError } from "../../elf/error.ts";
import { linkObjects } from "../../elf/linker/link-objects.ts";
import { openObject } from "../../elf/open.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, exitOf } from "../error.ts";
import { objectNameOf } from "../prog/load.ts";
import { type Reply, SILENT, type Subcommand, type Tool } from "../tool.ts";
import { readFrom, writeTo } from "../write.ts";
import { minimalBtf } from "./minimal-btf.ts";
import { cSkeleton } from "./skeleton.ts";

/** What is wrong with an object file, in libbpf's words. */
function opened<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ElfError || error instanceof BtfError)) throw error;
    const reason = error instanceof ElfError ? error.reason : error.message;
    throw new BpftoolError(`failed to open BPF object file: ${reason}`, {
      before: `libbpf: ${path}: ${reason}\n`,
      exitCode: exitOf("EINVAL"),
    });
  }
}

/** `bpftool gen skeleton FILE [name OBJECT_NAME]`. */
function skeleton(tool: Tool, args: Arguments): Reply {
  if (args.left < 1) throw new BpftoolError(`'${args.previous}' needs at least 1 arguments, 0 found`, { usage: "gen" });
  const path = args.next();
  const bytes = readFrom(tool, path, (file) => `failed to stat() ${file}`);
  let name = objectNameOf(path.replace(/\.o$/, "").replaceAll(".", "_")).replaceAll(/\W/g, "_");
  while (args.left > 0) {
    if (!args.take("name")) throw new BpftoolError(`unknown arg ${args.word}`);
    name = args.value();
  }
  const text = opened(path, () => cSkeleton(bytes, name));
  return { text };
}

/** `bpftool gen object OUTPUT_FILE INPUT_FILE...`. */
function object(tool: Tool, args: Arguments): Reply {
  if (args.left < 2)
    throw new BpftoolError(`'object' needs at least 2 arguments, ${args.left} found`, { usage: "gen" });
  const out = args.next();
  const files = args.rest();
  const inputs = files.map((path) => readFrom(tool, path, (file) => `failed to link '${file}'`));
  writeTo(
    tool,
    out,
    opened(files[0]!, () => linkObjects(inputs)),
  );
  return SILENT;
}

/** `bpftool gen min_core_btf INPUT OUTPUT OBJECT...`: the types of INPUT that the objects' CO-RE relocations look at. */
function minCoreBtf(tool: Tool, args: Arguments): Reply {
  if (args.left < 3)
    throw new BpftoolError(`'min_core_btf' needs at least 3 arguments, ${args.left} found`, { usage: "gen" });
  const [input, output] = [args.next(), args.next()];
  const source = opened(input, () =>
    parseBtf(readFrom(tool, input, (file) => `failed to open input BTF file '${file}'`)),
  );
  const objects = args
    .rest()
    .map((path) => opened(path, () => openObject(readFrom(tool, path, (file) => `failed to open ${file}`))));
  writeTo(tool, output, minimalBtf(source, objects));
  return SILENT;
}

/** `bpftool gen ...`. */
export const GEN_COMMANDS: readonly Subcommand[] = [
  { name: "object", run: object },
  { name: "skeleton", run: skeleton },
  {
    name: "subskeleton",
    run: () => {
      throw new BpftoolError("subskeletons are not made: gen skeleton makes one for the whole object");
    },
  },
  { name: "min_core_btf", run: minCoreBtf },
];
