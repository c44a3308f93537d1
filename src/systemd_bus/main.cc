// The program that speaks with systemd for the runtime, over D-Bus. It is a program of its own
// because libsystemd is a shared library and the runtime is linked statically; it is embedded in
// the runtime, which executes it only when systemd is asked for. It knows nothing of cgroups or
// containers: a method call comes as text on descriptor 0, a socket of whole packets, and its
// result goes back the same way (packet.h). It ends when the other side does.
//
// It links libc alone: no exceptions, nothing of libstdc++ but what its headers hold.
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

#include "systemd_bus/library.h"
#include "systemd_bus/packet.h"
#include "systemd_bus/values.h"

namespace myrt::systemd_bus {

namespace {

constexpr int kSocket = 0;
constexpr const char* kSystemd = "org.freedesktop.systemd1";
constexpr const char* kManagerPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
/// What systemd may need for one call or one job. In microseconds.
constexpr std::uint64_t kPatience = 30'000'000;

std::uint64_t now() {
  struct timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec) / 1'000;
}

/// The next value of a message, a text of this type; null when there is none.
const char* next_text(const Library& library, Message* message, char type) {
  const char* text = nullptr;
  return library.message_read_basic(message, type, static_cast<void*>(&text)) > 0 ? text : nullptr;
}

class Conversation {
 public:
  /// Until the other side ends.
  void run() {
    for (;;) {
      const ssize_t size = recv(kSocket, request_.buffer(), Request::capacity(), 0);
      if (size < 0 && errno == EINTR) {
        continue;
      }
      if (size <= 0) {
        return;
      }
      request_.reset(static_cast<std::size_t>(size));
      reply_.clear();
      answer();
      if (send(kSocket, reply_.bytes(), reply_.size(), MSG_NOSIGNAL) < 0) {
        return;
      }
    }
  }

 private:
  void answer() {
    const char* const what = request_.next();
    if (strcmp(what, "connect") == 0) {
      connect();
    } else if (bus_ == nullptr) {
      fail("", "not connected");
    } else if (strcmp(what, "call") == 0) {
      call(false);
    } else if (strcmp(what, "job") == 0) {
      call(true);
    } else {
      fail("", "unknown request");
    }
  }

  void fail(const char* name, const char* text) {
    reply_.clear();
    reply_.add("error");
    reply_.add(name);
    reply_.add(text);
  }

  void fail(int result) { fail("", strerror(-result)); }

  void connect() {
    const char* const fault = loaded_ ? nullptr : load(library_);
    if (fault != nullptr) {
      fail("libsystemd", fault);
      return;
    }
    loaded_ = true;
    is_peer_ = strcmp(request_.next(), "peer") == 0;
    const int result = open(request_.next());
    if (result < 0) {
      if (bus_ != nullptr) {
        library_.bus_unref(bus_);
        bus_ = nullptr;
      }
      // Not errno's words, which engines take for the container's program.
      result == -ENOENT ? fail("", "there is no such socket") : fail(result);
      return;
    }
    reply_.add("ok");
  }

  int open(const char* address) {
    int result = library_.bus_new(&bus_);
    if (result >= 0) {
      result = library_.bus_set_address(bus_, address);
    }
    if (result >= 0 && !is_peer_) {
      result = library_.bus_set_bus_client(bus_, 1);
    }
    if (result >= 0) {
      result = library_.bus_start(bus_);
    }
    // Before any job begins, so that no end of one is missed. On a bus anybody may send such a
    // signal, so it has to be systemd's own; systemd itself, as the peer, has no name to compare.
    return result < 0
               ? result
               : library_.bus_match_signal(bus_, nullptr, destination(), kManagerPath, kManager,
                                           "JobRemoved", &Conversation::job_removed, this);
  }

  [[nodiscard]] const char* destination() const { return is_peer_ ? nullptr : kSystemd; }

  /// One method call; when `is_job`, it returns a job, whose end is waited for.
  void call(bool is_job) {
    Message* message = nullptr;
    Message* answer = nullptr;
    BusError error = {};
    const int result = exchange(&message, &error, &answer);
    if (result < 0 && error.name != nullptr) {
      fail(error.name, error.message != nullptr ? error.message : strerror(-result));
    } else if (result < 0) {
      fail(result);
    } else if (is_job) {
      wait_for_job(answer);
    } else {
      tell(answer);
    }
    library_.error_free(&error);
    library_.message_unref(message);
    library_.message_unref(answer);
  }

  int exchange(Message** message, BusError* error, Message** answer) {
    const char* const path = request_.next();
    const char* const interface = request_.next();
    const char* const member = request_.next();
    int result =
        library_.message_new_method_call(bus_, message, destination(), path, interface, member);
    if (result >= 0) {
      result = append(library_, *message, request_.next(), request_);
    }
    return result < 0 ? result : library_.bus_call(bus_, *message, kPatience, error, answer);
  }

  void tell(Message* answer) {
    reply_.add("ok");
    const int result = read_all(library_, answer, reply_);
    if (result < 0) {
      fail(result);
    }
  }

  void wait_for_job(Message* answer) {
    job_ = next_text(library_, answer, 'o');
    int result = job_ != nullptr ? 0 : -EPROTO;
    result_[0] = '\0';
    const std::uint64_t end = now() + kPatience;
    // Signals that came before the answer wait to be processed.
    while (result >= 0 && result_[0] == '\0') {
      result = library_.bus_process(bus_, nullptr);
      if (result == 0) {
        const std::uint64_t time = now();
        result = time < end ? library_.bus_wait(bus_, end - time) : -ETIMEDOUT;
      }
    }
    job_ = nullptr;
    if (result < 0) {
      fail(result);
      return;
    }
    reply_.add("ok");
    reply_.add(result_);
  }

  static int job_removed(Message* signal, void* data, BusError* /*error*/) {
    auto* const self = static_cast<Conversation*>(data);
    const Library& library = self->library_;
    std::uint32_t id = 0;
    library.message_read_basic(signal, 'u', &id);
    const char* const job = next_text(library, signal, 'o');
    const char* const unit = next_text(library, signal, 's');
    const char* const result = next_text(library, signal, 's');
    if (job != nullptr && unit != nullptr && result != nullptr && self->job_ != nullptr &&
        strcmp(job, self->job_) == 0) {
      snprintf(self->result_, sizeof self->result_, "%s", result);
    }
    return 0;
  }

  Library library_ = {};
  bool loaded_ = false;
  bool is_peer_ = false;
  Bus* bus_ = nullptr;
  const char* job_ = nullptr;  // the object path of the job that is waited for
  char result_[64] = {};       // how it ended; empty: it has not
  Request request_;
  Reply reply_;
};

Conversation conversation;  // too large for a stack

}  // namespace

}  // namespace myrt::systemd_bus

int main() {
  myrt::systemd_bus::conversation.run();
  return 0;
}
