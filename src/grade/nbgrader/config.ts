/** The kernel that a course is graded with: its kernelspec loads the extension and names the secret. */
export const GRADING_KERNEL = "bpfbook-grading";

/** Seconds that nbgrader waits for one cell. */
const CELL_TIMEOUT = 60;

/**
 * The `nbgrader_config.py` of a course.
 *
 * @example writeFileSync("course/nbgrader_config.py", nbgraderConfig());
 */
export const nbgraderConfig = ({ timeout = CELL_TIMEOUT }: { readonly timeout?: number } = {}): string => `\
# Written by bpfbook: an nbgrader course with TypeScript cells. Grade cells hold only "%%grade TASK".
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, DeduplicateIds

c = get_config()

# Its name in nbgrader's exchange; another one where several courses share it.
c.CourseDirectory.course_id = "bpfbook"

STUB = '// YOUR CODE HERE\\nthrow new Error("Not implemented");'
c.ClearSolutions.code_stub = {
    "typescript": STUB,
    "javascript": STUB,
    "python": "# YOUR CODE HERE\\nraise NotImplementedError()",
}


class ClearToStubs(ClearSolutions):
    """Cells that bring a stub of their own, in lines "// STUB ...", are left with that."""

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type != "code" or "// STUB" not in cell.source:
            if self.is_answer(cell):
                return super().preprocess_cell(cell, resources, cell_index)
            return cell, resources
        kept, inside = [], False
        for line in cell.source.split("\\n"):
            if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
                inside = "BEGIN SOLUTION" in line
            elif not inside:
                bare = line.lstrip()
                indent = line[: len(line) - len(bare)]
                if bare.startswith("// STUB"):
                    bare = bare[len("// STUB") :]
                    line = indent + (bare[1:] if bare.startswith(" ") else bare)
                kept.append(line)
        cell.source = "\\n".join(kept)
        return cell, resources

    @staticmethod
    def is_answer(cell):
        return cell.metadata.get("nbgrader", {}).get("solution", False)


c.ClearToStubs.code_stub = c.ClearSolutions.code_stub
c.GenerateAssignment.preprocessors = [
    ClearToStubs if step is ClearSolutions else step
    for step in GenerateAssignment.preprocessors.default_args[0]
]


class DropCopies(DeduplicateIds):
    """Of cells with the same id the last counts. nbgrader leaves metadata behind that it then takes for an old version's."""

    def preprocess_cell(self, cell, resources, cell_index):
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if cell.metadata.get("nbgrader") == {}:
            del cell.metadata["nbgrader"]
        return cell, resources


c.Autograde.sanitize_preprocessors = [
    DropCopies if step is DeduplicateIds else step
    for step in Autograde.sanitize_preprocessors.default_args[0]
]

# Students' notebooks run in the kernel whose parent grades, and in no other.
c.Execute.kernel_name = "${GRADING_KERNEL}"
c.Execute.timeout = ${timeout}
c.Execute.interrupt_on_timeout = True
# What is put back is commented out with "# ", which TypeScript does not know.
c.OverwriteCells.add_missing_cells = False
c.LimitOutput.max_lines, c.LimitOutput.max_traceback = 500, 50
c.IgnorePattern.enabled, c.IgnorePattern.pattern = True, r"^\\(node:\\d+\\) .*Warning"
`;
