// What a tenant reaches, tried from inside of two tenants of a real runner: where everything
// listens on loopback, where it does not, and with the firewall lines that check-config prints.
#include <doctest/doctest.h>
#include <rapidjson/pointer.h>

#include <cstdlib>

#include "integration/runner.hpp"
#include "integration/worker_network.hpp"
#include "support/unavailable.hpp"

namespace nexus::test {
namespace {

const std::vector<std::string> tenants{"rt-one", "rt-two"};

std::string runtime_of(const std::string& tenant) {
    return "tenant_" + tenant + "_runtime";
}

// Where the worker machine has none.
constexpr const char* no_link_address = "fe80::1%eth0";

struct Place {
    std::string what, host;
    int port;
};

// One column of the matrix: "yes" or "no" by what was tried, the same from both tenants.
using Column = std::map<std::string, std::string>;

class Site {
  public:
    explicit Site(ContainerEngine& engine) : engine_(engine), network_(engine) { remove(); }
    ~Site() { remove(); }

    WorkerNetwork& network() noexcept { return network_; }
    Environment environment() const {
        return {{"BACKEND", engine_.kind()},
                {"BACKEND_ENDPOINT", engine_.endpoint()},
                {"NEXUS_IMAGE", engine_.image()},
                {"STOP_TIMEOUT", "2s"}};
    }
    std::string inside(const std::string& tenant, const std::string& script) const {
        auto text = engine_.exec(runtime_of(tenant), {"sh", "-c", script}).out;
        while (!text.empty() && text.back() == '\n')
            text.pop_back();
        return text;
    }
    std::string address(const std::string& tenant) const {
        return inside(tenant, "ip -4 -o addr show eth0 | awk '{print $4}' | cut -d/ -f1");
    }
    std::string gateway(const std::string& tenant) const {
        return inside(tenant, "ip route | awk '/^default/{print $3}'");
    }
    // The worker machine's own IPv6 address on the tenant's network.
    std::string link_address(const std::string& tenant) const {
        const auto here = run({.argv = {"ip", "-4", "-o", "addr"}}).out;
        const auto at_gateway = here.find(" " + gateway(tenant) + "/");
        const auto line = here.rfind('\n', at_gateway) + 1;
        const auto name = here.find(": ", line) + 2;
        const auto bridge = here.substr(name, here.find(' ', name) - name);
        const auto six = run({.argv = {"ip", "-6", "-o", "addr", "show", bridge}}).out;
        const auto begin = six.find("fe80:");
        return begin == std::string::npos ? no_link_address
                                          : six.substr(begin, six.find('/') - begin) + "%eth0";
    }
    Column tried(const std::vector<Place>& places, const std::string& tenant) const {
        Column column;
        for (const auto& place : places) {
            const auto connect = "timeout 10 nc -w 2 " + place.host + " " +
                                 std::to_string(place.port) + " -e true 2>/dev/null";
            column[place.what] = inside(tenant, connect + " && echo yes || echo no");
        }
        return column;
    }

