#include "base/random.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "base/timestamp.hpp"

namespace nexus {

std::string make_id() {
    static constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's
    std::array<unsigned char, 16> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    std::string id(26, '0');
    auto millis = static_cast<std::uint64_t>(wall_now().time_since_epoch().count());
    for (std::size_t i = 10; i-- > 0; millis >>= 5U)
        id[i] = alphabet[millis & 31U];
    for (std::size_t i = 10; i < id.size(); ++i)
        id[i] = alphabet[random[i - 10] & 31U];
    return id;
}

}  // namespace nexus
