// A container from its creation to its removal.
#include <algorithm>
#include <set>

#include "conformance/bench.hpp"

namespace nexus::conformance {
namespace {

using std::chrono::seconds;

void is_created_once(Bench& bench) {
    const auto spec = bench.spec("runtime", obedient());
    const auto first = bench.create(spec);
    expect_phase(bench, spec.name, Phase::created);
    expect(first.name == spec.name && !first.id.empty(), "create does not say what it made");
    expect(bench.create(spec).id == first.id, "ensuring a container twice makes two");
    const auto seen = bench.state(spec.name);
    expect(seen.labels == spec.labels || std::includes(seen.labels.begin(), seen.labels.end(),
                                                       spec.labels.begin(), spec.labels.end()),
           "the container does not carry its labels");
    expect(seen.image == spec.image,
           "the container's image is " + seen.image + " instead of " + spec.image);
    expect(seen.started_at.empty(), "a container that never ran has a time of start");
}

void starts_and_stops_twice(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    bench.backend().start(bench.ctx(), spec.name);
    expect_phase(bench, spec.name, Phase::running);
    expect(!bench.state(spec.name).started_at.empty(), "a running container has no time of start");
    for (int i = 0; i < 2; ++i) {
        bench.backend().stop(bench.ctx(), spec.name, seconds(10));
        expect_phase(bench, spec.name, Phase::exited);
    }
    expect(!bench.state(spec.name).finished_at.empty(), "a stopped container has no time of end");
    bench.backend().start(bench.ctx(), spec.name);
    expect_phase(bench, spec.name, Phase::running);
}

void stop_of_a_created_one_is_no_error(Bench& bench) {
    const auto spec = bench.spec("runtime", obedient());
    bench.create(spec);
    bench.backend().stop(bench.ctx(), spec.name, seconds(1));
}

void is_removed_twice(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    for (int i = 0; i < 2; ++i) {
        bench.backend().remove(bench.ctx(), spec.name);
        expect(!bench.backend().inspect(bench.ctx(), spec.name), "a removed container is found");
    }
    expect(bench.backend().inspect_volume(bench.ctx(), spec.volumes.front().volume).has_value(),
           "removing a container removes its volume");
}

void mounts_are_shown(Bench& bench) {
    constexpr std::uint32_t since = 4;
    if (bench.library().descriptor().abi_minor < since) {
        throw NotApplicable("mounts came with ABI minor " + std::to_string(since));
    }
    auto spec = bench.spec("runtime", obedient());
    const std::string folder = "/tmp";
    spec.binds = {{folder, "/given", true}};
    bench.create(spec);
    const auto mounts = bench.state(spec.name).mounts;
    expect(std::any_of(mounts.begin(), mounts.end(),
                       [&](const BindMount& mount) {
                           return mount.source == folder && mount.target == "/given" &&
                                  mount.read_only;
                       }),
           "a bind mount of the container is not shown as it was asked for");
    expect(std::any_of(mounts.begin(), mounts.end(),
                       [&](const BindMount& mount) {
                           return mount.target == spec.volumes.front().target && !mount.read_only;
                       }),
           "a volume of the container is not shown among its mounts");
}

void missing_is_said(Bench& bench) {
    auto& backend = bench.backend();
    const std::string ghost = bench.name("nothing");
    expect(!backend.inspect(bench.ctx(), ghost), "a container that was never made is found");
    backend.remove(bench.ctx(), ghost);
    expect_code(Code::not_found, "starting a missing container",
                [&] { backend.start(bench.ctx(), ghost); });
    expect_code(Code::not_found, "stopping a missing container",
                [&] { backend.stop(bench.ctx(), ghost, seconds(1)); });
    expect_code(Code::not_found, "the logs of a missing container", [&] { bench.logs(ghost); });
}

void missing_image_is_said(Bench& bench) {
    auto spec = bench.spec("runtime", obedient());
    spec.image = "nexus-check-no-such-image:1";
    expect_code(Code::not_found, "a container of a missing image", [&] { bench.create(spec); });
}

void missing_network_is_said(Bench& bench) {
    auto spec = bench.spec("runtime", obedient());
    spec.network = bench.name("nothing");
    expect_code(Code::not_found, "a container on a missing network", [&] { bench.create(spec); });
}

void host_networks_are_refused(Bench& bench) {
    auto spec = bench.spec("runtime", obedient());
    for (const char* network : {"", "host", "none", "container:other", "ns:/proc/1/ns/net"}) {
        spec.network = network;
        const auto failure =
            failure_of(std::string("the network \"") + network + "\"", [&] { bench.create(spec); });
        expect(failure.code() == Code::invalid || failure.code() == Code::not_found,
               std::string("the network \"") + network + "\" is " +
                   std::string(to_string(failure.code())) + " instead of invalid");
    }
}

void spec_cannot_be_widened(Bench& bench) {
    const auto good = bench.spec("runtime", obedient());
    const auto refused = [&](const char* what, const ContainerSpec& spec) {
        expect_code(Code::invalid, what, [&] { bench.create(spec); });
    };
    bench.need_programs();
    auto spec = good;
    spec.add_capabilities = {"ALL"};
    refused("the capability ALL", spec);
    spec = good;
    spec.binds = {{"relative", "/x", true}};
    refused("a bind mount of a relative path", spec);
    spec = good;
    spec.volumes = {{"/etc", "/x"}};
    refused("a volume that is a path", spec);
    spec = good;
    spec.env = {{"A=B", "c"}};
    refused("an environment variable with = in its name", spec);
}

void lists_whole_labels(Bench& bench) {
    auto spec = bench.spec("runtime", obedient());
    const auto make = [&](const char* part, const char* tenant) {
        spec.name = bench.name(part);
        spec.labels = bench.labels();
        spec.labels["io.nexus.check.tenant"] = tenant;
        bench.create(spec);
    };
    make("one", "a");
    make("two", "a_b");
    make("three", "A");
    const auto names = [&](Labels wanted) {
        wanted.merge(bench.labels());
        std::set<std::string> found;
        for (const auto& state : bench.backend().list(bench.ctx(), wanted))
            found.insert(state.name);
        return found;
    };
    using Names = std::set<std::string>;
    expect(names({{"io.nexus.check.tenant", "a"}}) == Names{bench.name("one")},
           "the label value a matches more, or less, than a");
    expect(names({{"io.nexus.check.tenant", "a_b"}}) == Names{bench.name("two")},
           "the label value a_b matches more, or less, than a_b");
    expect(names({{"io.nexus.check.tenant", ""}}).size() == 3,
           "an empty value does not stand for any");
    expect(names({{"io.nexus.check.tenant", "b"}}).empty(), "a label that nobody has is found");
}

void lists_what_does_not_run(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    bench.backend().stop(bench.ctx(), spec.name, seconds(5));
    const auto listed = bench.backend().list(bench.ctx(), bench.labels());
    expect(listed.size() == 1 && listed.front().name == spec.name &&
               listed.front().phase == Phase::exited,
           "a stopped container is not in the list as such");
}

void others_are_left_alone(Bench& bench) {
    const auto kept = bench.running("kept", obedient());
    auto other = kept;
    other.name = bench.name("kep");
    bench.create(other);
    bench.backend().start(bench.ctx(), other.name);
    bench.backend().stop(bench.ctx(), other.name, seconds(5));
    bench.backend().remove(bench.ctx(), other.name);
    expect_phase(bench, kept.name, Phase::running);
}

void beginning_of_an_id_is_no_name(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    const std::string id = bench.state(spec.name).id;
    for (const std::size_t length : {4UL, 12UL, id.size()}) {
        const std::string prefix = id.substr(0, length);
        expect(!bench.backend().inspect(bench.ctx(), prefix),
               "inspect takes the beginning of an id");
        bench.backend().remove(bench.ctx(), prefix);
        expect_code(Code::not_found, "stopping by the beginning of an id",
                    [&] { bench.backend().stop(bench.ctx(), prefix, seconds(0)); });
    }
    expect_phase(bench, spec.name, Phase::running);
}

void removal_from_outside_is_seen(Bench& bench) {
    bench.need_programs();  // a backend that only pretends has nothing outside of itself
    const auto spec = bench.running("runtime", obedient());
    bench.another()->remove(bench.ctx(), spec.name);
    expect(!bench.backend().inspect(bench.ctx(), spec.name),
           "a container that another client removed is found");
    bench.backend().remove(bench.ctx(), spec.name);
    expect_code(Code::not_found, "starting a container that another client removed",
                [&] { bench.backend().start(bench.ctx(), spec.name); });
}

}  // namespace

std::vector<Check> container_checks() {
    return {
        {"create-twice", "a container that exists is returned as it is", is_created_once},
        {"start-stop-twice", "start and stop, each twice, end in the same state",
         starts_and_stops_twice},
        {"stop-created", "stopping what never ran is no error", stop_of_a_created_one_is_no_error},
        {"remove-twice", "removal is idempotent and leaves named volumes", is_removed_twice},
        {"mounts", "what is mounted into a container is shown", mounts_are_shown},
        {"container-missing", "a missing container is not_found, its removal no error",
         missing_is_said},
        {"image-missing", "a container of a missing image is not_found", missing_image_is_said},
        {"container-network", "a container on a missing network is not_found",
         missing_network_is_said},
        {"host-network", "a network that is not a network of its own is refused",
         host_networks_are_refused},
        {"widening", "a spec cannot ask for more than a container may have",
         spec_cannot_be_widened},
        {"list-labels", "a label matches as a whole: a never matches a_b", lists_whole_labels},
        {"list-stopped", "the list has containers that do not run", lists_what_does_not_run},
        {"others", "objects of others are left alone", others_are_left_alone},
        {"id-prefix", "the beginning of an id is no name", beginning_of_an_id_is_no_name},
        {"outside", "what another client removed is gone", removal_from_outside_is_seen},
    };
}

}  // namespace nexus::conformance
