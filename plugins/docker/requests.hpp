// The requests that the Docker Engine alone takes, as values; the others are in
// engine/requests.hpp. Nothing here talks to an engine. Threads: any.
#pragma once

#include <nexus/backend.hpp>
#include <string>

#include "engine/archive_way.hpp"
#include "engine/image_reference.hpp"
#include "engine/request.hpp"

namespace nexus::docker {

// `network_id` is what `spec.network` stands for. Throws BackendError `invalid`.
engine::Request create_container(const ContainerSpec& spec, const std::string& network_id);
engine::Request wait_for_removal(const std::string& name);
engine::Request container_stats(const std::string& name);

engine::Request inspect_volume(const std::string& name);

// More than the named one may be listed: the engine takes the name for a pattern.
engine::Request list_networks(const std::string& name);
engine::Request inspect_network(const std::string& id);
engine::Request create_network(const NetworkSpec& spec);
engine::Request remove_network(const std::string& id);

engine::ArchiveWay archive_way();

engine::Request pull_image(const engine::ImageReference& image, const RegistryAuth& auth);

}  // namespace nexus::docker
