/** The scripts that let shells complete `concord`: they ask the hidden command `complete` with the line until the cursor. */

/** The scripts by shell. */
export const SHELL_SCRIPTS = {
  bash: `_concord() {
  local line="\${COMP_LINE:0:COMP_POINT}" word cut each
  word="\${line##*[[:space:]]}"
  # bash begins a word after "@", "=" and ":"
  cut="\${word%"\${word##*[@=:]}"}"
  COMPREPLY=()
  while IFS= read -r each; do
    each="\${each#"$cut"}"
    [[ "$each" == *[./] ]] || each="$each "
    COMPREPLY+=("$each")
  done < <(concord complete -- "$line" 2>/dev/null)
}
complete -o nospace -F _concord concord
`,
  zsh: `#compdef concord
_concord() {
  local -a found open
  found=("\${(@f)$(concord complete -- "\${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
  open=("\${(@M)found:#*[./]}")
  found=("\${(@)found:#*[./]}")
  (( \${#found} )) && compadd -- "\${found[@]}"
  (( \${#open} )) && compadd -S '' -- "\${open[@]}"
}
compdef _concord concord
`,
  fish: `complete -c concord -f -a '(concord complete -- (commandline -cp) 2>/dev/null)'
`,
} as const;

/** A shell that has a script. */
export type Shell = keyof typeof SHELL_SCRIPTS;
