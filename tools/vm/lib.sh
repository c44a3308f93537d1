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

# vm_skeleton ROOT: the merged-/usr links of Debian 12. Every tree needs them, since the kernel
# replaces a link from one initramfs by a directory of the same name from the next.
vm_skeleton() {
  local name
  for name in bin sbin lib lib64; do
    mkdir -p "$1/usr/$name"
    ln -sfn "usr/$name" "$1/$name"
  done
}

# vm_put ROOT HOSTPATH GUESTPATH: copies a file or a directory into ROOT, and for an ELF file the
# libraries it is linked with, which keep their paths.
vm_put() {
  local root=$1 host=$2 guest=$3 library
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
    mkdir -p "$root$(dirname "$library")"
    cp -Ln "$library" "$root$library"
  done < <(vm_libraries "$host")
}

# vm_libraries FILE: paths of the dynamic loader and the libraries of an ELF file; nothing for a
# static program or any other file, which ldd refuses.
vm_libraries() {
  { ldd "$1" 2>/dev/null || true; } | sed -nE 's,^.*=> (/[^ ]+) .*$,\1,p; s,^\s+(/[^ ]+) \(0x.*$,\1,p'
}

# vm_pack ROOT FILE: makes an initramfs archive. The format has no extended attributes.
vm_pack() {
  local owner=()
  if ((EUID != 0)); then
    owner=(--owner=0:0)
  fi
  (cd "$1" && find . -print0 | cpio --null --create --format=newc --quiet "${owner[@]}") >"$2"
}
