/**
 * Reads the BTF of a Linux and writes the part of it that ships, as a module of `src/btf/data/`:
 *
 *     node scripts/btf/extract.ts 6.18 /sys/kernel/btf/vmlinux "6.18.44"
 *     node scripts/btf/extract.ts 6.1 boot/vmlinuz-6.1.0-50-amd64 "Debian linux-image-6.1.0-50-amd64 6.1.176-1"
 *
 * The file is a BTF, an uncompressed vmlinux, or a vmlinuz (of a package that `dpkg-deb -x` unpacked; needs `xz`, `zstd`
 * or `gzip`). Layouts, names and numbers are facts; nothing else of the kernel is in there.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { constants, deflateRawSync } from "node:zlib";
import { parseBtf } from "../../src/btf/btf.ts";
import { reduceBtf } from "../../src/btf/reduce.ts";
import { rootsOf } from "./roots.ts";

/** How the payload of a vmlinuz begins, and what unpacks it. */
const PACKERS = [
  { magic: "fd377a585a00", command: ["xz", "-dc", "--single-stream"] },
  { magic: "28b52ffd", command: ["zstd", "-dc"] },
  { magic: "1f8b08", command: ["gzip", "-dc"] },
] as const;

/** How a BTF with a header of 24 bytes begins. */
const BTF_START = Buffer.from("9feb01001800000000000000", "hex");

/** The BTF within a file that holds it uncompressed. */
function findBtf(file: Buffer): Buffer | undefined {
  for (let at = file.indexOf(BTF_START); at >= 0; at = file.indexOf(BTF_START, at + 1)) {
    const length = 24 + file.readUInt32LE(at + 16) + file.readUInt32LE(at + 20);
    if (at + length > file.length || length < 1 << 16) continue;
    return file.subarray(at, at + length);
  }
  return undefined;
}

function unpack(file: Buffer): Buffer | undefined {
  for (const { magic, command } of PACKERS) {
    const at = file.indexOf(Buffer.from(magic, "hex"));
    if (at < 0) continue;
    const [program, ...args] = command;
    const { stdout } = spawnSync(program, args, { input: file.subarray(at), maxBuffer: 2 ** 30 });
    const found = stdout === null ? undefined : findBtf(stdout);
    if (found !== undefined) return found;
  }
  return undefined;
}

const [release, path, source] = process.argv.slice(2);
if (source === undefined || !/^\d+\.\d+$/.test(release)) {
  console.error('usage: node scripts/btf/extract.ts RELEASE FILE "WHICH KERNEL IT IS"');
  process.exit(2);
}
const file = readFileSync(path);
const bytes = findBtf(file) ?? unpack(file);
if (bytes === undefined) {
  console.error(`${path} holds no BTF`);
  process.exit(1);
}
const full = parseBtf(bytes);
const small = reduceBtf(full, { roots: rootsOf(full), pointers: 3 });
const packed = deflateRawSync(small, { level: 9, strategy: constants.Z_DEFAULT_STRATEGY });
const name = `LINUX_${release.replace(".", "_")}`;
writeFileSync(
  new URL(`../../src/btf/data/linux-${release}.ts`, import.meta.url),
  `// Made by scripts/btf/extract.ts; do not edit.
import type { PackedBtf } from "./packed.ts";

/** Types of Linux ${release}, as facts from ${source}. */
export const ${name}: PackedBtf = {
  source: ${JSON.stringify(source)},
  size: ${small.length},
  data: "${packed.toString("base64")}",
};
`,
);
console.log(
  `${full.count - 1} types, ${bytes.length} bytes -> ${parseBtf(small).count - 1} types, ${packed.length} bytes`,
);
