// Whatever REDIS_URL holds: an accepted URL is complete, and what is shown of it names the same
// place without its secrets.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/redis_url.hpp"

using namespace nexus::config;

namespace {

void require(bool truth) {
    if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    require(!redis_url_secrets(text).empty());
    const auto parsed = parse_redis_url(text);
    if (const auto* problem = std::get_if<std::string>(&parsed)) {
        require(!problem->empty());
        return 0;
    }
    const auto& url = std::get<RedisUrl>(parsed);
    const bool is_socket = url.scheme == RedisScheme::unix_socket;
    require(url.host.empty() == is_socket && url.path.empty() != is_socket);
    require((url.port == 0) == is_socket && url.database >= 0);
    require(url.user.empty() || !url.password.empty());
    if (is_socket) return 0;  // its path is shown decoded, for people
    const auto again = parse_redis_url(url.shown());
    require(std::holds_alternative<RedisUrl>(again));
    RedisUrl place = url;
    place.user.clear();
    place.password.clear();
    require(std::get<RedisUrl>(again) == place);
    return 0;
}
