#include "archive/extents.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "archive/wait.hpp"

namespace nexus::archive {
namespace {

// Each costs memory, and a tenant can make a file of nothing else.
constexpr std::size_t max_extents = 65'536;

}  // namespace

std::vector<Extent> data_extents(const CallContext& ctx, int fd, std::int64_t size) {
    std::vector<Extent> result;
    std::int64_t at = 0;
    while (at < size) {
        require_time(ctx, "the holes of a file");
        const std::int64_t begin = ::lseek(fd, at, SEEK_DATA);
        if (begin < 0 && errno == ENXIO) break;
        const std::int64_t end = begin < 0 ? -1 : ::lseek(fd, begin, SEEK_HOLE);
        if (end < 0 || result.size() == max_extents - 1) {
            result.push_back({at, size - at});
            break;
        }
        if (begin < size) result.push_back({begin, std::min(end, size) - begin});
        at = end;
    }
    return result;
}

}  // namespace nexus::archive
