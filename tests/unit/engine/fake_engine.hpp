// A server on a unix socket that a test gives its words to: what a real engine would not say.
// Threads: the script runs in one of its own for each connection.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/backend_call.hpp"
#include "support/backend_error.hpp"
#include "support/temp_dir.hpp"

namespace nexus::engine {

// One connection, as the fake sees it.
class Peer {
  public:
    explicit Peer(int fd) : fd_(fd) {}
    // Head and body of the next request, a chunked one as one piece, also where it is broken off;
    // empty once the client has closed.
    std::string read_request();
    // False where the client is gone.
    bool send(std::string_view bytes) const;
    // Returns once the client has closed the connection.
    void wait_for_close();

  private:
    bool receive();
    std::string read_chunks();

    int fd_;
    std::string buffer_;
};

class FakeEngine {
  public:
    // The connection is closed when `script` returns.
    using Script = std::function<void(Peer&)>;
    explicit FakeEngine(Script script);
    // Answers every request with `answer` over a connection that stays open.
    static Script always(std::string answer);
    FakeEngine(const FakeEngine&) = delete;
    FakeEngine& operator=(const FakeEngine&) = delete;
    ~FakeEngine();

    std::string endpoint() const { return "unix://" + path(); }
    int connections() const { return connections_; }

  private:
    std::string path() const { return folder_ / "engine.sock"; }
    void serve();

    test::TempDir folder_;
    Script script_;
    int listener_;
    std::atomic<int> connections_ = 0;
    std::mutex mutex_;
    std::vector<int> open_;  // guarded by mutex_
    std::vector<std::jthread> sessions_;
    std::jthread server_;
};

// An answer as an engine writes it.
std::string http(int status, std::string_view body, std::string_view headers = "");

using test::Cancellation;
using test::error_of;
using test::within;

}  // namespace nexus::engine
