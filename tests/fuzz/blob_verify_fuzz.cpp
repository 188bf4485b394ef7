// A blob whose list of files, or whose tar, somebody changed at will: what is verified and read is
// what was put in, or it is damaged.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "archive/tar_writer.hpp"
#include "backup/blob_store.hpp"
#include "backup/zstd_stream.hpp"
#include "base/whole_io.hpp"

namespace nexus::backup {
namespace {

void require(bool truth) {
    if (!truth) std::abort();
}

UniqueFd memory_file(std::string_view bytes = "") {
    UniqueFd file(::memfd_create("fuzz", MFD_CLOEXEC));
    require(::pwrite(file.get(), bytes.data(), bytes.size(), 0) ==
            static_cast<ssize_t>(bytes.size()));
    return file;
}

std::string content_of(const UniqueFd& file) {
    struct stat status {};
    require(::fstat(file.get(), &status) == 0);
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    require(::pread(file.get(), bytes.data(), bytes.size(), 0) == status.st_size);
    return bytes;
}

std::string compressed(std::string_view bytes) {
    const UniqueFd file = memory_file();
    ZstdWriter writer(file.get(), 0);
    writer.write(bytes);
    writer.finish();
    return content_of(file);
}

std::string decompressed(const std::string& frame) {
    const UniqueFd file = memory_file(frame);
    ZstdReader reader(file.get());
    std::string bytes(64U << 10U, '\0');
    bytes.resize(reader.read(bytes));
    return bytes;
}

std::string small_tar() {
    const UniqueFd file = memory_file();
    const CallContext call{std::chrono::steady_clock::time_point::max(), -1, {}, {}};
    archive::TarWriter tar(call, file.get());
    tar.header({.path = "./", .facts = {0, 0, S_IFDIR | 0755, {}, {}}});
    tar.header(
        {.path = "./a", .facts = {1, 2, S_IFREG | 0644, {}, {}}, .size = 5, .data = {{0, 5}}});
    tar.content("alpha");
    tar.header({.path = "./\xff", .facts = {1, 2, S_IFLNK | 0777, {}, {}}, .symlink = "to\xfe"});
    tar.header({.path = "./b", .facts = {1, 2, S_IFREG | 0644, {}, {}}, .hardlink = "./a"});
    tar.header({.path = "./s",
                .facts = {1, 2, S_IFREG | 0600, {}, {}},
                .size = 8192,
                .data = {{4096, 4}}});
    tar.hole(4096);
    tar.content("data");
    tar.hole(4092);
    tar.finish();
    return content_of(file);
}

std::string new_folder() {
    std::string path = "/dev/shm/blob_verify_fuzz.XXXXXX";
    require(::mkdtemp(path.data()) != nullptr);
    return path;
}

// One store with one good blob for all runs.
class House {
  public:
    House() {
        facts_ = store().add(memory_file(tar_).get(), [] {});
        const UniqueFd file(::open(path(list_ending).c_str(), O_RDONLY | O_CLOEXEC));
        list_ = decompressed(content_of(file));
    }
    House(const House&) = delete;
    House& operator=(const House&) = delete;
    ~House() { std::filesystem::remove_all(folder_); }

    const std::string& tar() const { return tar_; }
    const std::string& list() const { return list_; }

    void put(const char* ending, std::string_view bytes) const {
        const UniqueFd file(::open(path(ending).c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
        write_all(file.get(), bytes, "blob");
    }
    bool is_good() const {
        try {
            store().verify(facts_.sha256, facts_.tar_bytes, facts_.entries, [] {});
            return true;
        } catch (const BlobDamaged&) {
            return false;
        }
    }
    void read() const {
        const UniqueFd out = memory_file();
        try {
            store().read(facts_.sha256, facts_.tar_bytes, out.get(), [] {});
            require(content_of(out) == tar_);
        } catch (const BlobDamaged&) {
            require(content_of(out).size() <= tar_.size());
        }
    }

    static constexpr const char* tar_ending = ".tar.zst";
    static constexpr const char* list_ending = ".files.jsonl.zst";

  private:
    BlobStore store() const { return BlobStore(dir_); }
    std::string path(const char* ending) const {
        return dir_.blobs().path() + "/" + facts_.sha256 + ending;
    }

    const std::string tar_ = small_tar();
    const std::string folder_ = new_folder();
    const BackupDir dir_{folder_ + "/backup"};
    BlobFacts facts_;
    std::string list_;
};

// `text` with some of its bytes replaced, as `edits` says.
std::string edited(std::string text, std::string_view edits) {
    constexpr std::size_t head = 4;
    while (edits.size() >= head) {
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(edits[i]); };
        const std::size_t at = (byte(0) * 256U + byte(1)) % (text.size() + 1);
        const std::size_t gone = byte(2) % 16U;
        const auto fresh = edits.substr(head, byte(3) % 16U);
        text.replace(at, gone, fresh);
        edits.remove_prefix(head + fresh.size());
    }
    return text;
}

void check(std::uint8_t way, std::string_view input) {
    static const House house;
    const bool of_tar = (way & 1U) != 0;
    const std::string& good = of_tar ? house.tar() : house.list();
    const std::string bytes = (way & 4U) != 0 ? std::string(input) : edited(good, input);
    const std::string file = (way & 2U) != 0 ? bytes : compressed(bytes);
    const char* const ending = of_tar ? House::tar_ending : House::list_ending;
    house.put(ending, file);
    const bool verified = house.is_good();
    if (bytes == good && file != bytes) require(verified);
    if (of_tar) house.read();
    if (of_tar && verified) require(decompressed(file) == good);
    house.put(ending, compressed(good));
}

}  // namespace
}  // namespace nexus::backup

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    nexus::backup::check(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
    return 0;
}
