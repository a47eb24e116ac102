import type { SHELLS } from './shells.ts'

/**
 * What each shell runs. It asks `tocsin complete` at every Tab, so that it offers what the installed version has, and ids. An answer is a word a line,
 * with what it means behind a tab; `:files` stands for whatever the shell knows of files.
 */
export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `_tocsin() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      COMPREPLY=()
      compopt -o default
      return
    fi
    COMPREPLY+=("\${line%%$'\t'*}")
  done < <(tocsin complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tocsin tocsin`,
  zsh: `#compdef tocsin
_tocsin() {
  local -a lines values
  local line
  lines=("\${(@f)$(tocsin complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == ':files' ]]; then
    _files
    return
  fi
  for line in $lines; do
    [[ -n $line ]] && values+=("\${\${line%%$'\t'*}//:/\\\\:}:\${line#*$'\t'}")
  done
  _describe tocsin values
}
if [[ $funcstack[1] == _tocsin ]]; then
  _tocsin "$@"
else
  compdef _tocsin tocsin
fi`,
  fish: `function __tocsin_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in (tocsin complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path "$current"
      return
    end
    echo $line
  end
end
complete -c tocsin -f -a '(__tocsin_complete)'`,
}
