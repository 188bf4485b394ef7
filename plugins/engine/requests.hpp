// The requests that both engines take alike, as values without the prefix in front of their
// targets. Nothing here talks to an engine. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/request.hpp"

namespace nexus::engine {

// The path of one container, or of an `action` on it such as "/start".
std::string container_path(const std::string& name, std::string_view action);

Request info();
Request list_containers(const Labels& labels);
// Every container, running or not, that mounts one of these volumes.
Request list_volume_users(const std::vector<std::string>& volumes);
Request inspect_container(const std::string& name);
Request start_container(const std::string& name);
// `parameter` is what the engine calls the time that the container gets.
Request stop_container(const std::string& name, const std::string& parameter,
                       std::chrono::seconds grace);
// At once, running or not; its volumes without a name go as well.
Request remove_container(const std::string& name);
Request pause_container(const std::string& name);
Request unpause_container(const std::string& name);
Request rename_container(const std::string& name, const std::string& new_name);
Request container_logs(const std::string& name, std::int64_t tail);

// What is below `path` in a container, running or not, as a tar; and only whether there is
// anything.
Request get_archive(const std::string& container, const std::string& path);
Request stat_path(const std::string& container, const std::string& path);
// Its body is a tar of what goes where `query` says.
Request put_archive(const std::string& container, const Query& query);

Request create_volume(const VolumeSpec& spec);
// Never with force: what is in use stays.
Request remove_volume(const std::string& name);

// `name` as ImageReference::text has it.
Request inspect_image(const std::string& name);
// The same. Never with force: what is in use stays.
Request remove_image(const std::string& name);

// Its body is an empty tar, of which the engine makes an image.
Request import_empty_image(const std::string& path, const Query& query);

// Whatever happens to containers, by the engine's own names for it.
Request follow_events(std::map<std::string, std::vector<std::string>> filters,
                      const std::vector<std::string>& actions);

}  // namespace nexus::engine
