# shellcheck shell=bash
# Trees of Debian releases in which packages are installed and sources built (sourced, after steps.sh).
# MYRT_DEBIAN_CACHE names the directory that keeps them; the default is ${XDG_CACHE_HOME:-$HOME/.cache}/myrt-debian.

# shellcheck disable=SC2034 # for who sources this
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# The mirror that apt uses here.
# shellcheck disable=SC2016,SC2034 # apt expands it; for who sources this
debian_mirror=${MYRT_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' | awk '$1 == "bookworm" {print $2; exit}')}

# debian_tree SUITE PACKAGE...: prints the path of a directory with the suite's smallest system and these packages; made
# when it is not there. It is shared: nothing may write to it.
debian_tree() {
  local -r suite=$1 cache=${MYRT_DEBIAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/myrt-debian}
  shift
  local packages tree new
  packages=$(IFS=, && printf '%s' "$*")
  tree=$cache/$suite-$(printf '%s' "$packages" | sha256sum | cut -c 1-12)
  if [ ! -d "$tree" ]; then
    say "making a tree of Debian's $suite" >&2
    mkdir -p "$cache"
    new=$(mktemp -d "$cache/new.XXXXXX")
    debootstrap --variant=minbase --include="$packages" "$suite" "$new/tree" "$debian_mirror" >"$cache/$suite.log" 2>&1 || {
      rm -rf "$new"
      die "debootstrap of $suite did not work, the end of $cache/$suite.log: $(tail -n 3 "$cache/$suite.log")"
    }
    # Who loses a race finds an equal tree there.
    mv -T "$new/tree" "$tree" 2>/dev/null || [ -d "$tree" ] || die "cannot write $tree"
    rm -rf "$new"
  fi
  printf '%s\n' "$tree"
}

# in_tree TREE COMMAND...: runs the command with TREE as its root, with a /proc of its own and /tmp in memory. In front of
# COMMAND, `--bind DIRECTORY PLACE` shows a directory there, `--bind-ro` one that it cannot write. The mounts are seen by
# it alone and end with it.
in_tree() {
  # Not chroot(2): in it, there are no user namespaces (EPERM) and no root in the mount table.
  # shellcheck disable=SC2016 # expanded by that shell
  unshare --mount --pid --fork --kill-child bash -ec '
    tree=$1
    shift
    mount --bind "$tree" "$tree"
    mount -t proc proc "$tree/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$tree/tmp"
    while [[ $1 == --bind* ]]; do
      mount --bind "$2" "$tree$3"
      [[ $1 == --bind ]] || mount -o remount,bind,ro "$tree$3"
      shift 3
    done
    cd "$tree"
    PATH=/usr/sbin:/usr/bin:/sbin:/bin
    pivot_root . .
    umount -l .
    cd /
    exec env -i PATH="$PATH" LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
  ' in_tree "$@"
}
