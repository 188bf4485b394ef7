// Makes sure that an image is on the engine: one pull per image at a time, shared by all who wait
// for it. Threads: any.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <nexus/backend.hpp>
#include <optional>
#include <set>
#include <string>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "config/image_ref.hpp"

namespace nexus::tenants {

class ImagePuller {
  public:
    // `auth_file` as REGISTRY_AUTH_FILE. All references must outlive this object.
    ImagePuller(Backend& backend, std::string auth_file, Redactor& redactor, Log& log);

    // Returns once the image is there. Throws Failure: `image_unavailable`, `image_invalid`, and
    // what `ctx` ends. A waiter whose own deadline or cancel comes first leaves without disturbing
    // the pull.
    void ensure(const CallContext& ctx, const config::ImageRef& image);

    // The images that were made sure of since the last call: jobs may be about to use them that
    // have not written so into a record yet.
    std::set<std::string> take_ensured();

  private:
    // Kept as plain values: each waiter throws an exception of its own.
    struct Refusal {
        ErrorCode code;
        std::string message;
        bool retryable;
    };
    struct Pull {
        bool done = false;
        std::optional<Refusal> refusal;

        // The one who pulled was cancelled or overdue; another takes over.
        bool abandoned() const {
            return refusal &&
                   (refusal->code == ErrorCode::cancelled || refusal->code == ErrorCode::timeout);
        }
    };

    void lead(std::unique_lock<std::mutex>& lock, const CallContext& ctx,
              const config::ImageRef& image, Pull& mine);
    void pull(const CallContext& ctx, const config::ImageRef& image);
    void wait(std::unique_lock<std::mutex>& lock, const CallContext& ctx, const Pull& pull);

    Backend& backend_;
    std::string auth_file_;
    Redactor& redactor_;
    Log& log_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::shared_ptr<Pull>> pulls_;
    std::set<std::string> ensured_;
};

}  // namespace nexus::tenants
