#include "tenants/registry_auth.hpp"

#include <Poco/Base64Decoder.h>

#include <sstream>
#include <vector>

#include "base/failure.hpp"
#include "base/files.hpp"
#include "base/json.hpp"

namespace nexus::tenants {
namespace {

// `docker login` knows Docker Hub by the address of its first API.
std::vector<std::string> keys_of(const std::string& registry) {
    if (registry == "docker.io")
        return {"https://index.docker.io/v1/", "index.docker.io", registry};
    return {registry, "https://" + registry, "http://" + registry};
}

std::string decode_base64(const std::string& text) {
    std::istringstream input(text);
    Poco::Base64Decoder decoder(input);
    return {std::istreambuf_iterator<char>(decoder), {}};
}

RegistryAuth read_entry(const json::Reader& entry, const std::string& registry) {
    RegistryAuth auth;
    auth.server = registry;
    auth.username = entry.find_string("username").value_or("");
    auth.password = entry.find_string("password").value_or("");
    auth.identity_token = entry.find_string("identitytoken").value_or("");
    if (const auto packed = entry.find_string("auth"); packed && !packed->empty()) {
        const std::string pair = decode_base64(*packed);
        const auto colon = pair.find(':');
        if (colon == std::string::npos) {
            throw json::Error(entry.pointer("auth"), "must be base64 of user:password");
        }
        auth.username = pair.substr(0, colon);
        auth.password = pair.substr(colon + 1);
    }
    return auth;
}

RegistryAuth find_entry(std::string_view text, const std::string& registry) {
    const auto document = json::parse(text, json::own_files);
    const auto auths = json::Reader(document).find_object("auths");
    if (!auths) return {};
    for (const auto& key : keys_of(registry)) {
        if (const auto entry = auths->find_object(key)) return read_entry(*entry, registry);
    }
    return {};
}

}  // namespace

RegistryAuth registry_auth(const std::string& file, const std::string& registry,
                           Redactor& redactor) {
    if (file.empty()) return {};
    try {
        const auto text = read_file(file, json::own_files.bytes);
        if (!text) return {};
        RegistryAuth auth = find_entry(*text, registry);
        redactor.add(auth.password);
        redactor.add(auth.identity_token);
        return auth;
    } catch (const std::exception& error) {
        throw Failure(ErrorCode::image_unavailable,
                      "the registry credentials in " + file + " cannot be used: " + error.what() +
                          "; mend the file or point REGISTRY_AUTH_FILE to another");
    }
}

}  // namespace nexus::tenants
