/** Why an object cannot be opened, configured, loaded or attached. */
export type ObjectErrno = "EINVAL" | "ENOENT" | "ESRCH" | "EBUSY" | "EEXIST" | "EOPNOTSUPP" | "EPERM";

/**
 * Something that libbpf refuses, in libbpf's words where it has words for it. The machine is as it was before.
 *
 * @example
 * try { m.open(bytes).load(); } catch (error) { error.reason; } // "prog 'f': missing BPF prog type, check ELF section name 'foo'"
 */
export class ObjectError extends Error {
  readonly code: ObjectErrno;
  /** Name of the object. */
  readonly object: string;
  readonly reason: string;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: ObjectErrno, object: string, reason: string, hint: string, cause?: unknown) {
    super(`${object}: ${reason} (${code}). ${hint}`, cause === undefined ? undefined : { cause });
    this.name = "ObjectError";
    this.code = code;
    this.object = object;
    this.reason = reason;
    this.hint = hint;
  }
}
