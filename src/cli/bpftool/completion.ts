import { OBJECTS } from "../../bpftool/objects.ts";

/**
 * The script that completes `bpfbook bpftool` and `bpftool` in bash, from bpftool's own tables: `eval "$(bpfbook bpftool completion)"`.
 */
export function completionScript(): string {
  const rows = OBJECTS.map(
    ({ name, commands }) => `    ${name}) words="${[...commands.map((each) => each.name), "help"].join(" ")}" ;;`,
  );
  return `_bpfbook_bpftool()
{
  local words at=1
  COMPREPLY=()
  [[ \${COMP_WORDS[1]} == bpftool ]] && at=2
  while [[ \${COMP_WORDS[at]} == -* ]]; do at=$((at + 1)); done
  if [[ $COMP_CWORD -eq $at ]]; then
    words="${[...OBJECTS.map(({ name }) => name), "batch", "version", "help"].join(" ")}"
  elif [[ $COMP_CWORD -eq $((at + 1)) ]]; then
    case \${COMP_WORDS[at]} in
${rows.join("\n")}
    batch) words="file" ;;
    esac
  else
    case \${COMP_WORDS[COMP_CWORD-1]} in
    dump) [[ \${COMP_WORDS[at]} == prog ]] && words="xlated jited" || words="id name pinned file prog map" ;;
    show|list|pin|lookup|update|delete|getnext|xlated|jited|run) words="id name tag pinned" ;;
    format) words="raw c" ;;
    *) words="key value hex opcodes linum visual file any exist noexist" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _bpfbook_bpftool bpfbook bpftool
`;
}
