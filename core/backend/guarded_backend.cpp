#include "backend/guarded_backend.hpp"

#include <algorithm>
#include <exception>

namespace nexus {

// One call, from its entry in the books to its last line in them.
class GuardedBackend::Ticket {
  public:
    Ticket(GuardedBackend& guard, const CallContext& ctx, nexus_op op)
        : guard_(guard), exceptions_(std::uncaught_exceptions()) {
        const std::scoped_lock lock(guard_.mutex_);
        if (const auto stuck = guard_.stuck_now()) {
            throw BackendError(Code::unavailable, *stuck, true);
        }
        call_ =
            guard_.calls_.insert(guard_.calls_.end(), {op, ctx.tenant, Clock::now(), ctx.deadline});
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() {
        const auto end = Clock::now();
        const std::scoped_lock lock(guard_.mutex_);
        auto& books = guard_.statistics_[static_cast<std::size_t>(call_->op) - 1];
        ++books.count;
        if (std::uncaught_exceptions() > exceptions_) ++books.errors;
        books.total += end - call_->start;
        guard_.calls_.erase(call_);
    }

  private:
    GuardedBackend& guard_;
    int exceptions_;
    std::list<Call>::iterator call_;
};

GuardedBackend::GuardedBackend(std::unique_ptr<Backend> backend, std::string name,
                               std::chrono::milliseconds overrun)
    : backend_(std::move(backend)), name_(std::move(name)), overrun_(overrun) {
    for (std::size_t i = 0; i < operations; ++i)
        statistics_[i].name = to_string(static_cast<nexus_op>(i + 1));
}

GuardedBackend::~GuardedBackend() = default;

std::optional<std::string> GuardedBackend::stuck_now() const {
    const auto now = Clock::now();
    const auto worst = std::min_element(
        calls_.begin(), calls_.end(),
        [](const Call& one, const Call& other) { return one.deadline < other.deadline; });
    if (worst == calls_.end() || worst->deadline >= now - overrun_) return std::nullopt;
    const auto since = std::chrono::duration_cast<std::chrono::seconds>(now - worst->deadline);
    return "backend " + name_ + " is stuck in " + std::string(to_string(worst->op)) +
           (worst->tenant.empty() ? "" : " for tenant " + worst->tenant) + " since " +
           std::to_string(since.count()) + " s";
}

std::optional<std::string> GuardedBackend::stuck() const {
    const std::scoped_lock lock(mutex_);
    return stuck_now();
}

std::size_t GuardedBackend::in_flight() const {
    const std::scoped_lock lock(mutex_);
    return calls_.size();
}

std::array<OperationStatistics, GuardedBackend::operations> GuardedBackend::statistics() const {
    const std::scoped_lock lock(mutex_);
    return statistics_;
}

Info GuardedBackend::info(const CallContext& ctx) {
    const Ticket ticket(*this, ctx, NEXUS_OP_INFO);
    return backend_->info(ctx);
}

std::vector<ContainerState> GuardedBackend::list(const CallContext& ctx, const Labels& labels) {
    const Ticket ticket(*this, ctx, NEXUS_OP_LIST);
    return backend_->list(ctx, labels);
}

std::optional<ContainerState> GuardedBackend::inspect(const CallContext& ctx,
                                                      const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_INSPECT);
    return backend_->inspect(ctx, name);
}

std::optional<VolumeState> GuardedBackend::inspect_volume(const CallContext& ctx,
                                                          const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_INSPECT_VOLUME);
    return backend_->inspect_volume(ctx, name);
}

NetworkState GuardedBackend::ensure_network(const CallContext& ctx, const NetworkSpec& spec) {
    const Ticket ticket(*this, ctx, NEXUS_OP_ENSURE_NETWORK);
    return backend_->ensure_network(ctx, spec);
}

void GuardedBackend::remove_network(const CallContext& ctx, const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_REMOVE_NETWORK);
    backend_->remove_network(ctx, name);
}

VolumeState GuardedBackend::ensure_volume(const CallContext& ctx, const VolumeSpec& spec) {
    const Ticket ticket(*this, ctx, NEXUS_OP_ENSURE_VOLUME);
    return backend_->ensure_volume(ctx, spec);
}

void GuardedBackend::remove_volume(const CallContext& ctx, const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_REMOVE_VOLUME);
    backend_->remove_volume(ctx, name);
}

ImageState GuardedBackend::ensure_image(const CallContext& ctx, const ImageRequest& request) {
    const Ticket ticket(*this, ctx, NEXUS_OP_ENSURE_IMAGE);
    return backend_->ensure_image(ctx, request);
}

ContainerState GuardedBackend::ensure_container(const CallContext& ctx, const ContainerSpec& spec) {
    const Ticket ticket(*this, ctx, NEXUS_OP_ENSURE_CONTAINER);
    return backend_->ensure_container(ctx, spec);
}

void GuardedBackend::start(const CallContext& ctx, const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_START);
    backend_->start(ctx, name);
}

void GuardedBackend::stop(const CallContext& ctx, const std::string& name,
                          std::chrono::seconds grace) {
    const Ticket ticket(*this, ctx, NEXUS_OP_STOP);
    backend_->stop(ctx, name, grace);
}

void GuardedBackend::remove(const CallContext& ctx, const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_REMOVE);
    backend_->remove(ctx, name);
}

void GuardedBackend::logs(const CallContext& ctx, const std::string& name, std::int64_t tail,
                          int fd) {
    const Ticket ticket(*this, ctx, NEXUS_OP_LOGS);
    backend_->logs(ctx, name, tail, fd);
}

void GuardedBackend::pause(const CallContext& ctx, const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_PAUSE);
    backend_->pause(ctx, name);
}

void GuardedBackend::unpause(const CallContext& ctx, const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_UNPAUSE);
    backend_->unpause(ctx, name);
}

void GuardedBackend::rename(const CallContext& ctx, const std::string& name,
                            const std::string& new_name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_RENAME);
    backend_->rename(ctx, name, new_name);
}

Stats GuardedBackend::stats(const CallContext& ctx, const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_STATS);
    return backend_->stats(ctx, name);
}

VolumeCopy GuardedBackend::export_volume(const CallContext& ctx, const std::string& name, int fd) {
    const Ticket ticket(*this, ctx, NEXUS_OP_EXPORT_VOLUME);
    return backend_->export_volume(ctx, name, fd);
}

VolumeCopy GuardedBackend::import_volume(const CallContext& ctx, const std::string& name, int fd) {
    const Ticket ticket(*this, ctx, NEXUS_OP_IMPORT_VOLUME);
    return backend_->import_volume(ctx, name, fd);
}

void GuardedBackend::remove_image(const CallContext& ctx, const std::string& reference) {
    const Ticket ticket(*this, ctx, NEXUS_OP_REMOVE_IMAGE);
    backend_->remove_image(ctx, reference);
}

void GuardedBackend::swap_volumes(const CallContext& ctx, const std::string& first,
                                  const std::string& second) {
    const Ticket ticket(*this, ctx, NEXUS_OP_SWAP_VOLUMES);
    backend_->swap_volumes(ctx, first, second);
}

std::optional<NetworkState> GuardedBackend::inspect_network(const CallContext& ctx,
                                                            const std::string& name) {
    const Ticket ticket(*this, ctx, NEXUS_OP_INSPECT_NETWORK);
    return backend_->inspect_network(ctx, name);
}

}  // namespace nexus
