#include "tenants/image_keeper.hpp"

#include <algorithm>
#include <system_error>

#include "base/json.hpp"

namespace nexus::tenants {
namespace {

using std::chrono::hours;

constexpr const char* file_name = "images.json";
constexpr int format_version = 1;
constexpr hours in_use_retry(24);

bool is_reference(const std::string& text) {
    return std::holds_alternative<config::ImageRef>(config::ImageRef::parse(text));
}

std::map<std::string, WallTime> parse_images(const std::string& text) {
    const auto document = json::parse(text, json::own_files);
    const json::Reader reader(document);
    if (reader.integer("v") != format_version) {
        throw json::Error("/v", "was written by another release; this one reads version " +
                                    std::to_string(format_version));
    }
    std::map<std::string, WallTime> images;
    for (const auto& [reference, used] : reader.strings("images")) {
        const std::string place = json::step(reader.pointer("images"), reference);
        if (!is_reference(reference)) throw json::Error(place, "must be named by a pinned image");
        const auto time = parse_timestamp(used);
        if (!time) throw json::Error(place, "must be an RFC 3339 time");
        images.emplace(reference, *time);
    }
    return images;
}

std::string to_json(const std::map<std::string, WallTime>& images) {
    json::Writer writer;
    writer.begin_object().member("v", format_version).begin_object("images");
    for (const auto& [reference, used] : images)
        writer.member(reference, format_timestamp(used));
    return writer.end_object().end_object().text();
}

}  // namespace

ImageKeeper::ImageKeeper(Backend& backend, Directory state_dir, const config::Settings& settings,
                         Log& log)
    : backend_(backend),
      state_dir_(std::move(state_dir)),
      settings_(settings),
      log_(log),
      removes_(settings.image_keep.count() > 0) {
    load();
}

void ImageKeeper::load() {
    try {
        const auto text = state_dir_.read(file_name, json::own_files.bytes);
        if (text) written_ = parse_images(*text);
        last_used_ = written_;
    } catch (const std::exception& error) {
        log_.warning(
            "the list of used images cannot be read and is begun anew; none is removed "
            "until IMAGE_KEEP has passed",
            {{"file", state_dir_.path() + "/" + file_name}, {"message", error.what()}});
    }
}

void ImageKeeper::sweep(const std::set<std::string>& in_use, WallTime now,
                        const std::function<CallContext()>& call) {
    mark(in_use, now);
    save();
    for (const auto& reference : unused(now)) {
        if (!remove(reference, now, call())) break;
    }
    save();
}

void ImageKeeper::mark(const std::set<std::string>& in_use, WallTime now) {
    // A clock that was put back must not keep an image for ever.
    for (auto& [reference, used] : last_used_)
        used = std::min(used, now);
    for (auto& [reference, retry] : not_before_)
        retry = std::min<WallTime>(retry, now + in_use_retry);
    for (const auto& reference : in_use) {
        if (is_reference(reference)) last_used_[reference] = now;
    }
}

void ImageKeeper::save() {
    if (is_written()) return;
    try {
        state_dir_.write(file_name, to_json(last_used_), 0600);
        written_ = last_used_;
        write_failed_ = false;
    } catch (const std::system_error& error) {
        if (!write_failed_) {
            log_.warning("the list of used images cannot be written; it is tried again",
                         {{"message", error.what()}});
        }
        write_failed_ = true;
    }
}

bool ImageKeeper::is_written() const {
    WallTime::duration most = hours(1);
    if (settings_.image_keep.count() > 0) most = std::min(most, settings_.image_keep / 8);
    return std::equal(last_used_.begin(), last_used_.end(), written_.begin(), written_.end(),
                      [most](const auto& one, const auto& other) {
                          return one.first == other.first &&
                                 std::chrono::abs(one.second - other.second) < most;
                      });
}

std::vector<std::string> ImageKeeper::unused(WallTime now) const {
    std::vector<std::string> references;
    if (!removes_) return references;
    const std::string kept = settings_.nexus_image ? settings_.nexus_image->text() : "";
    for (const auto& [reference, used] : last_used_) {
        const auto retry = not_before_.find(reference);
        const bool waits = retry != not_before_.end() && now < retry->second;
        if (now - used > settings_.image_keep && reference != kept && !waits) {
            references.push_back(reference);
        }
    }
    return references;
}

bool ImageKeeper::remove(const std::string& reference, WallTime now, const CallContext& ctx) {
    try {
        backend_.remove_image(ctx, reference);
    } catch (const BackendError& error) {
        return put_off(reference, now, error);
    }
    log_.info("unused image removed", {{"image", reference}});
    last_used_.erase(reference);
    not_before_.erase(reference);
    return true;
}

bool ImageKeeper::put_off(const std::string& reference, WallTime now, const BackendError& error) {
    switch (error.code()) {
        case Code::conflict:
            not_before_[reference] = now + in_use_retry;
            return true;
        case Code::cancelled:
            return false;
        case Code::unsupported:
            removes_ = false;
            log_.info("unused images stay: the backend cannot remove any",
                      {{"message", error.what()}});
            return false;
        default:
            break;
    }
    log_.warning("an unused image cannot be removed; it is tried again in an hour",
                 {{"image", reference}, {"message", error.what()}});
    not_before_[reference] = now + hours(1);
    // What is true of the engine as a whole would be so of every other image.
    return error.code() != Code::unavailable && error.code() != Code::timeout;
}

}  // namespace nexus::tenants
