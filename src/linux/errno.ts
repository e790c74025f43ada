/** The error numbers that the machine's system calls return, as Linux on x86-64 numbers them. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  ESPIPE: 29,
  EPIPE: 32,
  ENOSYS: 38,
  ENOTSOCK: 88,
  EADDRINUSE: 98,
} as const;
