# shellcheck shell=bash
# Saying what happens, for the commands of tools/ (sourced).

# A command that another one runs counts from that one's beginning.
export MYRT_BEGAN=${MYRT_BEGAN:-$EPOCHSECONDS}

# One line on what happens now, with the seconds since the command began.
say() {
  printf '[%4ds] %s\n' "$((EPOCHSECONDS - MYRT_BEGAN))" "$*"
}

# One sentence on why this cannot go on.
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

need_root() {
  [ "$(id -u)" -eq 0 ] || die "needs root: containers get namespaces, cgroups and mounts. Run it as root, for example with sudo."
}
