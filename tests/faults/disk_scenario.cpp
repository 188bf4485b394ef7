// The disk is full for a while.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nexus/unique_fd.hpp>

#include "random.hpp"
#include "scenarios.hpp"
#include "stage.hpp"
#include "support/unavailable.hpp"

namespace nexus::faults {
namespace {

using std::chrono::seconds;

// A file system of a few megabytes that only this process and its children see.
class SmallDisk {
  public:
    SmallDisk() {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", path().c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,mode=0700") !=
                0) {
            throw test::Unavailable("a small tmpfs", std::strerror(errno));
        }
    }
    ~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    std::string path() const { return folder_.path().string(); }

    void fill() const {
        const UniqueFd file(
            ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        const std::array<char, 4096> page{};
        while (::write(file.get(), page.data(), page.size()) > 0) {
        }
    }
    void free() const { ::unlink(ballast().c_str()); }

  private:
    std::string ballast() const { return folder_ / "ballast"; }

    test::TempDir folder_;
};

}  // namespace

Report disk(const Size& size) {
    const SmallDisk small;
    Random random(size.seed);
    Stage stage(
        {}, {{"STATE_DIR", small.path() + "/state"}, {"TENANT_ROOT", small.path() + "/tenants"}});
    stage.planned = plan(load_of(size));
    stage.evidence.excusable = {"exhausted"};
    stage.launch();
    const auto a_fill = size.jobs / (size.faults + 1) + 1;
    for (std::size_t i = 0; i < size.faults; ++i) {
        stage.add(a_fill);
        stage.progress(1 + random.below(a_fill), seconds(20));
        small.fill();
        stage.lives_for(random.time(milliseconds(300), milliseconds(2000)));
        small.free();
    }
    stage.add(stage.left());
    return {stage.finish(), counted(size.faults, "full disk")};
}

}  // namespace nexus::faults
