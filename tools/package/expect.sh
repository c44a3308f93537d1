# shellcheck shell=bash
# What an installation holds, and comparing (sourced, after steps.sh, in the top directory).

# expect SUBJECT TEXT: ends the program unless stdin is TEXT; shows how they differ.
expect() {
  local difference
  difference=$(diff -u --label wanted --label found <(printf '%s' "${2:+$2$'\n'}") -) || die "$1:"$'\n'"$difference"
}

# expect_files SUBJECT DIRECTORY: the files below the directory are those that stdin names.
expect_files() {
  local wanted
  wanted=$(sort)
  expect "$1" "$wanted" < <(cd "$2" && find . ! -type d -printf '%P\n' | sort)
}

# files_of_runtime ZSH: what users need, below the prefix. ZSH is where zsh's completions are.
files_of_runtime() {
  printf '%s\n' bin/myrt \
    share/bash-completion/completions/myrt "$1/_myrt" share/fish/vendor_completions.d/myrt.fish \
    share/doc/myrt/README.md
  (cd spec && printf 'share/myrt/schema/%s\n' *.schema.json)
  find docs -name '*.md' -printf 'share/doc/myrt/%p\n'
  local page
  for page in docs/man/*.scd; do
    page=$(basename "$page" .scd)
    printf 'share/man/man%s/%s.gz\n' "${page##*.}" "$page"
  done
}

# files_of_library LIBDIR: what programs with libmyrt are built of, below the prefix.
files_of_library() {
  (cd include && printf 'include/%s\n' myrt/*.h)
  printf '%s\n' "$1/libmyrt.a" "$1/pkgconfig/myrt.pc" \
    "$1/cmake/myrt/myrt-config.cmake" "$1/cmake/myrt/myrt-config-version.cmake" \
    "$1/cmake/myrt/myrt-targets.cmake" "$1/cmake/myrt/myrt-targets-release.cmake"
}

# The shared libraries that a program is linked with, one a line, sorted.
needed_libraries() {
  readelf --dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort
}
