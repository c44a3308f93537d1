# shellcheck shell=bash
# What build, run, run-tests and selftest share: messages, the cache directory, and filling a
# directory that becomes (a part of) the machine's file system.

# An ordinary user's PATH lacks these two, where Debian has depmod, modprobe and ip.
PATH=$PATH:/usr/sbin:/sbin

vm_say() {
  printf 'vm: %s\n' "$*" >&2
}

# 125 is what the harness itself answers with, as env(1) and timeout(1) do: a command rarely uses it.
vm_die() {
  vm_say "$@"
  exit 125
}

# vm_need COMMAND PACKAGE: stops unless COMMAND is there.
vm_need() {
  command -v "$1" >/dev/null || vm_die "$1 is missing: apt-get install $2"
}

vm_cache_directory() {
  printf '%s\n' "${MYRT_VM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/myrt-vm}"
}

# vm_put ROOT HOSTPATH GUESTPATH [LIBRARIES]: copies a file or a directory into ROOT, and for an ELF file the
# libraries it is linked with, which keep their paths, into LIBRARIES, or else into ROOT.
vm_put() {
  local root=$1 host=$2 guest=$3 libraries=${4:-$1} library
  [[ -e $host ]] || vm_die "no such file: $host"
  [[ $guest == /* ]] || vm_die "not an absolute path: $guest"
  mkdir -p "$root$(dirname "$guest")"
  if [[ -d $host ]]; then
    mkdir -p "$root$guest"
    cp -a "$host/." "$root$guest"
    return
  fi
  cp -aHT --remove-destination "$host" "$root$guest"
  while read -r library; do
    mkdir -p "$libraries$(dirname "$library")"
    cp -Ln "$library" "$libraries$library"
  done < <(vm_libraries "$host")
}

# vm_libraries FILE: paths of the dynamic loader and the libraries of an ELF file; nothing for a
# static program or any other file, which ldd refuses.
vm_libraries() {
  { ldd "$1" 2>/dev/null || true; } | sed -nE 's,^.*=> (/[^ ]+) .*$,\1,p; s,^\s+(/[^ ]+) \(0x.*$,\1,p'
}

# vm_cached TARGET COMMAND ARGUMENTS...: unless TARGET is there, runs COMMAND ARGUMENTS... NEW and renames NEW to
# TARGET. So TARGET is whole or absent whatever is interrupted, and two builds at once do not meet. What is to be
# removed at the end of the script is in vm_temporary.
vm_cached() {
  local -r target=$1
  shift
  if [[ -e $target ]]; then
    return
  fi
  vm_say "making $target"
  vm_temporary=$(mktemp -d "$(dirname "$target")/tmp.XXXXXX")
  "$@" "$vm_temporary/new"
  # The loser of a race finds the target there, with the same contents.
  mv -T "$vm_temporary/new" "$target" 2>/dev/null || [[ -e $target ]] || vm_die "cannot write $target"
  rm -r "$vm_temporary"
}

# Prints a short key of what it reads.
vm_digest() {
  sha256sum | cut -c 1-12
}

# vm_pack ROOT FILE: makes an initramfs archive. The format has no extended attributes.
vm_pack() {
  local owner=()
  if ((EUID != 0)); then
    owner=(--owner=0:0)
  fi
  (cd "$1" && find . -print0 | cpio --null --create --format=newc --quiet "${owner[@]}") >"$2"
}
