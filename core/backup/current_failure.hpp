// From whatever was thrown during a job, a backup or a restore to the codes of results. Threads:
// any.
#pragma once

#include "base/failure.hpp"

namespace nexus::backup {

// Of the exception that is being handled, which is a std::exception.
Failure current_failure();

// Whatever else `work` throws comes out as a Failure.
template <typename Work>
auto as_failure(Work work) {
    try {
        return work();
    } catch (const std::exception&) {
        throw current_failure();
    }
}

}  // namespace nexus::backup
