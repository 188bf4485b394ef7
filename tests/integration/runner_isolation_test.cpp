// What a tenant reaches, tried from inside of two tenants of a real runner: where everything
// listens on loopback, where it does not, and with the firewall lines that check-config prints.
#include <doctest/doctest.h>

#include "integration/tenant_node.hpp"
#include "integration/tenant_site.hpp"

namespace nexus::test {
namespace {

int port_of(const Runner& runner) {
    const auto& place = runner.env().at("LISTEN_ADDRESS");
    return std::stoi(place.substr(place.rfind(':') + 1));
}

std::string table(const std::vector<Place>& places, const std::vector<Reached>& columns) {
    constexpr std::size_t width = 38;
    const auto padded = [](std::string text, std::size_t size) {
        text.resize(std::max(size, text.size()), ' ');
        return text;
    };
    std::string text = "\n" + padded("reached from inside a tenant", width) +
                       padded("on loopback", 13) + padded("open", 6) + "open, with the lines\n";
    for (const auto& place : places) {
        text += padded(place.what, width) + padded(columns[0].at(place.what), 13) +
                padded(columns[1].at(place.what), 6) + columns[2].at(place.what) + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE_FIXTURE(TenantNode,
                  "tenants reach the internet, and with the lines of check-config nothing else") {
    const auto site = tenant_site();
    if (!site) return;
    const std::string one = "rt-one", two = "rt-two";
    const RedisServer local;  // the other one is in another network
    runner.env()["REDIS_URL"] = local.url();
    runner.start();
    REQUIRE(provision(one) == "provisioned");
    REQUIRE(provision(two) == "provisioned");
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
        const auto reached = site->tried(places_of(one, two, near, far), one);
        for (const auto& place : site->tried(places_of(two, one, near, far), two)) {
            CAPTURE(place.first);
            CHECK(place.second == reached.at(place.first));
        }
        return reached;
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

    const auto lines = firewall_lines(runner);
    WorkerNetwork::run_lines(lines);
    WorkerNetwork::run_lines(lines);  // as at the next boot, or by mistake
    const auto closed = look(near.port(), far->port());

    const auto places = places_of(one, two, near.port(), far->port());
    MESSAGE(engine.kind(), table(places, {loopback, opened, closed}));
    for (const auto& line : lines)
        MESSAGE(line);

    const bool has_ipv6 =
        engine.kind() == "podman" && places[6].host != TenantSite::no_link_address;
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
    CHECK(site->tried(metadata, one).at("metadata") == "no");
    // The other way is open: the host asks a runtime, and is answered.
    CHECK(
        run({.argv = {"curl", "-sf", "-m", "5", "http://" + site->address(one) + ":8765/"}}).out ==
        "ok\n");
    CHECK(at(runner.job({"restart", one}), "/detail") == "restarted");
    CHECK(runner.stop() == 0);
}

// As that of a runner that runs in a container, its port published on RUNNER_BIND_IP.
TEST_CASE_FIXTURE(TenantNode,
                  "a tenant reaches no container on a network made as check-config says") {
    const auto site = tenant_site();
    if (!site) return;
    const RedisServer local;
    runner.env()["REDIS_URL"] = local.url();
    runner.env()["RUNNER_BIND_IP"] = WorkerNetwork::worker;
    runner.start();
    const std::string kind = engine.kind(), name = "rt-one-neighbour";
    const auto remove = [&] {
        as_operator(engine, kind + " rm -f " + name + "; " + kind + " network rm " + name);
    };
    remove();
    REQUIRE(provision("rt-one") == "provisioned");
    const auto made = as_operator(
        engine, kind + " network create " + (kind == "podman" ? "--opt isolate=true " : "") + name +
                    " && " + kind + " run -d --name " + name + " --network " + name + " -p " +
                    WorkerNetwork::worker + ":8000:8765 " + engine.image());
    CAPTURE(made.err);
    REQUIRE(made.code == 0);
    const auto address =
        engine.exec(name, {"sh", "-c", "ip -4 -o addr show eth0 | awk '{print $4}' | cut -d/ -f1"})
            .out;
    const std::vector<Place> places{{"published", WorkerNetwork::worker, 8000},
                                    {"itself", address.substr(0, address.find('\n')), 8765}};
    const auto before = site->tried(places, "rt-one");
    CHECK(before == Reached{{"published", kind == "podman" ? "no" : "yes"}, {"itself", "no"}});
    WorkerNetwork::run_lines(firewall_lines(runner));
    CHECK(site->tried(places, "rt-one") == Reached{{"published", "no"}, {"itself", "no"}});
    CHECK(run({.argv = {"curl", "-sf", "-m", "5",
                        std::string("http://") + WorkerNetwork::worker + ":8000/"}})
              .out == "ok\n");
    remove();
    CHECK(runner.stop() == 0);
}

}  // namespace nexus::test
