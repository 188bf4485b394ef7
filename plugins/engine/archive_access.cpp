#include "engine/archive_access.hpp"

#include "archive/bulk_writer.hpp"
#include "archive/volume_error.hpp"
#include "engine/archive_copy.hpp"
#include "engine/requests.hpp"

namespace nexus::engine {
namespace {

[[noreturn]] void refuse_full(const std::string& found) {
    throw BackendError(
        Code::conflict,
        "the volume is not empty: it has " + archive::in_quotes(found) + "; import into a new one",
        false);
}

void append(std::vector<std::string>& losses, const std::vector<std::string>& more) {
    losses.insert(losses.begin(), more.begin(), more.end());
}

}  // namespace

VolumeCopy ArchiveAccess::export_volume(const CallContext& ctx, const std::string& name, int fd,
                                        const std::string& mend) {
    const Permit one_at_a_time = enter(ctx, name);
    const std::string what = "reading volume " + name;
    const VolumeHolder holder(ctx, parts_, name);
    std::vector<std::string> missed = parts_.way.left_out;
    VolumeCopy copy = read(ctx, holder.container(), what,
                           [&](int from) { return copy_from_engine(ctx, from, fd, missed); });
    if (const auto lost = first_there(ctx, holder.container(), missed, what)) {
        throw BackendError(Code::unsupported,
                           parts_.client.engine().name() + " leaves \"" + *lost +
                               "\" in the root of volume " + name + " out of an archive: " + mend,
                           false);
    }
    copy.method = archive_method;
    append(copy.losses, parts_.way.export_losses);
    return copy;
}

VolumeCopy ArchiveAccess::import_volume(const CallContext& ctx, const std::string& name, int fd) {
    const Permit one_at_a_time = enter(ctx, name);
    const std::string what = "writing volume " + name;
    const VolumeHolder holder(ctx, parts_, name);
    require_empty(ctx, holder.container(), name);
    VolumeCopy copy = run_beside(
        ctx, Source::caller,
        [&](const CallContext& their_ctx, int from) {
            Request request = put_archive(holder.container(), parts_.way.import_query);
            request.body_fd = from;
            parts_.client.call(their_ctx, request, what);
        },
        [&](int to) { return copy_to_engine(ctx, fd, to, parts_.way.prefix); });
    copy.method = archive_method;
    append(copy.losses, parts_.way.import_losses);
    return copy;
}

bool ArchiveAccess::remove_leftover(const CallContext& ctx, const std::string& volume) {
    const Permit one_at_a_time = enter(ctx, volume);
    return VolumeHolder::remove_leftover(ctx, parts_, volume);
}

Permit ArchiveAccess::enter(const CallContext& ctx, const std::string& volume) {
    return volumes_.enter(ctx, volume, "another copy of volume " + volume);
}

VolumeCopy ArchiveAccess::read(const CallContext& ctx, const std::string& container,
                               const std::string& what, const Work& work) {
    return run_beside(
        ctx, Source::engine,
        [&](const CallContext& their_ctx, int to) {
            archive::BulkWriter out(their_ctx, to);
            // The engine's pieces are small, and the reader of each would be woken for it.
            constexpr std::size_t enough = 256U << 10U;
            std::string held;
            parts_.client.stream(their_ctx, get_archive(container, parts_.way.export_path), what,
                                 [&](std::string_view piece) {
                                     held += piece;
                                     if (held.size() < enough) return;
                                     out.write(held);
                                     held.clear();
                                 });
            out.write(held);
        },
        work);
}

void ArchiveAccess::require_empty(const CallContext& ctx, const std::string& container,
                                  const std::string& volume) {
    const std::string what = "looking into volume " + volume;
    std::optional<std::string> found;
    const auto look = [&](int from) {
        found = first_in(ctx, from);
        // Or the engine would go on to send what nobody wants.
        if (found) refuse_full(*found);
        return VolumeCopy{};
    };
    read(ctx, container, what, look);
    found = first_there(ctx, container, parts_.way.left_out, what);
    if (found) refuse_full(*found);
}

std::optional<std::string> ArchiveAccess::first_there(const CallContext& ctx,
                                                      const std::string& container,
                                                      const std::vector<std::string>& names,
                                                      const std::string& what) {
    for (const auto& name : names) {
        const std::string path = std::string(volume_target) + "/" + name;
        if (parts_.client.find(ctx, stat_path(container, path), what)) return name;
    }
    return std::nullopt;
}

}  // namespace nexus::engine
