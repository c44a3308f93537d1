// The config.json files of spec/configs, as real engines wrote them.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

namespace myrt::test {

/// All of spec/configs, by name.
inline constexpr const char* kEngineConfigs[] = {
    "containerd",
    "containerd-cri",
    "containerd-cri-pause",
    "containerd-options",
    "containerd-privileged",
    "crun-spec",
    "docker",
    "docker-options",
    "docker-pidhost",
    "docker-privileged",
    "podman",
    "podman-options",
    "podman-pidhost",
    "podman-privileged",
    "podman-userns",
    "runc-spec",
    "runc-spec-rootless",
};

/// The text of spec/configs/`name`.json; empty when there is none.
inline std::string engine_config(const std::string& name) {
  std::ifstream file(std::string(MYRT_SOURCE_DIR "/spec/configs/") + name + ".json");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace myrt::test
