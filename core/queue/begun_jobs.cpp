#include "queue/begun_jobs.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <system_error>

namespace nexus::queue {
namespace {

constexpr const char* file_name = "begun";
constexpr std::size_t longest_id = 65;  // that of a job has 64 (protocol.md), of a repair one more
// Jobs that died and have not come back, as after a loss of Redis's data, take slots until they are
// pushed out.
constexpr std::size_t spare_slots = 1024;

[[noreturn]] void throw_errno(const Directory& folder, const char* what) {
    throw std::system_error(errno, std::generic_category(),
                            folder.path() + "/" + file_name + " cannot be " + what);
}

}  // namespace

// A slot lies within one sector, which a disk writes as a whole.
struct alignas(128) BegunJobs::Slot {
    std::atomic<State> state;
    unsigned char deaths;
    unsigned char size;
    char id[longest_id];
};

BegunJobs::BegunJobs(const Directory& state_dir, unsigned concurrency)
    : count_(concurrency + spare_slots) {
    static_assert(std::atomic<State>::is_always_lock_free && sizeof(Slot) == 128);
    fd_.reset(::openat(state_dir.fd(), file_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd_) throw_errno(state_dir, "opened");
    struct stat facts {};
    if (::fstat(fd_.get(), &facts) != 0) throw_errno(state_dir, "looked at");
    // With a smaller CONCURRENCY than before, the slots of before are still there to be read.
    count_ = std::max(count_, static_cast<std::size_t>(facts.st_size) / sizeof(Slot));
    const auto bytes = count_ * sizeof(Slot);
    // Room for all of it now: a disk that fills up later must not end the process at a write to
    // memory.
    errno = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(bytes));
    if (errno != 0) throw_errno(state_dir, "given its space");
    memory_ = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
    if (memory_ == MAP_FAILED) throw_errno(state_dir, "mapped");
    load();
    if (::fsync(fd_.get()) != 0) throw_errno(state_dir, "written");
    state_dir.sync();
}

BegunJobs::~BegunJobs() {
    ::munmap(memory_, count_ * sizeof(Slot));
}

BegunJobs::Slot& BegunJobs::slot(std::size_t index) const {
    return static_cast<Slot*>(memory_)[index];
}

void BegunJobs::load() {
    for (std::size_t i = 0; i < count_; ++i) {
        Slot& found = slot(i);
        const State state = found.state.load();
        const bool sound = (state == State::begun || state == State::remembered) &&
                           found.size > 0 && found.size <= longest_id &&
                           slots_.try_emplace(std::string(found.id, found.size), i).second;
        if (!sound) {
            set_free(i);
            continue;
        }
        if (state == State::begun && found.deaths < 255) ++found.deaths;
        found.state = State::remembered;
    }
}

int BegunJobs::deaths(const std::string& job_id) const {
    const std::scoped_lock lock(mutex_);
    const auto known = slots_.find(job_id);
    return known == slots_.end() ? 0 : slot(known->second).deaths;
}

void BegunJobs::begin(const std::string& job_id, bool durable) {
    {
        const std::scoped_lock lock(mutex_);
        auto place = slots_.find(job_id);
        if (place == slots_.end()) {
            place = slots_.emplace(job_id, take_slot()).first;
            Slot& taken = slot(place->second);
            taken.deaths = 0;
            taken.size = static_cast<unsigned char>(std::min(job_id.size(), longest_id));
            std::memcpy(taken.id, job_id.data(), taken.size);
        }
        // Last, so that a process that is killed in between leaves a free slot and not half an id.
        slot(place->second).state.store(State::begun, std::memory_order_release);
    }
    if (durable && ::fdatasync(fd_.get()) != 0) {
        throw std::system_error(errno, std::generic_category(),
                                "STATE_DIR: the file begun cannot be written");
    }
}

void BegunJobs::condemn(const std::string& job_id, int deaths) {
    begin(job_id, true);
    const std::scoped_lock lock(mutex_);
    Slot& condemned = slot(slots_.at(job_id));
    condemned.deaths = static_cast<unsigned char>(deaths);
    condemned.state.store(State::remembered, std::memory_order_release);
}

void BegunJobs::end(const std::string& job_id, bool done) {
    const std::scoped_lock lock(mutex_);
    const auto known = slots_.find(job_id);
    if (known == slots_.end()) return;
    Slot& ended = slot(known->second);
    if (!done && ended.deaths > 0) {
        ended.state.store(State::remembered, std::memory_order_release);
        return;
    }
    set_free(known->second);
    slots_.erase(known);
}

void BegunJobs::set_free(std::size_t index) {
    slot(index).state.store(State::free, std::memory_order_release);
    free_.push_back(index);
}

std::size_t BegunJobs::take_slot() {
    if (free_.empty()) {
        const auto victim = std::find_if(slots_.begin(), slots_.end(), [this](const auto& known) {
            return slot(known.second).state.load() == State::remembered;
        });
        if (victim == slots_.end()) throw std::logic_error("more jobs are begun than may be");
        set_free(victim->second);
        slots_.erase(victim);
    }
    const auto index = free_.back();
    free_.pop_back();
    return index;
}

}  // namespace nexus::queue
