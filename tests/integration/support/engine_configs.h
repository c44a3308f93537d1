// The config.json files of spec/configs, as real engines wrote them. They are built in: the program
// also runs in a guest that has no source tree.
#pragma once

#include <string_view>

namespace myrt::test {

extern const std::string_view kPodmanConfig;
extern const std::string_view kDockerConfig;
extern const std::string_view kContainerdConfig;
extern const std::string_view kCriContainerConfig;
extern const std::string_view kCriPauseConfig;

}  // namespace myrt::test
