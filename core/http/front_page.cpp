#include "http/front_page.hpp"

#include <Poco/SHA2Engine.h>

#include <string_view>

#include "base/base64.hpp"
#include "page_files.hpp"

namespace nexus::http {
namespace {

void insert_after(std::string& document, std::string_view tag, std::string_view text) {
    document.insert(document.find(tag) + tag.size(), text);
}

std::string hash_of(std::string_view text) {
    Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
    engine.update(text.data(), text.size());
    const auto& digest = engine.digest();
    return "'sha256-" + to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}) +
           "'";
}

FrontPage make() {
    const auto style = embedded_page("style");
    const auto script = embedded_page("script");
    FrontPage page{std::string(embedded_page("page")), {}};
    insert_after(page.document, "<style>", style);
    insert_after(page.document, "<script>", script);
    // By their hashes: markup that came in with a value could neither run nor dress up anything.
    page.policy = "default-src 'none'; connect-src 'self'; style-src " + hash_of(style) +
                  "; script-src " + hash_of(script) +
                  "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    return page;
}

}  // namespace

const FrontPage& front_page() {
    static const FrontPage page = make();
    return page;
}

}  // namespace nexus::http
