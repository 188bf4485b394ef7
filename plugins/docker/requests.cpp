#include "docker/requests.hpp"

#include <algorithm>
#include <nexus/codec.hpp>
#include <optional>

#include "engine/text.hpp"

namespace nexus::docker {
namespace {

using engine::Request;

struct VolumeBody {
    std::string name;
    Labels labels;
};

template <typename Visit, codec::Is<VolumeBody> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("Labels", value.labels);
}

struct Pool {
    std::string subnet;
};

template <typename Visit, codec::Is<Pool> T>
void members(Visit& visit, T& value) {
    visit("Subnet", value.subnet);
}

struct AddressManagement {
    std::vector<Pool> pools;
};

template <typename Visit, codec::Is<AddressManagement> T>
void members(Visit& visit, T& value) {
    visit("Config", value.pools);
}

struct NetworkBody {
    std::string name;
    bool check_duplicate = true;
    std::string driver = "bridge";
    Labels labels;
    std::optional<AddressManagement> addresses;
};

template <typename Visit, codec::Is<NetworkBody> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("CheckDuplicate", value.check_duplicate);
    visit("Driver", value.driver);
    visit("Labels", value.labels);
    visit("IPAM", value.addresses);
}

struct AuthHeader {
    std::string username;
    std::string password;
    std::string server;
    std::optional<std::string> identity_token;
};

template <typename Visit, codec::Is<AuthHeader> T>
void members(Visit& visit, T& value) {
    visit("username", value.username);
    visit("password", value.password);
    visit("serveraddress", value.server);
    visit("identitytoken", value.identity_token);
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string base64url(std::string_view bytes) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string result;
    unsigned pending = 0;
    unsigned bits = 0;
    const auto take_digit = [&](unsigned value) { result += digits[value & 0x3FU]; };
    for (const char c : bytes) {
        pending = (pending << 8U) | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            take_digit(pending >> bits);
        }
        pending &= 0x3FU;
    }
    if (bits > 0) take_digit(pending << (6 - bits));
    result.append((4 - result.size() % 4) % 4, '=');
    return result;
}

std::string container(const std::string& name, std::string_view action) {
    return "/containers/" + engine::percent_encode(name) + std::string(action);
}

std::string volume(const std::string& name) {
    return "/volumes/" + engine::percent_encode(name);
}

std::string network(const std::string& id) {
    return "/networks/" + engine::percent_encode(id);
}

std::string image_name(const ImageReference& image) {
    const bool digest = image.version.find(':') != std::string::npos;
    return image.repository + (digest ? '@' : ':') + image.version;
}

std::string auth_header(const RegistryAuth& auth) {
    AuthHeader header{auth.username, auth.password, auth.server, std::nullopt};
    if (!auth.identity_token.empty()) header.identity_token = auth.identity_token;
    return base64url(codec::encode(header));
}

}  // namespace

void require_name(std::string_view kind, std::string_view name) {
    const bool good = name.size() > 1 && name.size() <= 255 && is_alphanumeric(name.front()) &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                          return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
                      });
    if (good) return;
    throw BackendError(Code::invalid,
                       std::string(kind) + " name \"" + engine::short_text(name) +
                           "\": use 2 to 255 letters, digits and \"_.-\", and begin with a letter "
                           "or a digit",
                       false);
}

bool could_be_id(std::string_view name) {
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Request ping() {
    return {"GET", "/_ping"};
}

Request info() {
    return {"GET", "/info"};
}

Request list_containers(const Labels& labels) {
    std::vector<std::string> wanted;
    for (const auto& [name, value] : labels) {
        wanted.push_back(name);
        if (!value.empty()) wanted.back().append("=").append(value);
    }
    engine::Query query{{"all", "1"}};
    if (!wanted.empty()) query.emplace_back("filters", engine::filters({{"label", wanted}}));
    return {"GET", engine::with_query("/containers/json", query)};
}

Request inspect_container(const std::string& name) {
    return {"GET", container(name, "/json")};
}

Request start_container(const std::string& name) {
    return {"POST", container(name, "/start")};
}

Request stop_container(const std::string& name, std::chrono::seconds grace) {
    const auto seconds = std::max(grace, std::chrono::seconds(0)).count();
    return {"POST", engine::with_query(container(name, "/stop"), {{"t", std::to_string(seconds)}})};
}

// v=1 removes the volumes without a name; those with one stay.
Request remove_container(const std::string& name) {
    return {"DELETE", engine::with_query(container(name, ""), {{"force", "1"}, {"v", "1"}})};
}

Request wait_for_removal(const std::string& name) {
    return {"POST", engine::with_query(container(name, "/wait"), {{"condition", "removed"}})};
}

Request container_logs(const std::string& name, std::int64_t tail) {
    const auto lines = std::max<std::int64_t>(tail, 0);
    return {"GET", engine::with_query(
                       container(name, "/logs"),
                       {{"stdout", "1"}, {"stderr", "1"}, {"tail", std::to_string(lines)}})};
}

Request inspect_volume(const std::string& name) {
    return {"GET", volume(name)};
}

Request create_volume(const VolumeSpec& spec) {
    return {"POST", "/volumes/create", codec::encode(VolumeBody{spec.name, spec.labels})};
}

// Never with force: what is in use stays.
Request remove_volume(const std::string& name) {
    return {"DELETE", volume(name)};
}

Request list_networks(const std::string& name) {
    return {"GET",
            engine::with_query("/networks", {{"filters", engine::filters({{"name", {name}}})}})};
}

Request inspect_network(const std::string& id) {
    return {"GET", network(id)};
}

Request create_network(const NetworkSpec& spec) {
    NetworkBody body;
    body.name = spec.name;
    body.labels = spec.labels;
    if (!spec.subnet.empty()) body.addresses = AddressManagement{{Pool{spec.subnet}}};
    Request request{"POST", "/networks/create", codec::encode(body)};
    request.idempotent = false;  // an old engine may make a second one of the same name
    return request;
}

Request remove_network(const std::string& id) {
    return {"DELETE", network(id)};
}

Request inspect_image(const ImageReference& image) {
    return {"GET", "/images/" + engine::percent_encode(image_name(image), "/:@") + "/json"};
}

Request pull_image(const ImageReference& image, const RegistryAuth& auth) {
    Request request{"POST", engine::with_query("/images/create", {{"fromImage", image.repository},
                                                                  {"tag", image.version}})};
    const bool open = auth.username.empty() && auth.identity_token.empty();
    if (!open) request.headers["X-Registry-Auth"] = auth_header(auth);
    return request;
}

}  // namespace nexus::docker
