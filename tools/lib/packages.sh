# shellcheck shell=bash
# Installing the Debian packages that tools/packages lists (sourced, after steps.sh).

# The packages of the named groups, one a line.
listed_packages() {
  awk -v groups=" $* " '/^[^#]/ && index(groups, " " $1 " ") {print $2}' tools/packages | sort -u
}

# Those of them that are not installed.
missing_packages() {
  local package
  listed_packages "$@" |
    while read -r package; do
      [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
        printf '%s\n' "$package"
    done
}

# Installs what is missing of the named groups; the package index is fetched only when something is.
install_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" -eq 0 ]; then
    say "packages ($*): all there"
    return
  fi
  local system
  system=$(. /etc/os-release && printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-unknown}")
  if [ "$system" != "debian 12" ] || ! command -v apt-get >/dev/null; then
    die "installs packages of Debian 12 only, and this is $system. Missing: ${missing[*]}"
  fi
  say "packages ($*): installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q -o Dpkg::Use-Pty=0 >/dev/null || die "apt-get update did not work: is there a network and a package source?"
  apt-get install -q -y --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >build/apt.log 2>&1 ||
    die "apt-get install did not work, the end of build/apt.log: $(tail -n 3 build/apt.log)"
}
