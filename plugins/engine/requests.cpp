#include "engine/requests.hpp"

#include <algorithm>
#include <nexus/codec.hpp>

namespace nexus::engine {
namespace {

struct VolumeBody {
    std::string name;
    Labels labels;
};

template <typename Visit, codec::Is<VolumeBody> T>
void members(Visit& visit, T& value) {
    visit("Name", value.name);
    visit("Labels", value.labels);
}

std::string image_path(const std::string& name) {
    return "/images/" + percent_encode(name, "/:@");
}

}  // namespace

std::string container_path(const std::string& name, std::string_view action) {
    return "/containers/" + percent_encode(name) + std::string(action);
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
    Query query{{"all", "1"}};
    if (!wanted.empty()) query.emplace_back("filters", filters({{"label", wanted}}));
    return {"GET", with_query("/containers/json", query)};
}

Request list_volume_users(const std::vector<std::string>& volumes) {
    return {"GET", with_query("/containers/json",
                              {{"all", "1"}, {"filters", filters({{"volume", volumes}})}})};
}

Request inspect_container(const std::string& name) {
    return {"GET", container_path(name, "/json")};
}

Request start_container(const std::string& name) {
    return {"POST", container_path(name, "/start")};
}

Request stop_container(const std::string& name, const std::string& parameter,
                       std::chrono::seconds grace) {
    const auto seconds = std::max(grace, std::chrono::seconds(0)).count();
    return {"POST",
            with_query(container_path(name, "/stop"), {{parameter, std::to_string(seconds)}})};
}

// Without the time Podman stops it politely first; Docker does not know the parameter.
Request remove_container(const std::string& name) {
    return {"DELETE",
            with_query(container_path(name, ""), {{"force", "1"}, {"v", "1"}, {"timeout", "0"}})};
}

Request pause_container(const std::string& name) {
    return {"POST", container_path(name, "/pause")};
}

Request unpause_container(const std::string& name) {
    return {"POST", container_path(name, "/unpause")};
}

Request rename_container(const std::string& name, const std::string& new_name) {
    Request request{"POST", with_query(container_path(name, "/rename"), {{"name", new_name}})};
    request.idempotent = false;  // the second time it is not there
    return request;
}

Request container_logs(const std::string& name, std::int64_t tail) {
    const auto lines = std::max<std::int64_t>(tail, 0);
    return {"GET", with_query(container_path(name, "/logs"),
                              {{"stdout", "1"}, {"stderr", "1"}, {"tail", std::to_string(lines)}})};
}

Request get_archive(const std::string& container, const std::string& path) {
    return {"GET", with_query(container_path(container, "/archive"), {{"path", path}})};
}

Request stat_path(const std::string& container, const std::string& path) {
    Request request = get_archive(container, path);
    request.method = "HEAD";
    return request;
}

// With any other type of content both engines answer 200 and write nothing.
Request put_archive(const std::string& container, const Query& query) {
    Request request{"PUT", with_query(container_path(container, "/archive"), query)};
    request.headers["Content-Type"] = tar_content;
    request.idempotent = false;
    return request;
}

Request create_volume(const VolumeSpec& spec) {
    return {"POST", "/volumes/create", codec::encode(VolumeBody{spec.name, spec.labels})};
}

Request remove_volume(const std::string& name) {
    return {"DELETE", "/volumes/" + percent_encode(name)};
}

Request inspect_image(const std::string& name) {
    return {"GET", image_path(name) + "/json"};
}

Request remove_image(const std::string& name) {
    return {"DELETE", image_path(name)};
}

Request import_empty_image(const std::string& path, const Query& query) {
    constexpr std::size_t empty_tar = 1024;
    Request request{"POST", with_query(path, query), std::string(empty_tar, '\0')};
    request.headers["Content-Type"] = tar_content;
    return request;
}

Request follow_events(std::map<std::string, std::vector<std::string>> filters,
                      const std::vector<std::string>& actions) {
    filters["type"] = {"container"};
    filters["event"] = actions;
    return {"GET",
            with_query("/events", {{"stream", "true"}, {"filters", engine::filters(filters)}})};
}

}  // namespace nexus::engine
