# Writes the program INPUT as an array of bytes to the source OUTPUT.
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "((0x..,){20})" "\\1\n    " bytes "${bytes}")
file(WRITE "${OUTPUT}" "#include \"cgroup/systemd_program.h\"

namespace myrt::cgroup {

namespace {

constexpr unsigned char kProgram[] = {
    ${bytes}};

}  // namespace

std::string_view systemd_program() {
  return {reinterpret_cast<const char*>(kProgram), sizeof kProgram};
}

}  // namespace myrt::cgroup
")
