# shellcheck shell=bash
# Completion of myrt's command line in bash. It needs nothing of the bash-completion package, which finds it by its
# name; without that package: source this file.

_myrt_commands='create delete events exec features kill list pause ps resume run spec start state update'
_myrt_signals='HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN
  TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'

# The options of a command; of myrt itself without one.
_myrt_options() {
  local create='-b --bundle -f --config --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring
    --preserve-fds --overlay'
  case $1 in
    '') echo '--root --log --log-format --debug --systemd-cgroup --cgroup-manager --rootless --allow-annotations
      -v --version' ;;
    create) echo "$create" ;;
    run) echo "$create -d --detach --keep --no-subreaper" ;;
    events) echo '--interval --stats' ;;
    exec) echo '-p --process -t --tty --console-socket -d --detach --pid-file --pidfd-socket --preserve-fds --cgroup
      --ignore-paused --cwd -e --env -u --user -g --additional-gids -c --cap --apparmor --process-label --no-new-privs' ;;
    kill) echo '-a --all' ;;
    delete) echo '-f --force -r --regex' ;;
    list) echo '-f --format -q --quiet' ;;
    ps) echo '-f --format' ;;
    spec) echo '-b --bundle -f --config --rootless' ;;
    update) echo '-r --resources --blkio-weight --cpu-period --cpu-quota --cpu-burst --cpu-share --cpu-rt-period
      --cpu-rt-runtime --cpu-idle --cpuset-cpus --cpuset-mems --memory --memory-reservation --memory-swap
      --pids-limit --l3-cache-schema --mem-bw-schema' ;;
  esac
  echo '-h --help'
}

# What the value of a command's option is: a kind, or nothing when it takes none.
_myrt_value() {
  case $1:$2 in
    :--root | *:--bundle | *:-b | *:--overlay) echo directory ;;
    :--log | *:--console-socket | *:--pidfd-socket | *:--pid-file | *:--config) echo file ;;
    create:-f | run:-f | spec:-f | exec:-p | exec:--process | update:-r | update:--resources) echo file ;;
    :--log-format) echo 'text json' ;;
    :--cgroup-manager) echo 'cgroupfs systemd disabled' ;;
    :--rootless) echo 'true false auto' ;;
    :--allow-annotations) echo overlay ;;
    list:-f | list:--format | ps:-f | ps:--format) echo 'table json' ;;
    exec:-c | exec:--cap) echo capability ;;
    *:--preserve-fds | exec:--cgroup | exec:--cwd | exec:-e | exec:--env | exec:-u | exec:--user) echo any ;;
    exec:-g | exec:--additional-gids | events:--interval | update:--*) echo any ;;
  esac
}

# Offers what may stand for a value of this kind, or one of these words.
_myrt_offer() {
  local words=$1 current=$2
  case $1 in
    any) return ;;
    file | directory)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -A "$1" -- "$current")
      return
      ;;
    capability) words=$("$program" features 2>/dev/null | grep -o 'CAP_[A-Z_]*') ;;
    container) words=$("$program" "${root[@]}" list -q 2>/dev/null) ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

_myrt() {
  # bash cuts words at = and at colons: --root=DIR is three of them, which count as two here; a:b is one.
  local -a words=() root=()
  local word glue=''
  for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
    if [[ $word == = && ${words[-1]} == --* ]]; then
      words+=('')
      glue=1
    elif [[ $word == [=:] || $glue ]]; then
      words[-1]+=$word
      [[ $word == [=:] ]] && glue=1 || glue=''
    else
      words+=("$word")
    fi
  done

  local program=${words[0]} current=${words[-1]} command='' kind='' position=0 i
  COMPREPLY=()
  # The part of the current word that bash replaces.
  current=${current##*[=:]}
  for ((i = 1; i < ${#words[@]} - 1; ++i)); do
    word=${words[i]}
    kind=''
    if [[ $word == -* ]]; then
      kind=$(_myrt_value "$command" "$word")
      if [[ $kind ]]; then
        i=$((i + 1))
        [[ $command || $word != --root ]] || root=(--root "${words[i]/#\~/$HOME}")
      fi
    elif [[ ! $command ]]; then
      command=$word
    else
      position=$((position + 1))
    fi
  done

  if ((i == ${#words[@]})); then  # the current word is the value of the option before it
    _myrt_offer "$kind" "$current"
  elif [[ $current == -* && ! ($command =~ ^(exec|ps)$ && $position -gt 0) ]]; then
    _myrt_offer "$(_myrt_options "$command")" "$current"
  elif [[ ! $command ]]; then
    _myrt_offer "$_myrt_commands" "$current"
  elif ((position == 0)) && [[ $command =~ ^(start|state|kill|delete|events|exec|ps|pause|resume|update)$ ]]; then
    _myrt_offer container "$current"
  elif ((position == 1)) && [[ $command == kill ]]; then
    _myrt_offer "$_myrt_signals" "$current"
  fi
}

complete -F _myrt myrt
