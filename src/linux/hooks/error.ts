/** A hook name that the machine does not have (ENOENT), or one that Linux would refuse (EINVAL). */
export class HookError extends Error {
  readonly code: "ENOENT" | "EINVAL";
  readonly hook: string;
  /** Names that look alike. */
  readonly near: readonly string[];
  constructor(hook: string, code: HookError["code"], message: string, near: readonly string[] = []) {
    super(message);
    this.name = "HookError";
    this.hook = hook;
    this.code = code;
    this.near = near;
  }
}
