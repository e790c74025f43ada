import { type Btf, parseBtf } from "../../btf/btf.ts";
import { printHeader, printTypes } from "../../btf/c/print.ts";
import { dumpBtf, formatType } from "../../btf/dump.ts";
import { BtfError } from "../../btf/error.ts";
import { ElfError } from "../../elf/error.ts";
import { readElf } from "../../elf/file.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, errnoText, exitOf } from "../error.ts";
import { object } from "../json.ts";
import { readMap } from "../map/find.ts";
import { readProgram } from "../prog/find.ts";
import type { Reply, Subcommand, Tool } from "../tool.ts";
import { errnoOf } from "../write.ts";
import { readBtfId, showBtf } from "./ids.ts";
import { typeJson } from "./json.ts";

/** A BTF, and the types of it that are wanted where not all are. */
interface Source {
  readonly btf: Btf;
  readonly roots?: readonly number[];
}

/** A file of BTF, or an object file that has some. */
function readFile(tool: Tool, path: string): Btf {
  const fail = (errno: string): BpftoolError =>
    new BpftoolError(`failed to load BTF from ${path}: ${errnoText(errno)}`, { exitCode: exitOf(errno) });
  try {
    const bytes = tool.files.read(path);
    if (bytes[0] !== 0x7f) return parseBtf(bytes);
    // As the compiler left it: sizes and offsets of sections of data are the loader's to fill in.
    const section = readElf(bytes).sections.find(({ name }) => name === ".BTF");
    if (section === undefined) throw fail("ENOENT");
    return parseBtf(section.bytes);
  } catch (error) {
    if (error instanceof BtfError || error instanceof ElfError) throw fail("EINVAL");
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    throw fail(errno);
  }
}

function readSource(tool: Tool, args: Arguments): Source {
  if (args.take("map")) {
    const { spec } = readMap(tool, args);
    if (spec.btf === undefined) throw new BpftoolError("map has no BTF", { exitCode: exitOf("ENOENT") });
    const { btf, keyType, valueType } = spec.btf;
    const only = ["key", "value", "kv", "all"].find((word) => args.is(word));
    if (only !== undefined) args.next();
    if (only === "all") return { btf };
    return { btf, roots: only === "key" ? [keyType] : only === "value" ? [valueType] : [keyType, valueType] };
  }
  if (args.take("prog")) {
    const { spec } = readProgram(tool, args);
    if (spec.btf === undefined) throw new BpftoolError("prog doesn't have BTF associated with it");
    return { btf: spec.btf };
  }
  if (args.is("id")) {
    try {
      return { btf: readBtfId(tool, args).btf };
    } catch (error) {
      const id = /\((\d+)\)/.exec(String(error))?.[1];
      if (id === undefined) throw error;
      const before = `Error: can't get BTF object by id (${id}): No such file or directory\n`;
      throw new BpftoolError(`get btf by id (${id}): No such file or directory`, {
        before,
        exitCode: exitOf("ENOENT"),
      });
    }
  }
  if (args.take("file")) return { btf: readFile(tool, args.value()) };
  throw new BpftoolError(`unrecognized BTF source specifier: '${args.next()}'`);
}

/** `bpftool btf dump BTF_SRC [format { raw | c }]`. */
function dump(tool: Tool, args: Arguments): Reply {
  if (args.left < 2) {
    const message = `'dump' needs at least 2 arguments, ${args.left} found`;
    throw new BpftoolError(message, { usage: "btf" });
  }
  const { btf, roots } = readSource(tool, args);
  let inC = false;
  while (args.left > 0) {
    if (!args.take("format"))
      throw new BpftoolError(`unrecognized option: '${args.next()}'`, { exitCode: exitOf("EINVAL") });
    if (args.left === 0) throw new BpftoolError("expecting value for 'format' option", { exitCode: exitOf("EINVAL") });
    if (args.is("c")) inC = true;
    else if (!args.is("raw"))
      throw new BpftoolError(`unrecognized format specifier: '${args.word}', possible values: raw, c`, {
        exitCode: exitOf("EINVAL"),
      });
    args.next();
  }
  if (inC) {
    if (tool.options.json)
      throw new BpftoolError("JSON output for C-syntax dump is not supported", { exitCode: exitOf("EOPNOTSUPP") });
    return {
      text:
        roots === undefined
          ? printHeader(btf)
          : printTypes(
              btf,
              roots.filter((id) => id > 0),
            ),
    };
  }
  const types = roots === undefined ? [...btf.types()] : roots.filter((id) => id > 0).map((id) => btf.type(id));
  return {
    text: roots === undefined ? dumpBtf(btf) : types.map((type) => `${formatType(btf, type)}\n`).join(""),
    ...(tool.options.json ? { json: object(["types", types.map((type) => typeJson(type))]) } : {}),
  };
}

/** `bpftool btf ...`. */
export const BTF_COMMANDS: readonly Subcommand[] = [
  { name: "show", run: showBtf },
  { name: "list", run: showBtf },
  { name: "dump", run: dump },
];
