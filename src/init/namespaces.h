// Namespaces in the container process: joining, ids, names.
#pragma once

#include <string>
#include <vector>

#include <myrt/result.h>

#include "plan/plan.h"
#include "sys/unique_fd.h"

namespace myrt::init {

/// The CLONE_NEW* bit of a kind.
int clone_flag(NamespaceKind kind);
/// The name of the kind's link in /proc/PID/ns: "net", "mnt" ...
const char* proc_name(NamespaceKind kind);
/// The specification's word for a kind: "network", "mount" ...
const char* kind_word(NamespaceKind kind);

/// Whether the namespace of that kind at `path` below `directory` is the caller's own. An empty
/// path is `directory` itself, a namespace that is open.
Result<bool> is_own_namespace(int directory, const std::string& path, NamespaceKind kind);

/// setns(2) of each join in order; the descriptors are closed.
Result<void> join_namespaces(const plan::NamespacePlan& plan, std::vector<sys::UniqueFd> joins);

/// Makes a new time namespace, sets its clocks, and moves the caller there. `procfs` is one that
/// shows the caller, such as the host's. Before the caller becomes another user: its files in /proc
/// belong to whoever cloned it.
Result<void> enter_time_namespace(const plan::NamespacePlan& plan, int procfs);

/// Inside a user namespace: becomes the user that sets up the root file system, so that what it
/// makes has an owner.
Result<void> become_setup_user(const plan::NamespacePlan& plan);

/// Drops the caller's supplementary groups if it may, before it joins a user namespace that may
/// deny that.
void forget_groups();

/// What a new namespace is given: host and domain name, loopback up.
Result<void> furnish_namespaces(const plan::NamespacePlan& plan);

/// setsid(2).
Result<void> start_session();

/// A new session keyring, so that the caller's keys are out of reach (keyrings(7)). It has no name:
/// one with a name that can be foretold may exist already, made by another container that wants to
/// read the keys (keyctl(2)). Kernels without keyrings have none to protect.
Result<void> new_session_keyring();

}  // namespace myrt::init
