/** A program and a hook that do not go together, or a program of another machine. */
export class AttachError extends Error {
  readonly code: "EINVAL" | "EACCES" | "ENOENT" | "EBADF" | "EAGAIN" | "E2BIG" | "EBUSY";
  readonly hook: string;
  constructor(hook: string, message: string, code: AttachError["code"] = "EINVAL") {
    super(message);
    this.name = "AttachError";
    this.hook = hook;
    this.code = code;
  }
}
