// An exchange with the engine in a thread of its own while its bytes are worked on in the caller's,
// with a pipe between both. Threads: any.
#pragma once

#include <functional>
#include <nexus/backend.hpp>

namespace nexus::engine {

using Exchange = std::function<void(const CallContext& ctx, int fd)>;
using Work = std::function<VolumeCopy(int fd)>;

// Where the bytes come from: the exchange writes into the pipe, or reads from it.
enum class Source { engine, caller };

// What `work` gives, once both are done. Of two that failed the first counts, and the other is
// broken off; `ctx` ends both. Each has its end of the pipe to itself until it returns.
VolumeCopy run_beside(const CallContext& ctx, Source source, const Exchange& exchange,
                      const Work& work);

}  // namespace nexus::engine
