/**
 * 0 nanoseconds, as fields that hold times begin. Negative zero equals 0 and adds like it, but V8 takes it for a floating-point
 * number. A field that begins with 0 is made for small integers: when it passes 2^31, after two virtual seconds, V8 changes its
 * form and throws away all code that it has compiled for the class.
 */
export const NEVER_YET = -0;
