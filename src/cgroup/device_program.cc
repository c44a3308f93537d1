#include "cgroup/device_program.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "sys/unique_fd.h"

namespace myrt::cgroup {

namespace {

// The kernel reads the instructions where they are.
static_assert(sizeof(BpfInstruction) == sizeof(bpf_insn));

std::uint64_t address_of(const void* object) { return reinterpret_cast<std::uintptr_t>(object); }

/// bpf(2). The size tells the kernel which fields there are; unused ones are 0.
int bpf(bpf_cmd command, bpf_attr& attributes) {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

Result<sys::UniqueFd> load(std::span<const BpfInstruction> program) {
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = address_of(program.data());
  attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
  attributes.license = address_of("Apache-2.0");
  const int fd = bpf(BPF_PROG_LOAD, attributes);  // close-on-exec, as every descriptor of bpf(2)
  if (fd < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(
        code, {"load device program (", std::to_string(program.size()), " instructions)"}));
  }
  return sys::UniqueFd(fd);
}

/// The program attached to the cgroup itself, if there is exactly one: several are not ours to
/// replace.
Result<std::optional<sys::UniqueFd>> attached_program(int cgroup) {
  std::uint32_t id = 0;
  bpf_attr query{};
  query.query.target_fd = static_cast<std::uint32_t>(cgroup);
  query.query.attach_type = BPF_CGROUP_DEVICE;
  query.query.prog_ids = address_of(&id);
  query.query.prog_cnt = 1;
  if (bpf(BPF_PROG_QUERY, query) < 0) {
    if (errno == ENOSPC) {
      return std::optional<sys::UniqueFd>();
    }
    return std::unexpected(Error::from_errno({"query device programs"}));
  }
  if (query.query.prog_cnt == 0) {
    return std::optional<sys::UniqueFd>();
  }
  bpf_attr by_id{};
  by_id.prog_id = id;
  const int fd = bpf(BPF_PROG_GET_FD_BY_ID, by_id);
  if (fd < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {"open device program ", std::to_string(id)}));
  }
  return sys::UniqueFd(fd);
}

}  // namespace

Result<void> attach_device_program(int cgroup, std::span<const BpfInstruction> program,
                                   AttachedProgram attached) {
  const sys::UniqueFd loaded = MYRT_TRY(load(program));
  std::optional<sys::UniqueFd> old;
  if (attached == AttachedProgram::kReplaced) {
    old = MYRT_TRY(attached_program(cgroup));
  }
  bpf_attr attributes{};
  attributes.target_fd = static_cast<std::uint32_t>(cgroup);
  attributes.attach_bpf_fd = static_cast<std::uint32_t>(loaded.get());
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (old.has_value()) {
    attributes.attach_flags |= BPF_F_REPLACE;
    attributes.replace_bpf_fd = static_cast<std::uint32_t>(old->get());
  }
  if (bpf(BPF_PROG_ATTACH, attributes) < 0) {
    return std::unexpected(Error::from_errno({"attach device program"}));
  }
  return {};
}

}  // namespace myrt::cgroup
