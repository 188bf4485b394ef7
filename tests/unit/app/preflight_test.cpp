#include "app/preflight.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>

#include "support/temp_dir.hpp"
#include "unit/tenants/fake_backend.hpp"

namespace nexus::app {
namespace {

using Severity = Finding::Severity;

const std::string id(64, 'a');

CallContext soon() {
    return {std::chrono::steady_clock::now() + std::chrono::minutes(1), -1, "", ""};
}

struct House {
    test::FakeBackend engine;
    config::Settings settings;
    OwnContainer own{{id}, {{"/", "/", "overlay"}}};

    House() {
        settings.tenant_root = "/opt/nexus/tenants";
        settings.state_dir = "/var/lib/nexus-runner";
        settings.backup_dir = "/opt/nexus/backups/worker";
        auto& runner = engine.containers["runner"];
        runner.id = id;
        runner.name = "runner";
        runner.image = "ghcr.io/acme/nexus-runner:1.4.2";
        for (const auto* path : {&settings.tenant_root, &settings.state_dir, &settings.backup_dir})
            mount(*path, *path);
    }
    void mount(const std::string& source, const std::string& target,
               const std::string& type = "ext4") {
        own.mounts.push_back({source, target, type});
        engine.containers["runner"].mounts.push_back({source, target, false});
    }
    void unmount(const std::string& target) {
        std::erase_if(own.mounts, [&](const auto& mount) { return mount.target == target; });
        std::erase_if(engine.containers["runner"].mounts,
                      [&](const auto& mount) { return mount.target == target; });
    }
    // The one finding that is not good.
    Finding trouble() {
        auto findings = check_container(settings, engine, soon(), own);
        std::erase_if(findings, [](const auto& f) { return f.severity == Severity::good; });
        REQUIRE(findings.size() == 1);
        return findings.front();
    }
};

bool says(const Finding& finding, const std::string& part) {
    CAPTURE(finding.message);
    return finding.message.find(part) != std::string::npos;
}

void check_error(const Finding& finding, const std::string& subject) {
    CHECK(finding.severity == Severity::error);
    CHECK(finding.subject == subject);
    CHECK(finding.exit_code == exit_config);
}

}  // namespace

TEST_CASE_FIXTURE(House, "a container whose folders are mounted at the same paths is good") {
    const auto findings = check_container(settings, engine, soon(), own);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::good);
    CHECK(says(findings[0], "TENANT_ROOT /opt/nexus/tenants is the same path"));
}

TEST_CASE_FIXTURE(House, "a mount of a folder above, and a '/' at the end, change nothing") {
    unmount(settings.tenant_root);
    mount("/opt", "/opt");
    settings.tenant_root += "/";
    const auto findings = check_container(settings, engine, soon(), own);
    CHECK(findings.size() == 1);
    CHECK(findings[0].severity == Severity::good);
}

TEST_CASE_FIXTURE(House, "a tenant root that is another path on the host is refused with it") {
    unmount(settings.tenant_root);
    mount("/srv/tenants", settings.tenant_root);
    const auto finding = trouble();
    check_error(finding, "tenant_root");
    CHECK(says(finding, "TENANT_ROOT /opt/nexus/tenants is /srv/tenants on the engine's host"));
    CHECK(says(finding, "\"- /opt/nexus/tenants:/opt/nexus/tenants\""));
}

TEST_CASE_FIXTURE(House, "a tenant root that is not mounted is refused") {
    unmount(settings.tenant_root);
    const auto finding = trouble();
    check_error(finding, "tenant_root");
    CHECK(says(finding, "is a folder of this container alone"));
    CHECK(says(finding, "\"- /opt/nexus/tenants:/opt/nexus/tenants\""));
}

TEST_CASE_FIXTURE(House, "a tenant root on a mount of which the engine says nothing is a warning") {
    engine.containers["runner"].mounts.clear();
    const auto finding = trouble();
    CHECK(finding.severity == Severity::warning);
    CHECK(says(finding, "was not checked"));
}

TEST_CASE_FIXTURE(House, "state that goes with the container is refused, backups are a warning") {
    unmount(settings.state_dir);
    auto finding = trouble();
    check_error(finding, "state_dir");
    CHECK(says(finding, "STATE_DIR /var/lib/nexus-runner is lost with this container"));
    CHECK(says(finding, "\"- /var/lib/nexus-runner:/var/lib/nexus-runner\""));
    mount("/", settings.state_dir, "tmpfs");
    check_error(trouble(), "state_dir");
    unmount(settings.state_dir);
    mount("/srv/state", settings.state_dir);
    unmount(settings.backup_dir);
    finding = trouble();
    CHECK(finding.severity == Severity::warning);
    CHECK(finding.exit_code == exit_done);
    CHECK(says(finding, "BACKUP_DIR /opt/nexus/backups/worker is lost"));
}

TEST_CASE_FIXTURE(House, "a volume that has no name is a warning, one with a name is good") {
    unmount(settings.state_dir);
    mount("/var/lib/docker/volumes/" + std::string(64, '7') + "/_data", settings.state_dir);
    const auto finding = trouble();
    CHECK(finding.severity == Severity::warning);
    CHECK(says(finding, "a volume without a name"));
    unmount(settings.state_dir);
    mount("/var/lib/docker/volumes/state/_data", settings.state_dir);
    CHECK(check_container(settings, engine, soon(), own).size() == 1);
}

