import { ERRNO } from "../errno.ts";
import { copyCost } from "../filemap.ts";
import type { FileOperations, OpenFile } from "../files.ts";
import { type Content, TextContent } from "../fs/content.ts";
import { DIRECTORY_OPERATIONS } from "../fs/directory.ts";
import { type Directory, Inode, S_IFDIR, S_IFLNK, S_IFREG } from "../fs/inode.ts";
import type { SuperBlock } from "../fs/super-block.ts";
import { F, type Frame } from "../symbols.ts";
import type { Task } from "../task.ts";

/** A file whose bytes are made when it is read. */
export interface FileNode {
  readonly kind: "file";
  readonly text: () => string | Uint8Array;
  /** Takes what is written: 0 or -errno. Without it the file is read-only. */
  readonly write?: (text: string) => number;
  readonly mode?: number;
  /** Asked before it is read or written: what is written then, or -errno. `written` absent: it is read. */
  readonly guard?: (t: Task, written: string | undefined) => string | number | undefined;
}

/** A directory whose names are found when somebody looks. */
export interface DirectoryNode {
  readonly kind: "directory";
  readonly find: (name: string) => Node | undefined;
  readonly names: () => readonly string[];
  readonly uid?: number;
}

export interface LinkNode {
  readonly kind: "link";
  readonly target: () => string;
}

/** What a file system without a disk is made of. */
export type Node = FileNode | DirectoryNode | LinkNode;

/** A file with this text. */
export function file(text: FileNode["text"], write?: FileNode["write"]): FileNode {
  return write === undefined ? { kind: "file", text } : { kind: "file", text, write };
}

/** A directory with these nodes. */
export function directory(nodes: Readonly<Record<string, Node>>): DirectoryNode {
  const names = Object.keys(nodes);
  return {
    kind: "directory",
    find: (name) => (Object.hasOwn(nodes, name) ? nodes[name] : undefined),
    names: () => names,
  };
}

/** A directory node as the file system sees it. Inodes of what stays stay; those of processes come and go. */
export class GeneratedDirectory implements Directory {
  readonly volatile = true;
  readonly #node: DirectoryNode;
  readonly #inodes = new WeakMap<Node, Inode>();
  sb!: SuperBlock;

  constructor(node: DirectoryNode) {
    this.#node = node;
  }

  find(name: string): Inode | undefined {
    const node = this.#node.find(name);
    if (node === undefined) return undefined;
    const known = this.#inodes.get(node);
    if (known !== undefined && node.kind !== "link") return known;
    const inode = inodeOf(this.sb, node);
    this.#inodes.set(node, inode);
    return inode;
  }

  names(): readonly string[] {
    return this.#node.names();
  }
}

function inodeOf(sb: SuperBlock, node: Node): Inode {
  switch (node.kind) {
    case "directory": {
      const below = new GeneratedDirectory(node);
      below.sb = sb;
      const mode = S_IFDIR | 0o555;
      return new Inode(sb, { mode, operations: DIRECTORY_OPERATIONS, directory: below, uid: node.uid ?? 0 });
    }
    case "link":
      return new Inode(sb, { mode: S_IFLNK | 0o777, operations: DIRECTORY_OPERATIONS, target: node.target() });
    case "file": {
      const mode = S_IFREG | (node.mode ?? (node.write === undefined ? 0o444 : 0o644));
      return new Inode(sb, { mode, operations: operationsOf(sb, node), content: new Generated(node) });
    }
    default:
      return node satisfies never;
  }
}

/** The content of a generated file: what it would be now. */
export class Generated implements Content {
  readonly node: FileNode;

  constructor(node: FileNode) {
    this.node = node;
  }

  /** All of it. */
  bytes(): Uint8Array {
    const text = this.node.text();
    return typeof text === "string" ? new TextEncoder().encode(text) : text;
  }

  read(at: number, out: Uint8Array): void {
    out.fill(0);
    out.set(this.bytes().subarray(at, at + out.length));
  }
}

/** Functions of Linux that read such files, by file system. */
const READ: Readonly<Record<string, readonly Frame[]>> = {
  proc: [F.proc_reg_read_iter, F.seq_read_iter],
  sysfs: [F.kernfs_fop_read_iter, F.seq_read_iter],
  tracefs: [F.seq_read],
};

const WRITE: Readonly<Record<string, Frame>> = { proc: F.proc_sys_call_handler, sysfs: F.kernfs_fop_write_iter };

/** Nanoseconds to make what a reader gets. */
const MAKE = 2_000;

/** Reading begins with making all of it, which stays for the readers of this open file: `seq_file`. */
function operationsOf(sb: SuperBlock, node: FileNode): FileOperations {
  const frames = READ[sb.type.name] ?? [F.seq_read];
  return {
    read(t, opened, count) {
      for (const frame of frames) t.enter(frame, 60);
      const refused = opened.position === 0 ? node.guard?.(t, undefined) : undefined;
      if (typeof refused === "number") return t.leave(refused, frames.length);
      const content = snapshot(opened, node);
      const bytes = Math.max(0, Math.min(count, content.length - opened.position));
      t.enter(F._copy_to_iter, MAKE + copyCost(bytes));
      opened.position += bytes;
      return t.leave(bytes, frames.length + 1);
    },
    write(t, _opened, count) {
      t.enter(WRITE[sb.type.name] ?? F.kernfs_fop_write_iter, 300);
      return t.leave(accept(t, node, count));
    },
    release() {},
  };
}

/** What this open file reads: made at its beginning, the same until somebody begins anew. */
function snapshot(opened: OpenFile, node: FileNode): TextContent {
  if (opened.position === 0 || opened.snapshot === undefined) {
    opened.snapshot = new TextContent(node.text());
  }
  return opened.snapshot as TextContent;
}

function accept(t: Task, node: FileNode, count: number): number {
  if (node.write === undefined) return -ERRNO.EINVAL!;
  const sent = new TextDecoder().decode(t.sent ?? new Uint8Array());
  const guarded = node.guard?.(t, sent) ?? sent;
  if (typeof guarded === "number") return guarded;
  const result = node.write(guarded.trim());
  return result === 0 ? count : result;
}
