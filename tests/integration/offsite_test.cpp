// Runs to a real restic repository.
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/cancel.hpp"
#include "base/failure.hpp"
#include "offsite_fixture.hpp"
#include "support/wait_until.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::test {

using backup::noise;
using backup::PartName;
using backup::tar_of;
using namespace std::chrono_literals;

namespace {

const std::string first = "20261126T021500.000Z";
const std::string second = "20261127T021500.000Z";

std::map<std::string, NodeHouse::Parts> two_tenants() {
    return {{"acme", {{PartName::folder, tar_of({{"tenant.json", "{}"}})}}},
            {"zenith",
             {{PartName::folder, tar_of({{"tenant.json", "{\"v\":1}"}})},
              {PartName::session, tar_of({{"key", noise(5000)}})},
              {PartName::state, tar_of({{"a", "one"}, {"b", "two"}})}}}};
}

bool tells(const std::vector<std::string>& problems, const std::string& words) {
    return std::any_of(problems.begin(), problems.end(), [&](const std::string& problem) {
        return problem.find(words) != std::string::npos;
    });
}

// The restic that this process started; 0: none.
pid_t child_restic() {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        try {
            const auto status = read_file(entry.path() / "status");
            if (status.find("Name:\trestic\n") != std::string::npos &&
                status.find("\nPPid:\t" + std::to_string(::getpid()) + "\n") != std::string::npos)
                return std::stoi(name);
        } catch (const std::exception&) {
            continue;  // it has ended meanwhile
        }
    }
    return 0;
}

// Writes to the repository, as long as it likes: it is stopped there.
pid_t stop_restic_at_work(const ResticHouse& house, std::uintmax_t more_than) {
    pid_t restic = 0;
    wait_until(
        [&] {
            restic = child_restic();
            return restic != 0 && house.repository_bytes() > more_than;
        },
        60s, "restic at work");
    return restic;
}

}  // namespace

TEST_CASE("what was sent comes back on another node, byte for byte, and nothing is left") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    const auto tenants = two_tenants();
    const auto sent = node.send(node.back_up(first, tenants));
    CHECK(sent.problems.empty());
    CHECK(sent.failed.empty());
    CHECK(sent.bytes > 5000);
    CHECK(node.left_nothing());

    const NodeHouse other("worker-2");
    CHECK(other.tenants("worker-1") == std::vector<std::string>{"acme", "zenith"});
    for (const auto& [tenant, parts] : tenants) {
        const auto fetched = other.fetch(tenant);
        CHECK(fetched->snapshot() == first);
        for (const auto& [part, tar] : parts)
            CHECK(content(*fetched, tenant, part) == tar);
    }
    CHECK(other.left_nothing());
}

TEST_CASE("a second run adds little, and each run can be had") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    const auto with = [](const std::string& text) {
        return std::map<std::string, NodeHouse::Parts>{
            {"acme",
             {{PartName::folder, tar_of({{"tenant.json", "{}"}})},
              {PartName::state, tar_of({{"big", noise(8'000'000)}, {"small", text}})}}}};
    };
    node.send(node.back_up(first, with("one")));
    const auto before = house.repository_bytes();
    CHECK(before > 8'000'000);
    const auto sent = node.send(node.back_up(second, with("two")));
    CHECK(sent.problems.empty());
    CHECK(sent.bytes < 2'500'000);  // a chunk that the change is in
    CHECK(house.repository_bytes() < before + 2'500'000);

    CHECK(node.fetch("acme")->snapshot() == second);
    CHECK(content(*node.fetch("acme", first), "acme", PartName::state) ==
          with("one")["acme"][PartName::state]);
    CHECK(node.refusal("acme", "20250101T000000.000Z") ==
          "snapshot_not_found: restic has no run 20250101T000000.000Z of tenant acme; it has " +
              second + ", " + first);
    CHECK(node.refusal("other") == "snapshot_not_found: restic has no backup of tenant other");
    CHECK(node.refusal("acme", "../x").starts_with("snapshot_not_found: the snapshot must be"));
    // Snapshots of one tenant are one line of succession to restic.
    CHECK(house.restic({"forget", "--tag", "tenant=acme", "--keep-last", "1"}).code == 0);
    CHECK(node.refusal("acme", first).ends_with("; it has " + second));
}

TEST_CASE("a tenant of which a part failed is not sent, and the one before stays its newest") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    node.send(node.back_up(first, two_tenants()));
    auto run = node.back_up(second, two_tenants());
    run.tenants[1].parts[1].status = backup::PartStatus::failed;
    run.tenants[1].parts[1].reason = "exhausted";
    run.tenants[1].parts[1].error = "the disk is full";
    CHECK(node.send(run).failed.empty());
    CHECK(node.fetch("acme")->snapshot() == second);
    CHECK(node.fetch("zenith")->snapshot() == first);
    CHECK(node.tenants("worker-1") == std::vector<std::string>{"acme", "zenith"});
}

TEST_CASE("a wrong password fails every tenant at once, and is not shown") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    const auto run = node.back_up(first, two_tenants());
    const Variable wrong("RESTIC_PASSWORD", "not the one");
    const auto sent = node.send(run);
    CHECK(sent.failed.size() == 2);
    CHECK(tells(sent.problems, "wrong password"));
    CHECK(tells(sent.problems, "set RESTIC_PASSWORD_FILE"));
    CHECK_FALSE(tells(sent.problems, "not the one"));
    CHECK(node.refusal("acme").find("wrong password") != std::string::npos);
    CHECK(node.left_nothing());
}

TEST_CASE("a repository that is gone is named with the mend") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    std::filesystem::rename(house.repository, house.repository + ".away");
    const auto sent = node.send(node.back_up(first, two_tenants()));
    CHECK(sent.failed.size() == 2);
    CHECK(tells(sent.problems, "restic init"));
    CHECK(tells(sent.problems, "the backup here is complete"));
    CHECK(node.left_nothing());
}

