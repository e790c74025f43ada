import { PinError, type Pinned } from "../linux/bpf/bpf-fs.ts";
import { BpftoolError, errnoText, exitOf } from "./error.ts";
import { absolute } from "./files.ts";
import type { Tool } from "./tool.ts";

/** Pins an object, as `prog pin`, `map pin` and `link pin` do. */
export function pinObject(tool: Tool, path: string, object: Pinned): void {
  const { fs } = tool.machine.bpf;
  try {
    fs.pin(absolute(path), object);
  } catch (error) {
    if (!(error instanceof PinError)) throw error;
    if (error.code === "EINVAL")
      throw new BpftoolError(`can't pin the object (${path}): only paths below /sys/fs/bpf/ can be pinned to`);
    throw new BpftoolError(`can't pin the object (${path}): ${errnoText(error.code)}`, {
      exitCode: exitOf(error.code),
    });
  }
}
