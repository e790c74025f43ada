/** What a teacher does with results: rosters, lateness, decisions by hand, regrades, a class's summary, similarity. */
export { type Adjusted, type Adjusting, adjust } from "./adjust.ts";
export { type Comparison, compareResults, comparisonText, type ResultChange, type TestChange } from "./compare.ts";
export { type Handed, type Lateness, type LatePolicy, latenessOf, momentOf, readPolicy, readTimes } from "./late.ts";
export { checkOverride, type Override, overrideLine, readOverrides } from "./overrides.ts";
export { type RosterStudent, readRoster } from "./roster.ts";
export { type AnswerCode, codeOf } from "./similarity/answers.ts";
export { type Fingerprint, fingerprint, similarity } from "./similarity/fingerprint.ts";
export { type SimilarPair, similarities, type TaskSimilarity } from "./similarity/pairs.ts";
export { CAVEAT, similarityPage, similarityText } from "./similarity/similarity-page.ts";
export { type AssignmentSummary, type ClassSummary, type Counted, summarise, type TestSummary } from "./summary.ts";
export { summaryPage, summaryText } from "./summary-page.ts";
