/** Linux's error numbers that maps and helpers answer with, by name; functions return them negated. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  ERANGE: 34,
  EDEADLK: 35,
  ENAMETOOLONG: 36,
  ENODATA: 61,
  EPROTO: 71,
  EOVERFLOW: 75,
  EBADFD: 77,
  EOPNOTSUPP: 95,
  EAFNOSUPPORT: 97,
  EALREADY: 114,
  /** In Linux's own headers, not in libc's: sockmaps, maps of maps and LRU maps answer with it. */
  EINPROGRESS: 115,
  ENOTSUPP: 524,
} as const;

export type Errno = keyof typeof ERRNO;

const NAMES: ReadonlyMap<number, Errno> = new Map(
  (Object.entries(ERRNO) as [Errno, number][]).map(([name, number]) => [number, name]),
);

/**
 * The name of a negative result.
 *
 * @example errnoName(-22) // "EINVAL"
 */
export const errnoName = (result: number): Errno | undefined => NAMES.get(-result);
