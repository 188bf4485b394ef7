#include "queue/keys.hpp"

#include <utility>

namespace nexus::queue {

Keys::Keys(std::string queue_prefix, std::string node_name)
    : prefix(std::move(queue_prefix)),
      node(std::move(node_name)),
      intake(prefix + ":jobs"),
      node_jobs(prefix + ":node:" + node + ":jobs"),
      lease(prefix + ":node:" + node),
      cancel(prefix + ":node:" + node + ":cancel"),
      placements(prefix + ":tenants"),
      gone(prefix + ":node:" + node + ":gone"),
      results(prefix + ":results"),
      events(prefix + ":events"),
      dead(prefix + ":dead") {}

std::string Keys::job(const std::string& id) const {
    return prefix + ":job:" + id;
}
std::string Keys::reply(const std::string& id) const {
    return prefix + ":reply:" + id;
}

}  // namespace nexus::queue
