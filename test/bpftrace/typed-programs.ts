import fc from "fast-check";

/** Texts of expressions by what they are, so deep at most. */
interface Depths {
  readonly number: fc.Arbitrary<string>;
  readonly truth: fc.Arbitrary<string>;
}

const VARIABLES = ["$a", "$b", "$c"] as const;
const TEXTS = ["", "a", "bb", "hello"] as const;

const small = fc.integer({ min: -20, max: 50 }).map(String);
const key = fc.integer({ min: 0, max: 3 }).map(String);
const text = fc.oneof(
  fc.constantFrom(...TEXTS).map((value) => `"${value}"`),
  fc.constant("$t"),
);

const leaf = fc.oneof(
  { weight: 3, arbitrary: small.map((value) => (value.startsWith("-") ? `(${value})` : value)) },
  { weight: 5, arbitrary: fc.constantFrom(...VARIABLES) },
  { weight: 2, arbitrary: key.map((at) => `@m[${at}]`) },
  { weight: 1, arbitrary: fc.constantFrom("@n", "(int64)@count", "(int64)@sum", "len(@m)", "(int64)strlen($t)") },
);

function expressions(depth: number): Depths {
  const truthLeaf = fc.oneof(
    fc.constantFrom("true", "false"),
    key.map((at) => `has_key(@m, ${at})`),
    fc.tuple(text, fc.constantFrom("==", "!=")).map(([other, operator]) => `($t ${operator} ${other})`),
  );
  if (depth === 0) return { number: leaf, truth: truthLeaf };
  const below = expressions(depth - 1);
  const binary = fc
    .tuple(below.number, fc.constantFrom("+", "-", "*", "/", "%", "&", "|", "^"), below.number)
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`);
  const shift = fc
    .tuple(below.number, fc.constantFrom("<<", ">>"), fc.integer({ min: 0, max: 8 }))
    .map(([left, operator, by]) => `(${left} ${operator} ${by})`);
  const unary = fc.tuple(fc.constantFrom("-", "~"), below.number).map(([operator, of]) => `(${operator}${of})`);
  const cast = fc
    .tuple(fc.constantFrom("uint8", "int8", "uint16", "int16", "uint32", "int32"), below.number)
    .map(([type, of]) => `(int64)(${type})(${of})`);
  const ternary = fc
    .tuple(below.truth, below.number, below.number)
    .map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`);
  const call = fc.tuple(below.number, below.number).map(([first, second]) => `mix(${first}, ${second})`);
  const step = fc
    .tuple(fc.constantFrom(...VARIABLES), fc.constantFrom("++", "--"), fc.boolean())
    .map(([name, operator, prefix]) => (prefix ? `(${operator}${name})` : `(${name}${operator})`));
  const compare = fc
    .tuple(below.number, fc.constantFrom("==", "!=", "<", "<=", ">", ">="), below.number)
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`);
  const logical = fc
    .tuple(below.truth, fc.constantFrom("&&", "||"), below.truth)
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`);
  return {
    number: fc.oneof(leaf, binary, binary, shift, unary, cast, ternary, call, step),
    truth: fc.oneof(
      truthLeaf,
      compare,
      compare,
      logical,
      below.truth.map((of) => `!(${of})`),
    ),
  };
}

const { number, truth } = expressions(3);
const flat = expressions(1);

/** Statements as text; `loop`: break and continue may stand there, `level`: how deep blocks may lie in each other. */
function statement(level: number, loop: boolean): fc.Arbitrary<string> {
  const target = fc.oneof(
    fc.constantFrom(...VARIABLES, "@n"),
    key.map((at) => `@m[${at}]`),
  );
  const simple = fc.oneof(
    fc
      .tuple(target, fc.constantFrom("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="), number)
      .map(([to, operator, value]) => `${to} ${operator} ${value};`),
    number.map((value) => `print(${value});`),
    truth.map((value) => `print(${value});`),
    fc.tuple(number, truth, text).map(([a, b, c]) => `print((${a}, ${b}, ${c}));`),
    text.map((value) => `$t = ${value};`),
    fc.tuple(truth, text, text).map(([test, yes, no]) => `$t = ${test} ? ${yes} : ${no};`),
    fc.constant("@count = count();"),
    fc.tuple(fc.constantFrom("sum", "min", "max"), number).map(([name, value]) => `@${name} = ${name}(${value});`),
    key.map((at) => `delete(@m, ${at});`),
    fc.tuple(target, fc.constantFrom("++", "--")).map(([to, operator]) => `${to}${operator};`),
  );
  if (level === 0) return simple;
  const inner = fc.array(statement(level - 1, loop), { maxLength: 3 }).map((list) => list.join(" "));
  const looped = fc.array(statement(level - 1, true), { maxLength: 3 }).map((list) => list.join(" "));
  return fc.oneof(
    { weight: 6, arbitrary: simple },
    {
      weight: 2,
      arbitrary: fc.tuple(truth, inner, inner).map(([test, yes, no]) => `if (${test}) { ${yes} } else { ${no} }`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat({ max: 3 }), fc.nat({ max: 4 }), looped)
        .map(([from, count, body]) => `for ($i${level} : ${from}..${from + count}) { print($i${level}); ${body} }`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: 3 }), looped)
        .map(([times, body]) => `$w${level} = 0; while ($w${level} < ${times}) { $w${level}++; ${body} }`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 3 }), looped).map(([n, body]) => `unroll(${n}) { ${body} }`),
    },
    ...(loop
      ? [
          {
            weight: 1,
            arbitrary: fc
              .tuple(flat.truth, fc.constantFrom("break", "continue"))
              .map(([test, jump]) => `if (${test}) { ${jump}; }`),
          },
        ]
      : []),
  );
}

/**
 * Random programs without faults: numbers, texts, truths, maps, aggregations, a function, conditions and loops. Each prints what
 * it computes, and at its end everything that it has.
 */
export const typedProgram: fc.Arbitrary<string> = fc
  .tuple(fc.array(statement(2, false), { minLength: 1, maxLength: 6 }), number)
  .map(([statements, result]) =>
    [
      "config = { print_maps_on_exit = false; max_strlen = 64 }",
      `fn mix($x : int64, $y : int64) : int64 { if ($x > $y) { return $x - $y; } return $x * 3 + $y; }`,
      "BEGIN {",
      '$a = 1; $b = 2; $c = -3; $t = "hello"; @m[0] = 5; @n = 7;',
      "@count = count(); @sum = sum(1); @min = min(0); @max = max(0);",
      ...statements,
      `print(${result}); print($a); print($b); print($c); print($t); print((int64)@n);`,
      "print((@m[0], @m[1], @m[2], @m[3])); print(len(@m));",
      "print((int64)@count); print((int64)@sum); print((int64)@min); print((int64)@max);",
      "exit(); }",
    ].join("\n"),
  );