TEST_CASE_FIXTURE(House, "a port that strangers can reach is refused, wherever it is published") {
    auto& published = engine.containers["runner"].published;
    settings.listen_address = {"0.0.0.0", 8000};
    for (const char* address : {"0.0.0.0", "::", "8.8.8.8"}) {
        published = {"127.0.0.1", address};
        const auto finding = trouble();
        check_error(finding, "runner_bind_ip");
        CHECK(says(finding, std::string("published on ") + address));
        CHECK(says(finding, "\"10.0.0.3:8000:8000\""));
    }
    published = {"*"};
    const auto finding = trouble();
    check_error(finding, "listen_address");
    CHECK(says(finding, "on the host's own network, where strangers can reach LISTEN_ADDRESS"));
    settings.allow_public_bind = true;
    CHECK(check_container(settings, engine, soon(), own).size() == 1);
    settings.allow_public_bind = false;
    settings.listen_address.host = "127.0.0.1";
    CHECK(check_container(settings, engine, soon(), own).size() == 1);
    published = {"10.0.0.3", "127.0.0.1"};
    CHECK(check_container(settings, engine, soon(), own).size() == 1);
}

TEST_CASE_FIXTURE(House, "an image of the runner that is not pinned is a warning") {
    engine.containers["runner"].image = "ghcr.io/acme/nexus-runner:latest";
    const auto finding = trouble();
    CHECK(finding.severity == Severity::warning);
    CHECK(says(finding, "ghcr.io/acme/nexus-runner:latest has the tag latest, which moves"));
    engine.containers["runner"].image = "sha256:" + id;
    CHECK(check_container(settings, engine, soon(), own).size() == 1);
}

TEST_CASE_FIXTURE(House, "tenants are kept off the runner's own network") {
    settings.tenant_isolation = config::Isolation::shared;
    settings.tenant_network = "tenants";
    CHECK(check_container(settings, engine, soon(), own).size() == 1);
    settings.tenant_network = "runner_internal";
    CHECK(says(trouble(), "is the runner's own network"));
}

TEST_CASE_FIXTURE(House, "an engine that does not know the container leaves it at a warning") {
    engine.containers.clear();
    const auto finding = trouble();
    CHECK(finding.severity == Severity::warning);
    CHECK(says(finding, "that the engine does not know"));
}

TEST_CASE_FIXTURE(House,
                  "a shared network that is missing is refused with the line that makes it") {
    settings.tenant_network = "runner_internal";
    settings.backend = "docker";
    std::vector<Finding> findings;
    CHECK_FALSE(shared_network(settings, engine, soon(), findings));
    CHECK(findings.empty());
    settings.tenant_isolation = config::Isolation::shared;
    CHECK_FALSE(shared_network(settings, engine, soon(), findings));
    REQUIRE(findings.size() == 1);
    check_error(findings[0], "tenant_network");
    CHECK(says(findings[0], "no network runner_internal"));
    CHECK(says(findings[0],
               "docker network create --opt com.docker.network.bridge.enable_icc=false "
               "runner_internal"));
    engine.networks["runner_internal"].subnet = "172.30.0.0/16";
    const auto found = shared_network(settings, engine, soon(), findings);
    REQUIRE(found);
    const auto isolation = check_isolation(settings, found);
    REQUIRE(isolation.size() == 1);
    CHECK(says(isolation[0], "Run these lines as root"));
    CHECK(isolation[0].commands.back().find("-s 172.30.0.0/16") != std::string::npos);
    engine.before = [](const std::string& op) {
        throw BackendError(Code::unsupported, op + " came later", false);
    };
    CHECK_FALSE(shared_network(settings, engine, soon(), findings));
    CHECK(findings.size() == 1);
    CHECK(check_isolation(settings, std::nullopt)[0].commands.empty());
}

TEST_CASE("folders can be written or made, or the mend is said") {
    const test::TempDir temp;
    config::Settings settings;
    settings.tenant_root = temp / "t";
    settings.state_dir = temp / "s/deep";
    settings.backup_dir = temp / "b";
    auto findings = try_folders(settings);
    REQUIRE(findings.size() == 3);
    for (const auto& finding : findings)
        CHECK(says(finding, "is not there yet and will be made"));
    std::filesystem::create_directories(temp / "t/acme");
    std::filesystem::create_directories(settings.state_dir);
    test::write_file(settings.backup_dir, "");
    findings = try_folders(settings);
    CHECK(says(findings[0], "can be written, and holds 1 tenant"));
    CHECK(says(findings[1], "can be written"));
    CHECK(findings[2].severity == Severity::warning);
    CHECK(says(findings[2], "Not a directory; remove the file"));
    settings.tenant_root = temp / "b";
    settings.state_dir = temp / "b/below";
    findings = try_folders(settings);
    check_error(findings[0], "tenant_root");
    check_error(findings[1], "state_dir");
}

}  // namespace nexus::app
