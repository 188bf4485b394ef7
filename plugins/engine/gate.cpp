#include "engine/gate.hpp"

#include "archive/wait.hpp"

namespace nexus::engine {

Permit Gate::enter(const CallContext& ctx, std::string_view what) {
    std::unique_lock lock(mutex_);
    archive::wait_until_holds(ctx, changed_, lock, what, [this] { return free_ > 0; });
    --free_;
    return Permit([this] {
        {
            const std::lock_guard guard(mutex_);
            ++free_;
        }
        changed_.notify_one();
    });
}

Permit NameLocks::enter(const CallContext& ctx, const std::string& name, std::string_view what) {
    std::unique_lock lock(mutex_);
    archive::wait_until_holds(ctx, changed_, lock, what, [&] { return !held_.contains(name); });
    held_.insert(name);
    return Permit([this, name] {
        {
            const std::lock_guard guard(mutex_);
            held_.erase(name);
        }
        changed_.notify_all();
    });
}

}  // namespace nexus::engine
