#include "queue/spool.hpp"

#include <fcntl.h>

#include <array>
#include <system_error>

#include "base/json.hpp"

namespace nexus::queue {
namespace {

constexpr const char* file_name = "spool";
constexpr std::size_t most_bytes = 256U << 20U;
constexpr mode_t private_file = 0600;

// Progress is of no use to a later process, so that it has no name here.
constexpr std::array<std::pair<std::string_view, OutboxItem::Kind>, 4> kinds{
    {{"finished", OutboxItem::Kind::finished},
     {"answered", OutboxItem::Kind::answered},
     {"malformed", OutboxItem::Kind::malformed},
     {"event", OutboxItem::Kind::event}}};

constexpr std::array<std::pair<const char*, std::string OutboxItem::*>, 10> texts{
    {{"entry_id", &OutboxItem::entry_id},
     {"job_id", &OutboxItem::job_id},
     {"tenant_id", &OutboxItem::tenant_id},
     {"state", &OutboxItem::state},
     {"result", &OutboxItem::result},
     {"reply_to", &OutboxItem::reply_to},
     {"event", &OutboxItem::event},
     {"dead_reason", &OutboxItem::dead_reason},
     {"dead_error", &OutboxItem::dead_error},
     {"placement", &OutboxItem::placement}}};

std::string to_line(const OutboxItem& item) {
    json::Writer writer;
    writer.begin_object();
    for (const auto& [name, kind] : kinds) {
        if (kind == item.kind) writer.member("kind", name);
    }
    for (const auto& [name, text] : texts) {
        if (!(item.*text).empty()) writer.member(name, item.*text);
    }
    return writer.member("attempts", item.attempts).end_object().text() + '\n';
}

OutboxItem parse_line(std::string_view line) {
    const auto document = json::parse(line, json::own_files);
    const json::Reader reader(document);
    const std::string word = reader.string("kind");
    for (const auto& [name, kind] : kinds) {
        if (name != word) continue;
        OutboxItem item{kind};
        for (const auto& [member, text] : texts)
            item.*text = reader.find_string(member).value_or("");
        item.attempts = static_cast<int>(reader.integer("attempts"));
        return item;
    }
    throw json::Error("/kind", "is not known");
}

std::string to_lines(const std::vector<const OutboxItem*>& items) {
    std::string lines;
    for (const auto* item : items)
        lines += to_line(*item);
    return lines;
}

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

void write_behind(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) throw_errno("write");
        if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fdatasync(fd) != 0) throw_errno("fdatasync");
}

}  // namespace

std::vector<OutboxItem> Spool::load() const {
    const std::string content = folder_.read(file_name, most_bytes).value_or("");
    std::vector<OutboxItem> items;
    for (std::string_view rest = content; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        try {
            items.push_back(parse_line(line));
        } catch (const json::Error& error) {
            log_.error("a line of the spool is damaged and passed over; its job is done again",
                       {{"message", error.what()}});
        }
    }
    return items;
}

template <typename Write>
void Spool::attempt(Write write) {
    try {
        write();
        failing_ = false;
    } catch (const std::system_error& error) {
        if (!std::exchange(failing_, true)) {
            log_.error("STATE_DIR/spool cannot be written; what waits for Redis is in memory alone",
                       {{"message", error.what()}});
        }
    }
}

void Spool::append(const std::vector<const OutboxItem*>& items) {
    if (items.empty()) return;
    attempt([&] {
        const UniqueFd file(::openat(folder_.fd(), file_name,
                                     O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                                     private_file));
        if (!file) throw_errno("open");
        const off_t size = ::lseek(file.get(), 0, SEEK_END);
        try {
            write_behind(file.get(), to_lines(items));
        } catch (const std::system_error&) {
            // Half a line must not spoil the one that comes after it.
            if (::ftruncate(file.get(), size) != 0) throw_errno("ftruncate");
            throw;
        }
    });
}

void Spool::replace(const std::vector<const OutboxItem*>& items) {
    attempt([&] {
        if (items.empty()) {
            folder_.remove(file_name);
        } else {
            folder_.write(file_name, to_lines(items), private_file);
        }
    });
}

}  // namespace nexus::queue
