#include "engine/beside.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <unistd.h>

#include <array>

#include "archive/bulk_writer.hpp"
#include "archive/wait.hpp"
#include "support/backend_call.hpp"
#include "support/backend_error.hpp"

namespace nexus::engine {
namespace {

using std::chrono::seconds;
using test::error_of;
using test::within;

std::string all_of(int fd) {
    std::string bytes;
    std::array<char, 4096> piece{};
    for (ssize_t got = 0; (got = ::read(fd, piece.data(), piece.size())) > 0;)
        bytes.append(piece.data(), static_cast<std::size_t>(got));
    return bytes;
}

void write(const CallContext& ctx, int fd, std::string_view bytes) {
    archive::BulkWriter(ctx, fd).write(bytes);
}

BackendError failure(Code code) {
    return {code, "on purpose", false};
}

TEST_CASE("bytes go from the exchange to the work, or the other way") {
    const std::string large(5 << 20, 'x');
    const auto ctx = within(seconds(30));
    const auto read = run_beside(
        ctx, Source::engine, [&](const CallContext& theirs, int fd) { write(theirs, fd, large); },
        [](int fd) {
            VolumeCopy copy;
            copy.bytes = static_cast<std::int64_t>(all_of(fd).size());
            return copy;
        });
    CHECK(read.bytes == 5 << 20);
    std::string received;
    run_beside(
        ctx, Source::caller, [&](const CallContext&, int fd) { received = all_of(fd); },
        [&](int fd) {
            write(ctx, fd, large);
            return VolumeCopy{};
        });
    CHECK(received == large);
}

TEST_CASE("of two that fail the first counts, and the other is broken off") {
    const auto ctx = within(seconds(30));
    const auto endless_read = [&](int fd) -> VolumeCopy {
        if (all_of(fd).empty()) throw failure(Code::invalid);  // as a reader of a cut archive
        return {};
    };
    CHECK(error_of([&] {
              run_beside(
                  ctx, Source::engine,
                  [](const CallContext&, int) { throw failure(Code::not_found); }, endless_read);
          }).code() == Code::not_found);
    CHECK(error_of([&] {
              run_beside(
                  ctx, Source::engine,
                  [](const CallContext& theirs, int) {
                      archive::pause(theirs, seconds(20), "an engine that says nothing");
                  },
                  [](int) -> VolumeCopy { throw failure(Code::conflict); });
          }).code() == Code::conflict);
    CHECK(error_of([&] {
              run_beside(
                  ctx, Source::caller,
                  [](const CallContext&, int) { throw failure(Code::exhausted); },
                  [&](int fd) {
                      write(ctx, fd, std::string(5 << 20, 'x'));
                      return VolumeCopy{};
                  });
          }).code() == Code::exhausted);
}

TEST_CASE("one that fails when the other is done makes the whole fail") {
    const auto ctx = within(seconds(30));
    CHECK(error_of([&] {
              run_beside(
                  ctx, Source::caller,
                  [](const CallContext&, int fd) {
                      all_of(fd);
                      throw failure(Code::internal);
                  },
                  [](int) { return VolumeCopy{}; });
          }).code() == Code::internal);
}

TEST_CASE("a cancellation of the call reaches the exchange") {
    const test::Cancellation cancellation;
    const auto ctx = cancellation.within(seconds(30));
    const auto begin = std::chrono::steady_clock::now();
    CHECK(error_of([&] {
              run_beside(
                  ctx, Source::engine,
                  [&](const CallContext& theirs, int) {
                      cancellation.cancel();
                      archive::pause(theirs, seconds(20), "an engine that says nothing");
                  },
                  [](int fd) {
                      all_of(fd);
                      return VolumeCopy{};
                  });
          }).code() == Code::cancelled);
    CHECK(std::chrono::steady_clock::now() - begin < test::soon);
}

}  // namespace
}  // namespace nexus::engine