TEST_CASE("a restic that is killed fails its tenant, and the next run makes up for it") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    const auto before = house.repository_bytes();
    const auto run =
        node.back_up(first, {{"acme", {{PartName::state, tar_of({{"big", noise(60'000'000)}})}}},
                             {"zenith", {{PartName::folder, tar_of({{"tenant.json", "{}"}})}}}});
    backup::Offsite::Sent sent;
    {
        const std::jthread sender([&] { sent = node.send(run); });
        ::kill(stop_restic_at_work(house, before + 10'000'000), SIGKILL);
    }
    REQUIRE(sent.failed.size() == 1);
    CHECK(sent.failed[0].text() == "acme");
    CHECK(tells(sent.problems, "ended by signal 9"));
    CHECK(node.fetch("zenith")->snapshot() == first);
    CHECK(node.left_nothing());

    CHECK(node.send(run).problems.empty());
    CHECK(node.fetch("acme")->snapshot() == first);
}

TEST_CASE("a cancelled hand-over ends restic, and leaves nothing") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    const auto before = house.repository_bytes();
    const auto run =
        node.back_up(first, {{"acme", {{PartName::state, tar_of({{"big", noise(60'000'000)}})}}}});
    const CancelSource source;
    CancelSource cancel;
    std::optional<ErrorCode> code;
    pid_t restic = 0;
    {
        const std::jthread sender([&] {
            try {
                node.send(run, cancel.fd());
            } catch (const Failure& failure) {
                code = failure.code();
            }
        });
        restic = stop_restic_at_work(house, before + 10'000'000);
        cancel.cancel();
    }
    CHECK(code == ErrorCode::cancelled);
    CHECK(::kill(restic, 0) != 0);
    CHECK(node.left_nothing());
}

TEST_CASE("restic gets no secret of ours, and none of its own is shown") {
    ResticHouse house;
    const NodeHouse node("worker-1");
    const Variable redis("REDIS_URL", "redis://default:of-redis@127.0.0.1:6379/0");
    const Variable key("AWS_SECRET_ACCESS_KEY", "of-the-storage");
    house.put_in_place_of_restic(
        "env >" + house.temp / "environment" +
        "\necho \"warning: $RESTIC_PASSWORD\" >&2"
        "\necho \"Fatal: $AWS_SECRET_ACCESS_KEY at rest:https://me:of-rest@host/\" >&2\nexit 1");
    const auto sent = node.send(node.back_up(first, two_tenants()));
    const auto environment = read_file(house.temp / "environment");
    CHECK(environment.find("AWS_SECRET_ACCESS_KEY=of-the-storage\n") != std::string::npos);
    CHECK(environment.find("of-redis") == std::string::npos);
    CHECK(tells(sent.problems, "*** at rest:https://***@host/"));
    for (const char* secret : {"correct horse", "of-the-storage", "of-rest"})
        CHECK_FALSE(tells(sent.problems, secret));
}

TEST_CASE("a restic that tells of no snapshot has made none") {
    ResticHouse house;
    const NodeHouse node("worker-1");
    const auto run = node.back_up(first, two_tenants());
    for (const char* said :
         {"", "{}", "[", "{\\\"message_type\\\":\\\"status\\\"}",
          "{\\\"message_type\\\":\\\"summary\\\",\\\"snapshot_id\\\":\\\"\\\"}"}) {
        CAPTURE(said);
        house.put_in_place_of_restic("echo \"" + std::string(said) + "\"");
        CHECK(tells(node.send(run).problems, "did not tell of a snapshot"));
    }
    house.put_in_place_of_restic("exit 3");
    CHECK(tells(node.send(run).problems, "ended with code 3"));
}

TEST_CASE("several tenants that fail one after the other end the hand-over") {
    ResticHouse house;
    const NodeHouse node("worker-1");
    std::map<std::string, NodeHouse::Parts> tenants;
    for (int i = 0; i < 8; ++i)
        tenants["tenant-" + std::to_string(i)] = {{PartName::folder, tar_of({{"a", "b"}})}};
    const auto run = node.back_up(first, tenants);
    // The list of the tenants goes through.
    house.put_in_place_of_restic("echo x >>" + house.temp / "calls" +
                                 "\ncase \"$*\" in *node-run*) echo '" +
                                 R"({"message_type":"summary","snapshot_id":"a","data_added":1})" +
                                 "' ;; *) exit 1 ;; esac");
    const auto sent = node.send(run);
    CHECK(sent.failed.size() == 8);
    CHECK(read_file(house.temp / "calls") == "x\nx\nx\nx\n");
    CHECK(tells(sent.problems, "the rest was not tried"));
}

TEST_CASE("without restic the mend is to install it") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    const auto run = node.back_up(first, two_tenants());
    const Variable path("PATH", house.temp / "nowhere");
    const auto sent = node.send(run);
    CHECK(sent.failed.size() == 2);
    CHECK(tells(sent.problems, "apt-get install restic"));
}

TEST_CASE("what another process is sending off-site is left alone until it has") {
    const ResticHouse restic;
    const NodeHouse node("worker-1");
    const auto run = node.back_up(first, two_tenants());
    const UniqueFd another = node.dir.own_parcels(-1);
    constexpr mode_t private_folder = 0700;
    node.dir.tmp().ensure("off-site.node", private_folder);
    CancelSource cancel;
    cancel.cancel();
    CHECK_THROWS_AS(node.send(run, cancel.fd()), Failure);
    CHECK(node.dir.tmp().exists("off-site.node"));
}

}  // namespace nexus::test
