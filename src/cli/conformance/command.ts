import { DecodeError, decode, fromHex } from "../../isa/encode.ts";
import { readFlags } from "../flags.ts";
import { readStdin } from "../input.ts";
import { UsageError } from "../usage.ts";
import { executeConformance } from "./execute.ts";

/**
 * `bpfbook conformance [MEMORY]`: the plug-in that bpf_conformance's runner calls. The program's bytes come in hexadecimal
 * on stdin (or `--program`), the memory as the first argument; r0 goes to stdout in hexadecimal, an error to stderr.
 */
export async function conformanceCommand(args: readonly string[]): Promise<number> {
  // The runner passes an empty word where it has no options.
  const given = args.filter((word) => word.trim() !== "");
  const kinds = { interpret: "boolean", jit: "boolean", program: "string", debug: "boolean", elf: "boolean" } as const;
  const { flags, words } = readFlags(given, kinds);
  if (words.length > 1) throw new UsageError(`one argument with the memory is expected, got also '${words[1]}'`);
  if (flags.interpret && flags.jit) throw new UsageError("--interpret and --jit exclude each other");
  if (flags.elf) throw new UsageError("--elf is not implemented yet: pass the instructions' bytes");
  const program = flags.program ?? (await readStdin()).toString("utf8");
  try {
    const insns = decode(fromHex(program));
    const outcome = executeConformance({ insns, memory: fromHex(words[0] ?? "") }, flags.interpret ? "interp" : "jit");
    if ("error" in outcome) return fail(outcome.error);
    process.stdout.write(`${outcome.result.toString(16)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof DecodeError) return fail(error.message);
    throw error;
  }
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
