#include "support/network_namespace.hpp"

#include <fcntl.h>
#include <sched.h>

#include <cstdlib>
#include <system_error>

namespace nexus::test {
namespace {

UniqueFd open_namespace(const std::string& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) throw std::system_error(errno, std::generic_category(), path);
    return fd;
}

}  // namespace

InNetwork::InNetwork(const std::string& path)
    : before_(open_namespace("/proc/thread-self/ns/net")) {
    if (::setns(open_namespace(path).get(), CLONE_NEWNET) != 0) {
        throw std::system_error(errno, std::generic_category(), "setns " + path);
    }
}

InNetwork::~InNetwork() {
    // Whatever came after would be in the wrong network.
    if (::setns(before_.get(), CLONE_NEWNET) != 0) std::abort();
}

}  // namespace nexus::test
