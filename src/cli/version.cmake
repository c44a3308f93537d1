# Writes OUTPUT from INPUT with the VERSION and the commit of SOURCE_DIR; leaves an equal file alone.
# Outside a git checkout, or without git, the commit is empty.
set(COMMIT "")
if(EXISTS "${SOURCE_DIR}/.git")
  execute_process(
    COMMAND git -C "${SOURCE_DIR}" describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
configure_file("${INPUT}" "${OUTPUT}" @ONLY)
