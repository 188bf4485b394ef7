#include "unit/backup/blob_fixture.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "backup/file_list.hpp"
#include "backup/sha256.hpp"
#include "unit/archive/folder_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using archive::content_of;
using archive::memory_file;

}  // namespace

Part part_of(PartName name, const BlobFacts& facts) {
    Part part;
    part.name = name;
    part.method = "mount_point";
    part.sha256 = facts.sha256;
    part.tar_bytes = facts.tar_bytes;
    part.blob_bytes = facts.blob_bytes;
    part.file_bytes = facts.file_bytes;
    part.entries = facts.entries;
    part.read_at = wall_now();
    return part;
}

void no_limit() {}

BlobFacts BlobHouse::add(std::string_view tar) const {
    return blobs.add(memory_file(tar).get(), no_limit);
}

std::string BlobHouse::read(const BlobFacts& facts) const {
    const auto file = memory_file();
    blobs.read(facts.sha256, facts.tar_bytes, file.get(), no_limit);
    return content_of(file);
}

void BlobHouse::verify(const BlobFacts& facts) const {
    blobs.verify(facts.sha256, facts.tar_bytes, facts.entries, no_limit);
}

std::string BlobHouse::tar_path(const BlobFacts& facts) const {
    return temp / ("backup/blobs/" + facts.sha256 + ".tar.zst");
}

std::string BlobHouse::list_path(const BlobFacts& facts) const {
    return temp / ("backup/blobs/" + facts.sha256 + ".files.jsonl.zst");
}

std::vector<FileNote> BlobHouse::list(const BlobFacts& facts) const {
    const auto file = memory_file(test::read_file(list_path(facts)));
    FileListReader reader(file.get());
    std::vector<FileNote> notes;
    for (FileNote note; reader.next(note);)
        notes.push_back(note);
    return notes;
}

void BlobHouse::write_list(const BlobFacts& facts, const std::vector<FileNote>& notes) const {
    const auto file = memory_file();
    FileListWriter writer(file.get());
    for (const auto& note : notes)
        writer.add(note);
    writer.finish();
    test::write_file(list_path(facts), content_of(file));
}

bool BlobHouse::is_empty() const {
    return fs::is_empty(temp / "backup/blobs") && fs::is_empty(temp / "backup/tmp");
}

std::string damage(const std::function<void()>& act) {
    try {
        act();
    } catch (const BlobDamaged& error) {
        return error.what();
    }
    return {};
}

std::string digest_of(std::string_view bytes) {
    Sha256 sha256;
    sha256.update(bytes);
    return sha256.finish();
}

std::string tar_with(const std::function<void(archive::TarWriter&)>& fill, time_t mtime) {
    const auto file = memory_file();
    const auto call = archive::within(std::chrono::seconds(60));
    archive::TarWriter tar(call, file.get());
    tar.header({.path = "./", .facts = {0, 0, S_IFDIR | 0755, {mtime, 0}, {}}});
    fill(tar);
    tar.finish();
    return content_of(file);
}

std::string tar_of(const std::vector<std::pair<std::string, std::string>>& files, time_t mtime) {
    const auto fill = [&](archive::TarWriter& tar) {
        for (const auto& [path, content] : files) {
            const auto size = static_cast<std::int64_t>(content.size());
            tar.header({.path = "./" + path,
                        .facts = {1000, 100, S_IFREG | 0640, {mtime, 0}, {}},
                        .size = size,
                        .data = {{0, size}}});
            tar.content(content);
        }
    };
    return tar_with(fill, mtime);
}

std::string noise(std::size_t size) {
    std::mt19937 random(size);
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

std::string compressed(std::string_view bytes) {
    const auto file = memory_file();
    ZstdWriter writer(file.get(), 0);
    writer.write(bytes);
    writer.finish();
    return content_of(file);
}

}  // namespace nexus::backup
