#include "backup/spread.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

#include "base/cancel.hpp"

namespace nexus::backup {
namespace {

// All of them fit into a processor's cache, where they are read again.
constexpr std::size_t block_bytes = 256U << 10U;
constexpr std::size_t blocks = 8;

class Ring {
  public:
    explicit Ring(std::size_t readers)
        : memory_(std::make_unique_for_overwrite<char[]>(blocks * block_bytes)), read_(readers) {}

    // Where the next block goes, once all have read what was there; empty where a reader failed.
    std::span<char> room(const Permit& permit) {
        constexpr std::chrono::milliseconds between_permits(100);
        permit();
        std::unique_lock lock(mutex_);
        while (!passed_.wait_for(lock, between_permits, [&] { return failed_ || has_room(); })) {
            lock.unlock();
            permit();
            lock.lock();
        }
        if (failed_) return {};
        return {block(made_), block_bytes};
    }

    void give(std::size_t size) {
        const std::lock_guard lock(mutex_);
        sizes_[made_ % blocks] = size;
        ++made_;
        more_.notify_all();
    }

    void end(bool cut) {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        if (cut) cut_.cancel();
        more_.notify_all();
    }

    std::string_view wait_for(std::uint64_t number) {
        std::unique_lock lock(mutex_);
        more_.wait(lock, [&] { return made_ > number || ended_; });
        if (made_ > number) return {block(number), sizes_[number % blocks]};
        if (cut_.cancelled()) throw Cut();
        return {};
    }

    void pass(std::size_t reader, std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        read_[reader] = number;
        if (has_room()) passed_.notify_one();
    }

    void leave(std::size_t reader, bool failed) {
        const std::lock_guard lock(mutex_);
        read_[reader] = std::numeric_limits<std::uint64_t>::max();
        failed_ = failed_ || failed;
        passed_.notify_one();
    }

    int cut_fd() const { return cut_.fd(); }

  private:
    bool has_room() const {
        return std::all_of(read_.begin(), read_.end(), [this](std::uint64_t number) {
            return number >= made_ || made_ - number < blocks;
        });
    }
    char* block(std::uint64_t number) const {
        return memory_.get() + (number % blocks) * block_bytes;
    }

    const std::unique_ptr<char[]> memory_;
    std::mutex mutex_;
    std::condition_variable more_;    // for the readers
    std::condition_variable passed_;  // for the one that makes the blocks
    std::array<std::size_t, blocks> sizes_{};
    std::uint64_t made_ = 0;           // blocks
    std::vector<std::uint64_t> read_;  // the first block that this reader still needs
    CancelSource cut_;
    bool ended_ = false;
    bool failed_ = false;
};

class RingFeed : public Feed {
  public:
    RingFeed(Ring& ring, std::size_t reader) : ring_(ring), reader_(reader) {}
    std::string_view next() override {
        if (holds_) ring_.pass(reader_, ++number_);
        holds_ = false;
        const std::string_view bytes = ring_.wait_for(number_);
        holds_ = !bytes.empty();
        return bytes;
    }
    int cut_fd() const override { return ring_.cut_fd(); }

  private:
    Ring& ring_;
    const std::size_t reader_;
    std::uint64_t number_ = 0;
    bool holds_ = false;
};

class Readers {
  public:
    Readers(Ring& ring, const std::vector<Reader>& readers)
        : ring_(ring), failures_(readers.size()) {
        try {
            for (std::size_t i = 0; i < readers.size(); ++i)
                threads_.emplace_back([this, i, &reader = readers[i]] { run(i, reader); });
        } catch (...) {
            ring_.end(true);
            throw;  // the threads that there are end first
        }
    }

    // Waits for all of them.
    void finish() {
        threads_.clear();
        for (const auto& failure : failures_) {
            if (failure) std::rethrow_exception(failure);
        }
    }

  private:
    void run(std::size_t number, const Reader& reader) {
        bool failed = true;
        try {
            RingFeed feed(ring_, number);
            reader(feed);
            failed = false;
        } catch (const Cut&) {
        } catch (...) {
            failures_[number] = std::current_exception();
        }
        ring_.leave(number, failed);
    }

    Ring& ring_;
    std::vector<std::exception_ptr> failures_;
    std::vector<std::jthread> threads_;
};

}  // namespace

void spread(const Make& make, const std::vector<Reader>& readers, const Permit& permit) {
    Ring ring(readers.size());
    Readers running(ring, readers);
    std::exception_ptr failure;
    bool whole = false;
    try {
        for (auto room = ring.room(permit); !room.empty(); room = ring.room(permit)) {
            const std::size_t size = make(room);
            whole = size == 0;
            if (whole) break;
            ring.give(size);
        }
    } catch (...) {
        failure = std::current_exception();
    }
    ring.end(!whole);
    running.finish();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace nexus::backup
