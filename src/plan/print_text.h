// What the printers of the plan's parts share: lines, and words that cannot break out of one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "plan/plan.h"

namespace myrt::plan {

/// `parts` one after the other, and a newline.
std::string line(std::initializer_list<std::string_view> parts);
/// The same when `wanted`, otherwise nothing.
std::string line_if(bool wanted, std::initializer_list<std::string_view> parts);

/// Text from outside as one word: as it is when it is plain, otherwise quoted, whole.
std::string word(std::string_view text);
/// Several of them, each after a space.
std::string words(std::span<const std::string> texts);

/// "755": as chmod(1) has it.
std::string octal(std::uint32_t number);
/// "00000000a80425fb": as /proc/PID/status shows capability sets.
std::string hexadecimal(std::uint64_t number);

// print_rootfs.cc
std::string rootfs_text(const RootfsPlan& plan);

}  // namespace myrt::plan
