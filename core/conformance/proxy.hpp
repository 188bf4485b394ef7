// Stands between a plugin and its engine, and answers in the engine's place as none should.
// Threads: one of its own; methods any.
#pragma once

#include <poll.h>

#include <atomic>
#include <nexus/unique_fd.hpp>
#include <string>
#include <thread>
#include <vector>

namespace nexus::conformance {

enum class Fault {
    none,      // everything is passed on
    cut,       // an answer ends in its first line
    garbage,   // what comes is not HTTP
    empty,     // a success without a body
    not_json,  // a success with a body that is no JSON
    endless,   // a success whose body never ends
    silent,    // no answer comes
    absent,    // connections are closed at once
};

class Proxy {
  public:
    // `engine` is the path of the engine's socket.
    explicit Proxy(std::string engine);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    // unix:///...
    std::string endpoint() const { return "unix://" + path_; }
    // From the next request on.
    void set(Fault fault) noexcept { fault_ = fault; }
    // Closes every connection, as an engine does that is restarted.
    void drop() noexcept { drop_ = true; }

  private:
    struct Pair {
        UniqueFd client;
        UniqueFd engine;
        bool endless = false;
    };

    void run();
    std::vector<pollfd> watched() const;
    bool serve(Pair& pair, short client, short engine) const;
    void accept();
    bool from_client(Pair& pair) const;
    static bool pass(int from, int to);

    std::string engine_;
    std::string folder_;
    std::string path_;
    UniqueFd listener_;
    std::vector<Pair> pairs_;
    std::atomic<Fault> fault_{Fault::none};
    std::atomic<bool> drop_{false};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace nexus::conformance
