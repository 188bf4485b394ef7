// The requests of the Docker Engine API as values, without the version in front of their targets.
// Nothing here talks to an engine. Threads: any.
#pragma once

#include <chrono>
#include <nexus/backend.hpp>
#include <string>
#include <string_view>

#include "docker/image_reference.hpp"
#include "engine/request.hpp"

namespace nexus::docker {

// Throws BackendError `invalid` for a name that the engine would not take, or would take for a
// path. `kind` is for the message.
void require_name(std::string_view kind, std::string_view name);

// Whether the engine could take `name` for the beginning of an id.
bool could_be_id(std::string_view name);

engine::Request ping();
engine::Request info();

engine::Request list_containers(const Labels& labels);
engine::Request inspect_container(const std::string& name);
// `network_id` is what `spec.network` stands for. Throws BackendError `invalid`.
engine::Request create_container(const ContainerSpec& spec, const std::string& network_id);
engine::Request start_container(const std::string& name);
engine::Request stop_container(const std::string& name, std::chrono::seconds grace);
engine::Request remove_container(const std::string& name);
engine::Request wait_for_removal(const std::string& name);
engine::Request container_logs(const std::string& name, std::int64_t tail);

engine::Request inspect_volume(const std::string& name);
engine::Request create_volume(const VolumeSpec& spec);
engine::Request remove_volume(const std::string& name);

// More than the named one may be listed: the engine takes the name for a pattern.
engine::Request list_networks(const std::string& name);
engine::Request inspect_network(const std::string& id);
engine::Request create_network(const NetworkSpec& spec);
engine::Request remove_network(const std::string& id);

engine::Request inspect_image(const ImageReference& image);
engine::Request pull_image(const ImageReference& image, const RegistryAuth& auth);

}  // namespace nexus::docker
