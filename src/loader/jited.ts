import { helperName } from "../helpers/names.ts";
import { LD_IMM64, LD_IMM64_CODE } from "../isa/constants.ts";
import type { LinuxProgram } from "../linux/bpf/program.ts";
import type { BpfSubsystem } from "../linux/bpf/subsystem.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { isCompiled, jit } from "../vm/jit/jit.ts";
import { type JitedInstruction, jitedListing } from "../vm/jit/listing.ts";

/** The jited code of a program: WebAssembly text beside the instructions that it came from. Shows itself as a table. */
export class JitedListing implements Displayable {
  readonly name: string;
  /** One row an instruction of the xlated program. */
  readonly rows: readonly JitedInstruction[];
  /** Bytes of the WebAssembly module. */
  readonly size: number;

  constructor({ name, rows, size }: Pick<JitedListing, "name" | "rows" | "size">) {
    this.name = name;
    this.rows = rows;
    this.size = size;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("jited", this);
  }
}

/** The listing of a loaded program; one that is interpreted is compiled to be shown. */
export function jitedListingOf(bpf: BpfSubsystem, { runnable, spec, maps }: LinuxProgram): JitedListing {
  const compiled = isCompiled(runnable) ? runnable : jit(runnable.xlated, bpf.environment, maps);
  const rows = jitedListing(compiled, { helperName }).map((row): JitedInstruction => {
    const { code, src, dst, imm } = row.insn;
    const isValue = src === LD_IMM64.MAP_VALUE;
    const named = code === LD_IMM64_CODE && (isValue || src === LD_IMM64.MAP_FD) ? spec.maps[imm] : undefined;
    if (named === undefined) return row;
    const place = isValue ? `[0]+${compiled.xlated.insns[row.at + 1]!.imm}` : "";
    return { ...row, text: `(18) r${dst} = map[${named.name}]${place}` };
  });
  return new JitedListing({ name: spec.name, rows, size: compiled.module.bytes.length });
}
