/** Linux's error numbers that maps and helpers answer with, by name; functions return them negated. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  E2BIG: 7,
  EAGAIN: 11,
  ENOMEM: 12,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EINVAL: 22,
  ERANGE: 34,
  EOPNOTSUPP: 95,
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
