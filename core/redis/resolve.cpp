#include "redis/resolve.hpp"

#include <Poco/Net/DNS.h>
#include <poll.h>

#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/cancel.hpp"
#include "redis/error.hpp"

namespace nexus::redis {
namespace {

using Poco::Net::IPAddress;

// Shared with a thread that may outlive the call: the resolver can be neither stopped nor given a
// deadline.
struct Lookup {
    CancelSource finished;
    std::mutex mutex;
    std::vector<IPAddress> addresses;
    std::string problem = "it has no address";
};

void look_up(Lookup& lookup, const std::string& host) {
    std::vector<IPAddress> addresses;
    std::string problem = lookup.problem;
    try {
        // No hint: AI_ADDRCONFIG would hide loopback names on a machine without a network.
        addresses = Poco::Net::DNS::hostByName(host, 0).addresses();
    } catch (const std::exception&) {
        problem = "the name is not known";
    }
    const std::lock_guard lock(lookup.mutex);
    lookup.addresses = std::move(addresses);
    lookup.problem = std::move(problem);
}

std::shared_ptr<Lookup> start(const std::string& host) {
    auto lookup = std::make_shared<Lookup>();
    std::thread([lookup, host] {
        look_up(*lookup, host);
        lookup->finished.cancel();
    }).detach();
    return lookup;
}

}  // namespace

std::vector<IPAddress> resolve(const Endpoint& endpoint, const Wait& wait) {
    if (IPAddress literal; IPAddress::tryParse(endpoint.host, literal)) return {literal};

    const std::string peer = endpoint.describe();
    const auto lookup = start(endpoint.host);
    switch (wait_for(lookup->finished.fd(), POLLIN, wait)) {
        case Ready::expired:
            throw Error(ErrorKind::timeout, "Redis " + peer +
                                                ": looking up the name of the host "
                                                "takes too long; check the name service");
        case Ready::cancelled:
            throw Error(ErrorKind::cancelled, "Redis " + peer + ": the look-up was cancelled");
        case Ready::yes:
            break;
    }
    const std::lock_guard lock(lookup->mutex);
    if (lookup->addresses.empty())
        throw Error(ErrorKind::unreachable, "Redis " + peer +
                                                " cannot be found: " + lookup->problem +
                                                "; check the host in " + endpoint.setting());
    return lookup->addresses;
}

}  // namespace nexus::redis
