"""What the completions in tools/completions offer, asked of the shells themselves."""

import os
import subprocess

# The completion function is called as bash calls it: with the words of the line, cut at = and colons as well.
BASH = r"""
source "$1"
compopt() { :; }
while IFS= read -r line; do
  COMP_WORDS=() rest=$line
  while [[ $rest =~ ^\ *([=:]|[^\ =:]+)(.*)$ ]]; do
    COMP_WORDS+=("${BASH_REMATCH[1]}")
    rest=${BASH_REMATCH[2]}
  done
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _myrt
  printf '%s\n' "${COMPREPLY[@]}" @@
done
"""

# A second zsh has a terminal and its Tab key prints what is given to compadd. Its own words are quoted twice in places,
# since a terminal may echo them before it is told not to.
ZSH = r"""
zmodload zsh/zpty
zpty inner zsh -f -i
send() { zpty -w inner "$1" }
send "PS1= PS2= RPS1= PROMPT_EOL_MARK=; unsetopt prompt_cr prompt_sp; stty -echo; fpath=(${1:h} \$fpath); bindkey -e"
send 'autoload -Uz compinit; compinit -u -D'
send 'compadd() {
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a hits; builtin compadd -A hits "$@"
    local -A prefix; zparseopts -E P:=prefix
    (( $#hits )) && print -rl -- ${^hits/#/$prefix[-P]}
  fi
  builtin compadd "$@"
}'
send 'offer() { print; print -r @be""gin; _main_complete; print -r @e""nd; compstate[insert]= compstate[list]= }'
send 'zle -C offer complete-word offer; bindkey "^I" offer; bindkey "^U" kill-whole-line; print @rea""dy'
zpty -r inner text '*@ready*'
while IFS= read -r line; do
  zpty -n -w inner $'\x15'"$line"$'\t'
  zpty -r inner text '*@end*'
  print -r -- "${${text##*@begin}%@end*}"
  print -r @@
done
zpty -d inner
"""

FISH = r"""
source $argv[1]
while read --line line
    complete --do-complete "$line" | string replace --regex '\t.*' ''
    echo @@
end
"""

SHELLS = {
    "bash": (["bash", "--norc", "-c", BASH, "bash"], "tools/completions/myrt.bash"),
    "zsh": (["zsh", "-f", "-c", ZSH, "zsh"], "tools/completions/_myrt"),
    "fish": (["fish", "--no-config", "--command", FISH], "tools/completions/myrt.fish"),
}


def offers(shell, tree, lines, directory, program):
    """The words that the shell offers at the end of each line, as sets, when the line is typed in `directory` and
    `program` is the myrt in the path. A word of the form --option=value counts as its value, and no directory ends
    with a slash: the shells differ in that. RuntimeError: the shell is missing or did not get through."""
    command, script = SHELLS[shell]
    environment = {
        "HOME": str(directory), "PATH": f"{program.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TERM": "dumb",
    }
    try:
        done = subprocess.run(
            [*command, tree / script], input="".join(line + "\n" for line in lines), cwd=directory, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False,
        )
    except FileNotFoundError:
        raise RuntimeError(f"{shell} is not installed") from None
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{shell} did not answer within a minute") from None
    *answers, rest = done.stdout.split("@@\n")
    if len(answers) != len(lines) or rest.strip():
        raise RuntimeError(f"{shell} got through {len(answers)} of {len(lines)} lines: {rest.strip()}")
    return [{plain(word) for word in answer.split()} for answer in answers]


def plain(word):
    if word.startswith("--") and word.find("=") not in (-1, len(word) - 1):
        word = word.partition("=")[2]
    return word.rstrip("/=") or word
