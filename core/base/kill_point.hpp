// Named steps of a job's walk at which a test may have the process killed, as SIGKILL or a power
// cut would: no destructor runs, nothing is flushed. Only builds with NEXUS_TESTS have them;
// elsewhere the macro is nothing. Threads: any.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace nexus {

// The words of NEXUS_KILL_AT, "name:n": the n-th passage of `name`, counted from 1.
class KillPlan {
  public:
    // An empty text is a plan that never comes due. Throws std::invalid_argument where it is
    // neither empty nor a plan.
    explicit KillPlan(std::string_view text);

    // Counts a passage; true for the one that was planned.
    bool due(std::string_view name) noexcept;

  private:
    std::string name_;
    std::atomic<long> left_ = 0;
};

// Kills this process where NEXUS_KILL_AT of its environment says so. A text there that is no plan
// ends it as well, with a message. Where the environment has NEXUS_KILL_LOG, the path of a file,
// that gets a line a passage.
void kill_point(std::string_view name) noexcept;

}  // namespace nexus

#ifdef NEXUS_KILL_POINTS
#define NEXUS_KILL_POINT(name) ::nexus::kill_point(name)
#else
#define NEXUS_KILL_POINT(name) static_cast<void>(0)
#endif
