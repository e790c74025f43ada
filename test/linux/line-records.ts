/** Source lines as bpf(2) wants them: offsets into the strings of the program's BTF. */
import { type Btf, parseBtf } from "../../src/btf/btf.ts";
import type { LineInfo } from "../../src/btf/ext.ts";

export interface LineRecords {
  /** The program's BTF, with the strings of the lines at its end. */
  readonly btf: Btf;
  readonly records: readonly (readonly [insn: number, file: number, text: number, position: number])[];
}

/** Appends the texts to the strings of the BTF, which its string section must end with. */
export function lineRecords(btf: Btf, lines: readonly LineInfo[]): LineRecords {
  const offsets = new Map<string, number>();
  let end = btf.strings.end;
  let added = "";
  const offset = (text: string): number => {
    const known = offsets.get(text);
    if (known !== undefined) return known;
    const at = end;
    offsets.set(text, at);
    added += `${text}\0`;
    end += new TextEncoder().encode(text).length + 1;
    return at;
  };
  const records = lines.map(
    ({ insn, file, text, line, column }) => [insn, offset(file), offset(text), (line << 10) | column] as const,
  );
  const more = new TextEncoder().encode(added);
  const bytes = new Uint8Array(btf.bytes.length + more.length);
  bytes.set(btf.bytes);
  bytes.set(more, btf.bytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(20, view.getUint32(20, true) + more.length, true);
  return { btf: parseBtf(bytes), records };
}
