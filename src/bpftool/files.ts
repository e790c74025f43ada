import { BPF_FS } from "../linux/bpf/bpf-fs.ts";
import { FileError } from "../linux/file-system.ts";
import type { Linux } from "../linux/linux.ts";
import { Generated } from "../linux/proc/node.ts";
import type { ToolFiles } from "./tool.ts";

/** A path without `.`, `..` and empty parts, from a directory on. */
export function absolute(path: string, cwd = "/"): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/"))
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  return `/${parts.join("/")}`;
}

/** A file that is not of a kind that can be written. */
class WriteError extends Error {
  override readonly name = "WriteError";
  readonly code: "EISDIR" | "EPERM" | "ENOENT" | "EINVAL";
  constructor(code: WriteError["code"], path: string) {
    super(`${path}: cannot be written (${code})`);
    this.code = code;
  }
}

/** A file of /proc or /sys takes what it understands. */
function writeSetting({ node }: Generated, path: string, bytes: Uint8Array): void {
  if (node.write === undefined) throw new WriteError("EPERM", path);
  if (node.write(new TextDecoder().decode(bytes).trim()) < 0) throw new WriteError("EINVAL", path);
}

/** The files of a machine, as a process of root in a directory sees them. */
export function machineFiles(linux: Linux, cwd: () => string = () => "/"): ToolFiles {
  return {
    read(path) {
      const full = absolute(path, cwd());
      const found = linux.files.lookup(full);
      // Messages call a file as it was called.
      if (found === undefined || found.isDirectory)
        throw new FileError(found === undefined ? "ENOENT" : "EISDIR", path);
      return linux.files.bytes(full);
    },
    write(path, bytes) {
      const full = absolute(path, cwd());
      if (full.startsWith(`${BPF_FS}/`)) throw new WriteError("EPERM", full);
      const found = linux.files.lookup(full);
      if (found?.isDirectory) throw new WriteError("EISDIR", full);
      const parent = linux.files.lookup(full.slice(0, full.lastIndexOf("/")) || "/");
      if (found === undefined && !parent?.isDirectory) throw new FileError("ENOENT", full);
      if (found?.content instanceof Generated) writeSetting(found.content, full, bytes);
      else linux.files.create(full, bytes);
    },
  };
}
