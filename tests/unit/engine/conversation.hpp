// What a fake engine is asked, and what it answers at its first, second and further time.
// Threads: any.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "unit/engine/backend_fixture.hpp"

namespace nexus::engine {

class Conversation {
  public:
    // By "METHOD /path" without prefix and query; the last answer stays.
    using Script = std::map<std::string, std::deque<std::string>>;

    Conversation(Wire wire, Script answers)
        : wire_(std::move(wire)), answers_(std::move(answers)) {}

    FakeEngine::Script script() {
        return [this](Peer& peer) {
            for (std::string request; !(request = peer.read_request()).empty();)
                if (!peer.send(answer(request))) return;
        };
    }

    // "METHOD /path?query" of each request without prefix, in their order.
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    // Head and body of the last request of this "METHOD /path"; empty where there was none.
    std::string last(const std::string& line) const {
        const std::lock_guard lock(mutex_);
        const auto found = last_.find(line);
        return found == last_.end() ? "" : found->second;
    }
    std::ptrdiff_t count(const std::string& beginning) const {
        const auto all = lines();
        return std::count_if(all.begin(), all.end(),
                             [&](const std::string& line) { return line.starts_with(beginning); });
    }

    // Whether the last request that begins with `second` came after all that begin with `first`, of
    // which there is one. One that was cut off may be noted after those that followed it.
    bool in_order(const std::string& first, const std::string& second) const {
        const auto all = lines();
        const auto last = [&all](const std::string& beginning) {
            return std::find_if(all.rbegin(), all.rend(), [&](const std::string& line) {
                return line.starts_with(beginning);
            });
        };
        return last(first) != all.rend() && last(second) < last(first);
    }

  private:
    std::string answer(const std::string& request) {
        std::string line = request.substr(0, request.find(" HTTP/"));
        if (line == "GET /_ping") return http(200, "OK", wire_.version_header);
        line.erase(line.find(wire_.prefix), wire_.prefix.size());
        const std::lock_guard lock(mutex_);
        lines_.push_back(line);
        line.resize(std::min(line.find('?'), line.size()));
        last_[line] = request;
        const auto found = answers_.find(line);
        if (found == answers_.end()) {
            return line.starts_with("HEAD ") ? "HTTP/1.1 404 Not Found\r\n\r\n"
                                             : http(404, R"({"message":"not there"})");
        }
        std::string text = found->second.front();
        if (found->second.size() > 1) found->second.pop_front();
        return text;
    }

    const Wire wire_;
    mutable std::mutex mutex_;
    Script answers_;
    std::vector<std::string> lines_;
    std::map<std::string, std::string> last_;
};

}  // namespace nexus::engine
