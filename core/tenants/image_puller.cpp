#include "tenants/image_puller.hpp"

#include <poll.h>

#include <utility>

#include "tenants/backend_failure.hpp"
#include "tenants/registry_auth.hpp"

namespace nexus::tenants {
namespace {

bool readable(int fd) {
    pollfd poll_one{fd, POLLIN, 0};
    return fd >= 0 && ::poll(&poll_one, 1, 0) == 1;
}

}  // namespace

ImagePuller::ImagePuller(Backend& backend, std::string auth_file, Redactor& redactor, Log& log)
    : backend_(backend), auth_file_(std::move(auth_file)), redactor_(redactor), log_(log) {}

void ImagePuller::ensure(const CallContext& ctx, const config::ImageRef& image) {
    std::unique_lock lock(mutex_);
    while (true) {
        auto& slot = pulls_[image.text()];
        if (!slot) {
            const auto mine = slot = std::make_shared<Pull>();
            lead(lock, ctx, image, *mine);
            return;
        }
        const auto other = slot;
        wait(lock, ctx, *other);
        if (other->abandoned()) continue;
        if (const auto& refusal = other->refusal) {
            throw Failure(refusal->code, refusal->message, refusal->retryable);
        }
        return;
    }
}

std::set<std::string> ImagePuller::take_ensured() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(ensured_, {});
}

void ImagePuller::lead(std::unique_lock<std::mutex>& lock, const CallContext& ctx,
                       const config::ImageRef& image, Pull& mine) {
    const auto end = [&] {
        lock.lock();
        mine.done = true;
        if (!mine.refusal) ensured_.insert(image.text());
        pulls_.erase(image.text());
        changed_.notify_all();
    };
    lock.unlock();
    try {
        pull(ctx, image);
    } catch (const Failure& failure) {
        mine.refusal = Refusal{failure.code(), failure.what(), failure.retryable()};
        end();
        throw;
    } catch (const std::exception& error) {
        mine.refusal = Refusal{ErrorCode::internal, error.what(), false};
        end();
        throw;
    }
    end();
}

void ImagePuller::wait(std::unique_lock<std::mutex>& lock, const CallContext& ctx,
                       const Pull& pull) {
    constexpr std::chrono::milliseconds look_at_cancel(100);
    while (!pull.done) {
        if (readable(ctx.cancel_fd)) {
            throw Failure(ErrorCode::cancelled,
                          "cancelled while waiting for a pull of the same image");
        }
        const auto now = std::chrono::steady_clock::now();
        if (now >= ctx.deadline) {
            throw Failure(ErrorCode::timeout,
                          "timed out while waiting for a pull of the same image; see PULL_TIMEOUT",
                          true);
        }
        changed_.wait_until(lock, std::min(ctx.deadline, now + look_at_cancel));
    }
}

void ImagePuller::pull(const CallContext& ctx, const config::ImageRef& image) {
    const RegistryAuth auth = registry_auth(auth_file_, image.registry(), redactor_);
    try {
        if (backend_.ensure_image(ctx, {image.text(), auth}).pulled) {
            log_.info("image pulled", {{"image", image.text()}});
        }
    } catch (const BackendError& error) {
        throw pull_failure_of(error, image.text());
    }
}

}  // namespace nexus::tenants
