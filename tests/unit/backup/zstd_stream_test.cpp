#include "backup/zstd_stream.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <algorithm>
#include <string>
#include <system_error>

#include "unit/archive/folder_fixture.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::backup {
namespace {

using archive::content_of;
using archive::memory_file;

std::string decompressed(std::string_view bytes, std::size_t room) {
    const auto file = memory_file(bytes);
    ZstdReader reader(file.get());
    std::string result;
    std::string piece(room, '\0');
    while (const auto size = reader.read(piece))
        result.append(piece, 0, size);
    CHECK(reader.read(piece) == 0);
    return result;
}

TEST_CASE("what is compressed comes back, with any number of workers") {
    std::string bytes = noise(300'000);
    for (int i = 0; bytes.size() < 12'000'000; ++i)
        bytes += "line " + std::to_string(i % 1000) + "\n";
    for (const int workers : {0, 1, 2}) {
        CAPTURE(workers);
        const auto file = memory_file();
        ZstdWriter writer(file.get(), workers);
        std::string_view rest = bytes;
        for (std::size_t step = 1; !rest.empty(); step = step * 7 % 500'009) {
            writer.write(rest.substr(0, step));
            rest.remove_prefix(std::min(rest.size(), step));
        }
        writer.finish();
        const std::string frame = content_of(file);
        CHECK(writer.written() == static_cast<std::int64_t>(frame.size()));
        CHECK(frame.size() < bytes.size() / 8);
        CHECK(decompressed(frame, 1 << 20) == bytes);
        CHECK(decompressed(frame, 999) == bytes);
    }
}

TEST_CASE("nothing is a frame as well") {
    const std::string frame = compressed("");
    CHECK(!frame.empty());
    CHECK(decompressed(frame, 100).empty());
}

TEST_CASE("a frame has a checksum") {
    std::string frame = compressed(noise(1000));
    frame.back() = static_cast<char>(frame.back() ^ 1);
    CHECK_THROWS_AS(decompressed(frame, 4096), ZstdDamaged);
}

TEST_CASE("a room of just the right size gets all, and then the end") {
    const std::string frame = compressed(std::string(1000, 'x'));
    const auto file = memory_file(frame);
    ZstdReader reader(file.get());
    std::string room(1000, '\0');
    CHECK(reader.read(room) == 1000);
    CHECK(reader.read(room) == 0);
}

TEST_CASE("what is no frame is damaged") {
    for (const auto& bytes : {std::string(), std::string("x"), std::string("plain text, no frame"),
                              std::string(1000, '\0')}) {
        CHECK_THROWS_AS(decompressed(bytes, 4096), ZstdDamaged);
    }
}

TEST_CASE("a descriptor that takes or gives nothing is an error of the system") {
    const UniqueFd full(::open("/dev/full", O_WRONLY));
    ZstdWriter writer(full.get(), 0);
    writer.write("bytes");
    try {
        writer.finish();
        FAIL("it was written");
    } catch (const std::system_error& error) {
        CHECK(error.code() == std::errc::no_space_on_device);
    }
    const UniqueFd folder(::open("/", O_RDONLY));
    ZstdReader reader(folder.get());
    std::string room(10, '\0');
    CHECK_THROWS_AS(reader.read(room), std::system_error);
}

}  // namespace
}  // namespace nexus::backup
