import { ElfError } from "../../elf/error.ts";
import { linkProgram } from "../../elf/link.ts";
import { openObject } from "../../elf/open.ts";
import { DecodeError, decode, fromHex } from "../../isa/encode.ts";
import type { Instruction } from "../../isa/instruction.ts";
import { readFlags } from "../flags.ts";
import { readStdin } from "../input.ts";
import { UsageError } from "../usage.ts";
import { executeConformance } from "./execute.ts";

/**
 * `bpfbook conformance [MEMORY]`: the plug-in that bpf_conformance's runner calls. The program's bytes come in hexadecimal
 * on stdin (or `--program`; with `--elf` an object file's), the memory as the first argument; r0 goes to stdout in hexadecimal, an error to stderr.
 */
export async function conformanceCommand(args: readonly string[]): Promise<number> {
  // The runner passes an empty word where it has no options.
  const given = args.filter((word) => word.trim() !== "");
  const kinds = { interpret: "boolean", jit: "boolean", program: "string", debug: "boolean", elf: "boolean" } as const;
  const { flags, words } = readFlags(given, kinds);
  if (words.length > 1) throw new UsageError(`one argument with the memory is expected, got also '${words[1]}'`);
  if (flags.interpret && flags.jit) throw new UsageError("--interpret and --jit exclude each other");
  const program = flags.program ?? (await readStdin()).toString("utf8");
  try {
    const bytes = fromHex(program);
    const insns = flags.elf ? firstProgram(bytes) : decode(bytes);
    const outcome = executeConformance({ insns, memory: fromHex(words[0] ?? "") }, flags.interpret ? "interp" : "jit");
    if ("error" in outcome) return fail(outcome.error);
    process.stdout.write(`${outcome.result.toString(16)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof DecodeError || error instanceof ElfError) return fail(error.message);
    throw error;
  }
}

/** The first program of an object file, with the functions that it calls; throws `ElfError`, also for one that needs maps. */
function firstProgram(bytes: Uint8Array): readonly Instruction[] {
  const object = openObject(bytes);
  const [first] = object.programs;
  if (first === undefined) throw new ElfError("there is no program", { section: ".symtab", offset: 0 });
  const { insns, relocations } = linkProgram(object, first.name);
  if (relocations.length > 0) {
    const reason = "it refers to maps, data or externs, which a conformance case does not have";
    throw new ElfError(reason, { section: first.section, offset: 8 * relocations[0]!.insn });
  }
  return insns;
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
