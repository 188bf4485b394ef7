#include "base/side_by_side.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace nexus {
namespace {

class Numbers {
  public:
    explicit Numbers(std::size_t count) : left_(count) {}

    // Nothing where none is left, or one has failed.
    std::optional<std::size_t> next() {
        const std::lock_guard lock(mutex_);
        if (left_ == 0) return std::nullopt;
        --left_;
        return given_++;
    }
    void fail(std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        left_ = 0;
        if (!failure_) failure_ = std::move(failure);
    }
    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    std::mutex mutex_;
    std::size_t left_;
    std::size_t given_ = 0;
    std::exception_ptr failure_;
};

}  // namespace

void side_by_side(std::size_t count, std::size_t at_once,
                  const std::function<void(std::size_t number)>& work) {
    Numbers numbers(count);
    const auto run = [&]() noexcept {
        try {
            while (const auto number = numbers.next())
                work(*number);
        } catch (...) {
            numbers.fail(std::current_exception());
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < std::min(count, at_once); ++i)
            threads.emplace_back(run);
    }
    numbers.rethrow();
}

}  // namespace nexus
