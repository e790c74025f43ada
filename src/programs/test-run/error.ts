/** What `BPF_PROG_TEST_RUN` answers where it refuses. */
export type TestRunErrno = "E2BIG" | "EAFNOSUPPORT" | "EINVAL" | "ENODEV" | "ENOMEM" | "ENOTSUPP" | "ERANGE";

/** Input that `BPF_PROG_TEST_RUN` refuses. */
export class TestRunError extends Error {
  readonly errno: TestRunErrno;
  readonly hint: string;

  constructor(errno: TestRunErrno, problem: string, hint: string) {
    super(`test run: ${problem} (${errno}). ${hint}`);
    this.name = "TestRunError";
    this.errno = errno;
    this.hint = hint;
  }
}
