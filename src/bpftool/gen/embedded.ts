/** Letters of a line of bytes in a skeleton, the backslash at its end not counted. */
const COLUMNS = 78;

/** Bytes as the string of a C skeleton: `\x7f` and `\0`, so many a line that it is at most 79 letters long. */
export function embedded(bytes: Uint8Array): string {
  const lines: string[] = [];
  let line = "";
  for (const byte of bytes) {
    const text = byte === 0 ? "\\0" : `\\x${byte.toString(16).padStart(2, "0")}`;
    if (line.length + text.length > COLUMNS) {
      lines.push(`${line}\\\n`);
      line = "";
    }
    line += text;
  }
  return lines.join("") + line;
}
