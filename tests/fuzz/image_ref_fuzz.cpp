// Whatever an image is called: an accepted reference is pinned, and its parts put together again
// name the same image.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "config/image_ref.hpp"

using namespace nexus::config;

namespace {

void require(bool truth) {
    if (!truth) std::abort();
}

void check_image(const ImageRef& image) {
    require(!image.digest().empty() || (!image.tag().empty() && image.tag() != "latest"));
    std::string whole = image.registry() + "/" + image.repository_path();
    if (!image.tag().empty()) whole += ":" + image.tag();
    if (!image.digest().empty()) whole += "@" + image.digest();
    const auto again = ImageRef::parse(whole);
    // "library/" may take the name beyond the longest that is allowed.
    if (!std::holds_alternative<ImageRef>(again)) {
        require(whole.size() > 255);
        return;
    }
    require(std::get<ImageRef>(again).registry() == image.registry());
    require(std::get<ImageRef>(again).repository_path() == image.repository_path());
    require(allowed(image, {{image.registry(), image.repository_path()}}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = ImageRef::parse(text);
    if (const auto* image = std::get_if<ImageRef>(&parsed)) check_image(*image);
    const auto prefixes = parse_image_prefixes(text);
    if (const auto* problem = std::get_if<std::string>(&prefixes)) require(!problem->empty());
    return 0;
}
