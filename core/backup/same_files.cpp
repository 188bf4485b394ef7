#include "backup/same_files.hpp"

#include <vector>

#include "archive/volume_error.hpp"
#include "backup/tar_notes.hpp"
#include "base/whole_io.hpp"

namespace nexus::backup {
namespace {

// Ends both pipes at once.
struct Different {
    std::string what;
};

// The bytes of a descriptor, for TarNotes.
class Source {
  public:
    explicit Source(int fd) : fd_(fd), room_(256U << 10U) {}
    std::string_view next() {
        return {room_.data(), read_full(fd_, room_, "the volume's content")};
    }

  private:
    int fd_;
    std::vector<char> room_;
};

std::string differing(const FileNote& expected, FileNote found, bool content_only) {
    if (content_only) {
        found.mode = expected.mode;
        found.uid = expected.uid;
        found.gid = expected.gid;
    }
    if (content_only && found.sparse != expected.sparse) {
        found.sparse = expected.sparse;
        found.sha256 = expected.sha256;
    }
    return std::string(difference(expected, found));
}

void compare(int expected_fd, int found_fd, bool content_only) {
    Source expected_bytes(expected_fd);
    Source found_bytes(found_fd);
    TarNotes expected([&] { return expected_bytes.next(); });
    TarNotes found([&] { return found_bytes.next(); });
    FileNote one;
    FileNote other;
    while (expected.next(one)) {
        if (!found.next(other) || other.path > one.path) {
            throw Different{archive::in_quotes(one.path) + " is missing"};
        }
        if (other.path < one.path) throw Different{archive::in_quotes(other.path) + " is new"};
        const auto what = differing(one, other, content_only);
        if (!what.empty()) throw Different{"the " + what + " of " + archive::in_quotes(one.path)};
    }
    if (found.next(other)) throw Different{archive::in_quotes(other.path) + " is new"};
}

}  // namespace

std::string first_difference(const OnDescriptor& expected, const OnDescriptor& found,
                             bool content_only) {
    try {
        through_pipe(expected, [&](int expected_fd) {
            through_pipe(found,
                         [&](int found_fd) { compare(expected_fd, found_fd, content_only); });
        });
        return {};
    } catch (const Different& difference) {
        return difference.what;
    }
}

}  // namespace nexus::backup
