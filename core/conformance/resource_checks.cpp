// Networks, volumes and images.
#include "conformance/bench.hpp"

namespace nexus::conformance {
namespace {

// Inside a range that few machines use; a run that is unlucky says so.
constexpr const char* subnet = "10.254.77.16/28";
constexpr const char* wider_subnet = "10.254.77.0/24";

void info_is_complete(Bench& bench) {
    const Info info = bench.backend().info(bench.ctx());
    expect(!info.engine.empty(), "info does not name the engine");
    expect(!info.engine_version.empty(), "info does not give the engine's version");
    expect(!info.api_version.empty(), "info does not give the API's version");
    expect(info.cpus > 0 && info.memory_bytes > 0, "info does not give processors and memory");
}

void network_is_ensured_twice(Bench& bench) {
    const auto first = bench.network("net");
    const auto second = bench.network("net");
    expect(first.name == bench.name("net"), "the network has another name: " + first.name);
    expect(!first.id.empty() && first.id == second.id,
           "ensuring a network twice makes " + first.id + " and " + second.id);
    expect(first.labels == bench.labels(), "the network does not carry the labels that were given");
}

void network_has_its_subnet(Bench& bench) {
    const auto made = bench.network("net", subnet);
    expect(made.subnet == subnet, "the subnet is " + made.subnet + " instead of " + subnet);
}

void overlapping_subnet_conflicts(Bench& bench) {
    bench.network("net", subnet);
    expect_code(Code::conflict, "a network whose subnet overlaps another's",
                [&] { bench.network("other", wider_subnet); });
}

void wrong_subnet_is_invalid(Bench& bench) {
    for (const char* wrong : {"10.254.77.999/28", "10.254.77.0", "nonsense"}) {
        expect_code(Code::invalid, std::string("a network with the subnet ") + wrong,
                    [&] { bench.network("net", wrong); });
    }
}

void missing_network_is_removed(Bench& bench) {
    bench.backend().remove_network(bench.ctx(), bench.name("nothing"));
    bench.network("net");
    bench.backend().remove_network(bench.ctx(), bench.name("net"));
    bench.backend().remove_network(bench.ctx(), bench.name("net"));
}

void used_network_stays(Bench& bench) {
    const auto spec = bench.running("runtime", obedient());
    expect_code(Code::conflict, "removing a network that a running container is on",
                [&] { bench.backend().remove_network(bench.ctx(), spec.network); });
}

void network_names_are_whole(Bench& bench) {
    const auto longer = bench.network("net-2");
    const auto shorter = bench.network("net");
    expect(longer.id != shorter.id, "a network is taken for another whose name begins alike");
    bench.backend().remove_network(bench.ctx(), shorter.name);
    expect(bench.network("net-2").id == longer.id,
           "removing a network removes another whose name begins alike");
}

void asking_makes_no_network(Bench& bench) {
    const auto ask = [&] {
        return bench.backend().inspect_network(bench.ctx(), bench.name("net-2"));
    };
    bench.need_operation("inspect_network", ask, 4);
    const auto longer = bench.network("net-23");
    for (int i = 0; i < 2; ++i)
        expect(!ask(), "a network that was never made is found");
    const auto made = bench.network("net-2");
    const auto found = ask();
    expect(found && found->id == made.id && found->id != longer.id,
           "a network that was made is not found by its name");
}

void volume_is_ensured_twice(Bench& bench) {
    const auto first = bench.volume("data");
    expect(first.name == bench.name("data"), "the volume has another name: " + first.name);
    expect(first.labels == bench.labels(), "the volume does not carry the labels that were given");
    const auto second =
        bench.backend().ensure_volume(bench.ctx(), {first.name, {{"other", "label"}}});
    expect(second.labels == first.labels, "ensuring a volume again changes its labels");
}

void asking_makes_no_volume(Bench& bench) {
    for (int i = 0; i < 2; ++i) {
        expect(!bench.backend().inspect_volume(bench.ctx(), bench.name("nothing")),
               "a volume that was never made is found");
    }
}

void missing_volume_is_removed(Bench& bench) {
    bench.backend().remove_volume(bench.ctx(), bench.name("nothing"));
    bench.volume("data");
    bench.backend().remove_volume(bench.ctx(), bench.name("data"));
    bench.backend().remove_volume(bench.ctx(), bench.name("data"));
    expect(!bench.backend().inspect_volume(bench.ctx(), bench.name("data")),
           "a volume that was removed is found");
}

void used_volume_stays(Bench& bench) {
    const auto spec = bench.spec("runtime", obedient());
    bench.create(spec);
    const std::string& volume = spec.volumes.front().volume;
    expect_code(Code::conflict, "removing a volume that a container uses",
                [&] { bench.backend().remove_volume(bench.ctx(), volume); });
    expect(bench.backend().inspect_volume(bench.ctx(), volume).has_value(),
           "a volume that is in use was removed");
    expect(bench.backend().inspect(bench.ctx(), spec.name).has_value(),
           "removing a volume removes the container that uses it");
}

void dangerous_names_are_invalid(Bench& bench) {
    auto& backend = bench.backend();
    ContainerSpec spec;
    spec.image = "nexus-check:1";
    spec.network = bench.name("net");
    for (const char* name : {"", "../x", "a/b", "a b", "-a", ".", "a?force=1", "a%2fb", "a\nb"}) {
        const std::string shown = std::string("the name \"") + name + "\"";
        expect_code(Code::invalid, "a network of " + shown, [&] {
            backend.ensure_network(bench.ctx(), {name, "", bench.labels()});
        });
        expect_code(Code::invalid, "a volume of " + shown, [&] {
            backend.ensure_volume(bench.ctx(), {name, bench.labels()});
        });
        spec.name = name;
        expect_code(Code::invalid, "a container of " + shown,
                    [&] { backend.ensure_container(bench.ctx(), spec); });
    }
}

void image_that_is_there_is_not_pulled(Bench& bench) {
    bench.need_image();
    bench.backend().ensure_image(bench.ctx(), {bench.options().image, {}});
    const auto again = bench.backend().ensure_image(bench.ctx(), {bench.options().image, {}});
    expect(!again.pulled, "an image that is there is pulled again");
    expect(!again.id.empty(), "ensure_image does not give the image's id");
}

void missing_image_is_removed(Bench& bench) {
    const std::string reference = "nexus-check-no-such-image:1";
    const auto remove = [&] { bench.backend().remove_image(bench.ctx(), reference); };
    bench.need_operation("remove_image", remove, 2);
    remove();
}

void used_image_stays(Bench& bench) {
    const auto spec = bench.spec("runtime", obedient());
    bench.create(spec);
    const auto remove = [&] { bench.backend().remove_image(bench.ctx(), spec.image); };
    bench.need_operation("remove_image", remove, 2);
    expect_code(Code::conflict, "removing an image that a container uses", remove);
    expect(!bench.backend().ensure_image(bench.ctx(), {spec.image, {}}).pulled,
           "an image that is in use was removed");
    expect(bench.backend().inspect(bench.ctx(), spec.name).has_value(),
           "removing an image removes the container that uses it");
}

void unpinned_image_is_invalid(Bench& bench) {
    bench.need_programs();
    for (const char* reference : {"", "nexus-check", "nexus-check:", "UPPER/case:1"}) {
        expect_code(Code::invalid, std::string("the image \"") + reference + "\"", [&] {
            bench.backend().ensure_image(bench.ctx(), {reference, {}});
        });
    }
}

void absent_registry_is_unavailable(Bench& bench) {
    bench.need_programs();
    const auto failure = failure_of("pulling from a registry that is not there", [&] {
        bench.backend().ensure_image(bench.ctx(), {"127.0.0.1:1/nexus-check:1", {}});
    });
    expect(failure.code() == Code::unavailable && failure.retryable(),
           "a registry that is not there is " + std::string(to_string(failure.code())) +
               (failure.retryable() ? "" : ", not retryable,") +
               " instead of retryable unavailable");
}

void credentials_are_in_no_message(Bench& bench) {
    bench.need_programs();
    const auto failure = failure_of("pulling from a registry that is not there", [&] {
        bench.backend().ensure_image(
            bench.ctx(), {"127.0.0.1:1/nexus-check:1",
                          {"127.0.0.1:1", "check-user", "check-password", "check-token"}});
    });
    const std::string message = failure.what() + bench.heard().log_text();
    for (const char* secret : {"check-password", "check-token"}) {
        expect(message.find(secret) == std::string::npos,
               "the message or the log of a failed pull holds the credentials");
    }
}

}  // namespace

std::vector<Check> resource_checks() {
    return {
        {"info", "info names the engine, its versions, processors and memory", info_is_complete},
        {"network-twice", "a network that exists is returned as it is", network_is_ensured_twice},
        {"network-subnet", "a network gets the subnet that was asked for", network_has_its_subnet},
        {"network-overlap", "an overlapping subnet is a conflict", overlapping_subnet_conflicts},
        {"network-wrong-subnet", "a subnet that is none is invalid", wrong_subnet_is_invalid},
        {"network-missing", "removing a network that is not there is no error",
         missing_network_is_removed},
        {"network-in-use", "a network in use is not removed", used_network_stays},
        {"network-name", "a network is known by its whole name", network_names_are_whole},
        {"network-asked", "asking for a network makes none, and finds one that is there",
         asking_makes_no_network},
        {"volume-twice", "a volume that exists keeps its labels", volume_is_ensured_twice},
        {"volume-asked", "asking for a volume makes none", asking_makes_no_volume},
        {"volume-missing", "removing a volume that is not there is no error",
         missing_volume_is_removed},
        {"volume-in-use", "a volume in use is not removed, nor is its user", used_volume_stays},
        {"names", "a name that could be a path, a query or an option is invalid",
         dangerous_names_are_invalid},
        {"image-present", "an image that is there is not pulled",
         image_that_is_there_is_not_pulled},
        {"image-gone", "removing an image that is not there is no error", missing_image_is_removed},
        {"image-in-use", "an image in use is not removed", used_image_stays},
        {"image-unpinned", "an image without a tag or digest is invalid",
         unpinned_image_is_invalid},
        {"registry-absent", "a registry that is not there is retryable unavailable",
         absent_registry_is_unavailable},
        {"credentials", "credentials are in no message and in no log line",
         credentials_are_in_no_message},
    };
}

}  // namespace nexus::conformance
