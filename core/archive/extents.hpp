// Where a file has content, and where it has holes. Threads: any.
#pragma once

#include <cstdint>
#include <nexus/backend.hpp>
#include <vector>

#include "archive/tar_writer.hpp"

namespace nexus::archive {

// The parts of the open file that are no holes, in their order, up to `size`; one for all of it
// where the file system does not tell. Behind 65,536 of them the rest counts as one. Moves the
// descriptor's position. Throws like require_time.
std::vector<Extent> data_extents(const CallContext& ctx, int fd, std::int64_t size);

}  // namespace nexus::archive
