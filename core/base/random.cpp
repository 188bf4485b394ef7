#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "base/timestamp.hpp"

namespace nexus {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's

// Five random bits a character.
std::string random_text(std::size_t size) {
    std::string text(size, '\0');
    if (::getrandom(text.data(), size, 0) != static_cast<ssize_t>(size)) {
        throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    for (char& c : text)
        c = alphabet[static_cast<unsigned char>(c) & 31U];
    return text;
}

}  // namespace

std::string make_id() {
    std::string time(10, '0');
    auto millis = static_cast<std::uint64_t>(wall_now().time_since_epoch().count());
    for (std::size_t i = time.size(); i-- > 0; millis >>= 5U)
        time[i] = alphabet[millis & 31U];
    return time + random_text(16);
}

std::string make_secret() {
    return random_text(32);
}

}  // namespace nexus