  private:
    void remove() const {
        for (const auto& tenant : tenants)
            engine_.remove_tenant(tenant);
    }
    ContainerEngine& engine_;
    WorkerNetwork network_;
};

// Where an engine's network cannot be had the test says so, and is no success where it must be.
std::unique_ptr<Site> site_or_skip() {
    try {
        return std::make_unique<Site>(ContainerEngine::under_test());
    } catch (const Unavailable& error) {
        const char* required = std::getenv("NEXUS_REQUIRE_ENGINES");
        if (required != nullptr && std::string(required) == "1") FAIL(error.what());
        MESSAGE("SKIPPED: ", error.what());
        return nullptr;
    }
}

std::vector<std::string> lines_of(const Runner& runner) {
    const auto checked = runner.cli({"check-config", "--json"});
    json::Document document;
    document.Parse(checked.out.c_str());
    CAPTURE(checked.out);
    CAPTURE(checked.err);
    REQUIRE_FALSE(document.HasParseError());
    std::vector<std::string> lines;
    const json::Document& answer = document;  // const: clang 14 finds the other iterators ambiguous
    for (const auto& check : answer["checks"].GetArray()) {
        for (const auto& line : check["commands"].GetArray())
            lines.emplace_back(line.GetString());
    }
    REQUIRE_FALSE(lines.empty());
    for (const auto& line : lines)
        CHECK(contains(runner.log(), line));
    return lines;
}

int port_of(const Runner& runner) {
    const auto& place = runner.env().at("LISTEN_ADDRESS");
    return std::stoi(place.substr(place.rfind(':') + 1));
}

std::string table(const std::vector<Place>& places, const std::vector<Column>& columns) {
    constexpr std::size_t width = 46;
    const auto padded = [](std::string text, std::size_t size) {
        text.resize(std::max(size, text.size()), ' ');
        return text;
    };
    std::string text = padded("\nreached from inside a tenant", width) +
                       "  loopback  open  open, with the lines\n";
    for (const auto& place : places) {
        text += padded(place.what, width);
        for (const auto& column : columns)
            text += padded(column.at(place.what), 8);
        text += '\n';
    }
    return text;
}

}  // namespace

TEST_CASE("tenants reach the internet, and with the lines of check-config nothing else") {
    const auto site = site_or_skip();
    if (!site) return;
    const RedisServer local;
    Runner runner(local, site->environment());
    runner.start();
    for (const auto& tenant : tenants)
        REQUIRE(at(runner.job({"provision", tenant}), "/detail") == "provisioned");
    const int port = port_of(runner);
    const int service = site->network().serve_here();

    // From a tenant's side; the first places are those that only the lines keep it from.
    const auto places_of = [&](const std::string& tenant, const std::string& other, int near,
                               int far) {
        const auto gateway = site->gateway(tenant);
        return std::vector<Place>{
            {"the runner by the gateway's address", gateway, port},
            {"the runner by its machine's address", WorkerNetwork::worker, port},
            {"Redis here by the gateway's address", gateway, near},
            {"Redis here by its machine's address", WorkerNetwork::worker, near},
            {"Redis on the control machine", WorkerNetwork::control, far},
            {"the cloud's metadata", WorkerNetwork::metadata, WorkerNetwork::web_port},
            {"another service here, by IPv6", site->link_address(tenant), service},
            {"the other tenant", site->address(other), 8765},
            {"the internet", WorkerNetwork::internet, WorkerNetwork::web_port},
            {"the control machine's web server", WorkerNetwork::control, WorkerNetwork::web_port}};
    };
    const auto look = [&](int near, int far) {
        const auto one = site->tried(places_of(tenants[0], tenants[1], near, far), tenants[0]);
        const auto two = site->tried(places_of(tenants[1], tenants[0], near, far), tenants[1]);
        CHECK(one == two);
        return one;
    };

    const auto loopback = look(local.port(), local.port());
    CHECK(runner.stop() == 0);

    const RedisOptions open{.password = "swordfish", .config = {"bind 0.0.0.0"}};
    const RedisServer near(open);
    std::unique_ptr<RedisServer> far;
    {
        const InNetwork there(site->network().control_network());
        far = std::make_unique<RedisServer>(open);
    }
    runner.env()["REDIS_URL"] = std::string("redis://default:swordfish@") + WorkerNetwork::control +
                                ":" + std::to_string(far->port()) + "/0";
    runner.env()["LISTEN_ADDRESS"] = "0.0.0.0:" + std::to_string(port);
    runner.env()["ALLOW_PUBLIC_BIND"] = "true";
    runner.start();
    const auto opened = look(near.port(), far->port());

    const auto lines = lines_of(runner);
    WorkerNetwork::run_lines(lines);
    WorkerNetwork::run_lines(lines);  // as at the next boot, or by mistake
    const auto closed = look(near.port(), far->port());

    const auto places = places_of(tenants[0], tenants[1], near.port(), far->port());
    MESSAGE(ContainerEngine::under_test().kind(), table(places, {loopback, opened, closed}));
    for (const auto& line : lines)
        MESSAGE(line);

    const bool has_ipv6 =
        ContainerEngine::under_test().kind() == "podman" && places[6].host != no_link_address;
    const std::string open_by_ipv6 = has_ipv6 ? "yes" : "no";
    for (const auto& place : places) {
        CAPTURE(place.what);
        const bool outward =
            place.host == WorkerNetwork::internet || place.port == WorkerNetwork::web_port;
        const bool metadata = place.host == WorkerNetwork::metadata;
        const bool by_ipv6 = place.port == service;
        const bool other_tenant = place.port == 8765;
        CHECK(loopback.at(place.what) == (by_ipv6 ? open_by_ipv6 : outward ? "yes" : "no"));
        CHECK(opened.at(place.what) == (by_ipv6 ? open_by_ipv6 : other_tenant ? "no" : "yes"));
        CHECK(closed.at(place.what) == (outward && !metadata ? "yes" : "no"));
    }

    // Some clouds have it on every machine itself.
    site->network().serve_metadata_here();
    const std::vector<Place> metadata{{"metadata", WorkerNetwork::metadata, service}};
    CHECK(site->tried(metadata, tenants[0]).at("metadata") == "no");
    // The other way is open: the host asks a runtime, and is answered.
    CHECK(
        run({.argv = {"curl", "-sf", "-m", "5", "http://" + site->address(tenants[0]) + ":8765/"}})
            .out == "ok\n");
    CHECK(at(runner.job({"restart", tenants[0]}), "/detail") == "restarted");
    CHECK(runner.stop() == 0);
}

}  // namespace nexus::test
