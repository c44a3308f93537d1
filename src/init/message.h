// The protocol of the sync socket between the runtime and the container process.
//
//   runtime                          container process (or the joiner before it)
//           <-- kCloned ------------ the joiner's clone, whose parent is the runtime: pid as text
//           --- kAdopted --------->  to that clone, which says nothing before
//           --- kInCgroups ------->  only when systemd puts it there
//           <-- kVisible ----------- only without privileges, in a new user namespace: its /proc
//                                    files are the caller's to write
//           --- kIdMapsWritten --->  only in a new user namespace
//           --- kDevicesMoved ---->  only with network devices: they are in its namespace
//           <-- kRunHooks ---------- only with prestart or createRuntime hooks, before pivot_root
//           --- kHooksDone ------->
//           <-- kConsole ----------- only with a terminal: its name; the pty's master rides on it
//           <-- kFiltered ---------- only with a seccomp listener: its descriptor number as text
//           --- kListenerTaken --->
//           <-- kReady ------------- everything is done but the wait for `start`
//           --- kCommitted ------->  state.json says created
//           <-- kFailed ------------ instead of any of the above: errno and the sentence
//
// One send is one packet: a fixed header, then text. End of file means that the other side died
// without a word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <myrt/result.h>

namespace myrt::init {

struct Message {
  enum class Kind : std::uint32_t {
    kCloned = 1,
    kAdopted,
    kInCgroups,
    kVisible,
    kIdMapsWritten,
    kDevicesMoved,
    kRunHooks,
    kHooksDone,
    kConsole,
    kFiltered,
    kListenerTaken,
    kReady,
    kCommitted,
    kFailed,
  };
  Kind kind = Kind::kFailed;
  int code = 0;  // errno value of kFailed
  std::string text;
};

inline constexpr std::size_t kMaxMessageText = 8192;
inline constexpr std::size_t kMaxMessageBytes = 12 + kMaxMessageText;

/// Kind, errno and length as 32-bit numbers in the machine's order, then the text, cut at
/// kMaxMessageText.
std::string encode(const Message& message);
/// EPROTO: a short packet, an unknown kind, a negative errno, or a length that is not the text's.
Result<Message> decode(std::string_view packet);

/// The kind's name for messages.
std::string_view kind_name(Message::Kind kind);

}  // namespace myrt::init
