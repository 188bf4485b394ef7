#include "app/own_container.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "config/characters.hpp"
#include "config/surroundings.hpp"

namespace nexus::app {
namespace {

constexpr std::size_t whole_id = 64;
constexpr std::size_t short_id = 12;

bool is_hex(std::string_view text) {
    return config::all_are(text, config::is_lower_hex);
}

// The kernel writes a blank and its like as a backslash and three octal digits.
std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digits = text.substr(i + 1, 3);
        const auto octal = [](char c) { return c >= '0' && c <= '7'; };
        if (text[i] == '\\' && digits.size() == 3 && config::all_are(digits, octal)) {
            plain += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 +
                                       (digits[2] - '0'));
            i += digits.size();
        } else {
            plain += text[i];
        }
    }
    return plain;
}

bool lies_in(std::string_view path, std::string_view folder) {
    if (folder == "/") return path.starts_with('/');
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// The innermost mount that `path` lies in; of several at one place the last covers the others.
template <typename Mounts>
auto innermost(Mounts& mounts, std::string_view path) -> decltype(mounts.data()) {
    decltype(mounts.data()) best = nullptr;
    for (auto& mount : mounts) {
        if (!lies_in(path, mount.target)) continue;
        if (best == nullptr || mount.target.size() >= best->target.size()) best = &mount;
    }
    return best;
}

}  // namespace

std::string without_end(std::string_view path) {
    while (path.size() > 1 && path.back() == '/')
        path.remove_suffix(1);
    return std::string(path);
}

std::vector<KernelMount> parse_mountinfo(std::string_view text) {
    constexpr std::size_t root = 3, target = 4, least = 10;
    std::vector<KernelMount> mounts;
    for (const auto line : config::split(text, '\n')) {
        const auto fields = config::split(line, ' ');
        const auto dash = std::find(fields.begin(), fields.end(), "-");
        if (fields.size() < least || fields.end() - dash < 2) continue;
        mounts.push_back(
            {unescaped(fields[root]), unescaped(fields[target]), std::string(*(dash + 1))});
    }
    return mounts;
}

std::vector<std::string> possible_ids(const std::vector<KernelMount>& mounts,
                                      const std::string& host_name) {
    constexpr std::array<std::string_view, 4> of_the_engine{
        "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/run/.containerenv"};
    std::vector<std::string> ids;
    const auto add = [&ids](std::string_view id) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.emplace_back(id);
    };
    for (const auto& mount : mounts) {
        if (std::find(of_the_engine.begin(), of_the_engine.end(), mount.target) ==
            of_the_engine.end())
            continue;
        for (const auto step : config::split(mount.root, '/')) {
            if (step.size() == whole_id && is_hex(step)) add(step);
        }
    }
    if (ids.empty() && host_name.size() == short_id && is_hex(host_name)) add(host_name);
    return ids;
}

std::optional<OwnContainer> own_container() {
    if (!config::in_container()) return std::nullopt;
    std::ostringstream text;
    text << std::ifstream("/proc/self/mountinfo").rdbuf();
    OwnContainer own;
    own.mounts = parse_mountinfo(text.str());
    own.ids = possible_ids(own.mounts, config::host_name());
    return own;
}

const KernelMount* mount_of(const std::vector<KernelMount>& mounts, std::string_view path) {
    return innermost(mounts, path);
}

std::optional<ContainerState> find_own(Backend& backend, const CallContext& ctx,
                                       const OwnContainer& own) {
    for (const auto& container : backend.list(ctx, {})) {
        const bool found =
            std::any_of(own.ids.begin(), own.ids.end(), [&container](const std::string& id) {
                return !id.empty() && container.id.starts_with(id);
            });
        if (found) return backend.inspect(ctx, container.name);
    }
    return std::nullopt;
}

std::optional<std::string> host_path(const std::vector<BindMount>& mounts, std::string_view path) {
    const auto* mount = innermost(mounts, path);
    if (mount == nullptr || mount->source.empty()) return std::nullopt;
    const std::string source = without_end(mount->source);
    const auto rest = path.substr(mount->target == "/" ? 0 : mount->target.size());
    return source == "/" ? std::string(rest) : source + std::string(rest);
}

}  // namespace nexus::app
