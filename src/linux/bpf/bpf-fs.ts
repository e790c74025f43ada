import type { RuntimeMap } from "../../maps/runtime.ts";
import type { BpfLink } from "./link.ts";
import type { LinuxProgram } from "./program.ts";

/** What can be pinned. */
export type Pinned =
  | { readonly kind: "map"; readonly map: RuntimeMap }
  | { readonly kind: "program"; readonly program: LinuxProgram }
  | { readonly kind: "link"; readonly link: BpfLink };

/** Where it is mounted. */
export const BPF_FS = "/sys/fs/bpf";

/** A path of the BPF file system that cannot be used: EEXIST, ENOENT, EINVAL. */
export class PinError extends Error {
  readonly code: "EEXIST" | "ENOENT" | "EINVAL";
  readonly path: string;
  constructor(code: PinError["code"], path: string, message: string) {
    super(`${path}: ${message} (${code})`);
    this.name = "PinError";
    this.code = code;
    this.path = path;
  }
}

/**
 * The BPF file system of a machine: maps, programs and links under paths, which keep them beyond whoever loaded them.
 * Folders need not be made.
 *
 * @example
 * bpf.fs.pin("/sys/fs/bpf/events", { kind: "map", map });
 */
export class BpfFs {
  readonly #pins = new Map<string, Pinned>();

  /** `BPF_OBJ_PIN`. Throws {@link PinError}. */
  pin(path: string, object: Pinned): void {
    if (!path.startsWith(`${BPF_FS}/`) || path.endsWith("/"))
      throw new PinError("EINVAL", path, `only paths below ${BPF_FS}/ can be pinned to`);
    if (this.#pins.has(path)) throw new PinError("EEXIST", path, "something is pinned there");
    this.#pins.set(path, object);
  }

  /** `BPF_OBJ_GET`; `undefined` where nothing is. */
  get(path: string): Pinned | undefined {
    return this.#pins.get(path);
  }

  /** `unlink(2)`. Throws {@link PinError}. */
  unpin(path: string): void {
    if (!this.#pins.delete(path)) throw new PinError("ENOENT", path, "nothing is pinned there");
  }

  /** Whether something keeps it. */
  holds(object: RuntimeMap | LinuxProgram | BpfLink): boolean {
    return [...this.#pins.values()].some((pinned) => contentOf(pinned) === object);
  }

  /** All paths with what is there, sorted by path. */
  list(): readonly (readonly [path: string, object: Pinned])[] {
    return [...this.#pins].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function contentOf(pinned: Pinned): RuntimeMap | LinuxProgram | BpfLink {
  switch (pinned.kind) {
    case "map":
      return pinned.map;
    case "program":
      return pinned.program;
    case "link":
      return pinned.link;
  }
}
