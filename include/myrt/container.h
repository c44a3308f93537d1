// The life cycle of containers: one function a command. The library prints nothing; warnings go to
// the log sink
// (<myrt/log.h>).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>
#include <myrt/state.h>

namespace myrt {

/// The state root: the directory in which each container has a directory of its own. Cheap to copy.
struct Store {
  std::string root;  // absolute
  // It gets the sticky bit when it is made: whoever tidies $XDG_RUNTIME_DIR leaves it alone then
  // (XDG Base Directory Specification).
  bool sticky = false;
};

/// Who keeps containers, as far as it decides where.
struct Keeper {
  uid_t uid = 0;                       // effective
  bool in_user_namespace = false;      // other than the host's: uid 0 is not the host's root
  std::string_view user_name;          // $USER; empty: unset
  std::string_view runtime_directory;  // $XDG_RUNTIME_DIR; empty: unset
};

/// The store of a caller who names none: `myrt` in the runtime directory, or /run/myrt when there
/// is none. As for runc, root always has the latter, unless it is so in a user namespace only and
/// $USER is not "root".
Store default_store(const Keeper& keeper);

/// Whether the calling process is in a user namespace other than the host's.
Result<bool> in_user_namespace();

/// An overlay as the container's root: `--overlay LOWER[:LOWER...][,upper=DIR,work=DIR]`.
struct OverlayRequest {
  std::vector<std::string> lower;  // the first is on top; relative to the bundle
  std::string
      upper;  // both or none; none: changes go to a layer that disappears with the container
  std::string work;
};
/// Parses the argument of `--overlay`; `\` escapes `:`, `,` and itself.
Result<OverlayRequest> parse_overlay(std::string_view argument);

/// What the environment says about systemd's service managers; empty: nothing.
struct BusEnvironment {
  std::string user_name;          // USER
  std::string system_bus;         // DBUS_SYSTEM_BUS_ADDRESS
  std::string session_bus;        // DBUS_SESSION_BUS_ADDRESS
  std::string runtime_directory;  // XDG_RUNTIME_DIR
};

struct CreateOptions {
  std::string bundle = ".";
  std::string config;  // file instead of <bundle>/config.json; empty: the bundle's
  std::string console_socket;
  std::string pidfd_socket;
  std::string pid_file;
  bool no_pivot = false;
  bool no_new_keyring = false;
  int preserve_fds = 0;
  int listen_fds = 0;        // descriptors from LISTEN_FDS, when LISTEN_PID was this process
  std::string listen_names;  // LISTEN_FDNAMES, which goes with them
  // NOTIFY_SOCKET: the service manager's socket, an absolute path or @NAME; empty: none. The
  // container then has a socket of its own at /run/notify, unless its config has a NOTIFY_SOCKET.
  std::string notify_socket;
  std::optional<OverlayRequest> overlay;
  bool overlay_annotations = false;  // honour org.myrt.overlay.* annotations
  bool cgroups_disabled = false;
  bool foreground = false;  // the caller relays the terminal itself; set by run()
  // `--rootless`: whether cgroups that the caller may not make are left out, as long as nothing
  // asks for them. Unset: when the caller is not root, or root of a user namespace only.
  std::optional<bool> rootless;
  // systemd makes the cgroups, in a scope (systemd.scope(5)): that of the system, or for a caller
  // without rights over the host that of its user.
  bool systemd_cgroup = false;
  BusEnvironment bus;
};

/// Creates a container: on return it is `created`, its process waits for start() (runtime.md
/// "Create"). A failure leaves nothing behind. Errors: EEXIST the id is in use; EINVAL the id is
/// malformed.
///
/// The container process is a clone and a child of the calling process, so this one
/// - has called prepare_program() (<myrt/runtime.h>): the container could reach its file and its
///   memory otherwise;
/// - has a single thread: a lock that another one holds would stay held in the clone (fork(2));
/// - has descriptors 0, 1 and 2, which become the program's unless it gets a terminal;
/// - does not ignore SIGCHLD, and waits for no child but those it knows, until this returns.
/// It reaps the process when that ends (its pid is in state()), or ends first. All this holds for
/// run() as well, and the single thread for whatever runs hooks: start() and remove().
Result<void> create(const Store& store, std::string_view id, const CreateOptions& options);

/// Lets a created container run its program. Returns when execve(2) has succeeded, with the reason
/// when it has not. With a `notify_socket`, as in CreateOptions and for a container that was
/// created with one, it returns when the program has said that it is ready, or has ended; both it
/// and the pid of the container process are told to the service manager.
Result<void> start(const Store& store, std::string_view id, const std::string& notify_socket = "");

struct RunOptions {
  bool detach = false;
  bool keep = false;  // leave the state of a container that ended
  bool no_subreaper = false;
};
/// Creates and starts. In the foreground: forwards signals and what the program tells the service
/// manager, relays the terminal, waits, deletes, and returns the program's exit status as a shell
/// would (128 + signal). Detached: 0, when start() would return.
Result<int> run(const Store& store, std::string_view id, const CreateOptions& options,
                const RunOptions& run_options);

/// ENOENT: no such container.
Result<State> state(const Store& store, std::string_view id);

/// Every container of the store, by id. A damaged entry is listed as stopped and hides no other. A
/// store that does not exist is an empty list.
Result<std::vector<State>> list(const Store& store);

/// Sends `signal` to the container process, or to every process in its cgroup when `all` is set; of
/// a container without cgroups, in its pid namespace.
/// Errors: ENOENT no such container; ESRCH it has stopped (runtime-spec, runtime.md "Kill").
/// Uses a pidfd and the recorded start time, so a reused pid is never hit.
Result<void> kill(const Store& store, std::string_view id, int signal, bool all);

/// Freezes every process of a container that is created or running; they stand still on return.
/// Errors: ENOENT no such container; ESRCH it has stopped, or is paused already; EBUSY not all of
/// them stood still within 10 s, and all go on. A container without cgroups cannot be paused.
Result<void> pause(const Store& store, std::string_view id);

/// Lets a paused container go on, as created or as running. Never waits. Errors: ENOENT no such
/// container; EINVAL it is not paused, or has ended meanwhile.
Result<void> resume(const Store& store, std::string_view id);

/// The processes of a container, those of exec() among them: host pids, sorted. None when it has
/// stopped and nothing is left in its cgroup. Of a container without cgroups, the processes of its
/// pid namespace; when that is not its own, the container process alone. ENOENT: no such container.
Result<std::vector<pid_t>> processes(const Store& store, std::string_view id);

/// The lines that the host's ps(1) prints about processes(), below its header. `arguments` are for
/// ps, `-ef` when there are none; they must ask for a column PID.
Result<std::string> process_table(const Store& store, std::string_view id,
                                  const std::vector<std::string>& arguments);

/// Removes a container that is stopped, or created (it is killed). With `force` also a running,
/// half-created or damaged one; an unknown id is no error then. Runs poststop hooks; their failures
/// are warnings (runtime.md "Delete").
Result<void> remove(const Store& store, std::string_view id, bool force);

/// "TERM", "SIGTERM", "sigterm", "15", "RTMIN+3" to the number 1..64; 0, which
/// asks only whether there is somebody to signal (kill(2)).
Result<int> parse_signal(std::string_view text);

}  // namespace myrt
