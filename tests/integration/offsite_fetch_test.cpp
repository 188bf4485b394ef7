// What a repository gives back is believed only as far as it fits.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "base/failure.hpp"
#include "offsite_fixture.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::test {

using backup::PartName;
using backup::tar_of;

namespace {

const std::string id = "20261126T021500.000Z";

// A repository in which somebody else put what `change` makes of a good parcel of acme.
class Planted {
  public:
    explicit Planted(const std::function<void(const std::filesystem::path& folder)>& change) {
        auto run = node_.back_up(
            id,
            {{"acme",
              {{PartName::folder, tar_of({{"tenant.json", "{}"}})}, {PartName::state, state_}}}});
        run.scope = "acme";
        const std::filesystem::path folder = house_.temp / "parcel";
        std::filesystem::create_directory(folder);
        write_file(folder / "run.json", backup::to_json(run));
        write_file(folder / "folder.tar", tar_of({{"tenant.json", "{}"}}));
        write_file(folder / "state.tar", state_);
        change(folder);
        REQUIRE(house_
                    .restic({"backup", "--host", "worker-1", "--tag", "nexus-runner", "--tag",
                             "run=" + id, "--tag", "tenant=acme", "."},
                            folder)
                    .code == 0);
    }

    std::string refusal() const {
        auto text = other_.refusal("acme");
        CHECK(other_.left_nothing());
        return text;
    }

  private:
    const std::string state_ = tar_of({{"a", "one"}});
    const ResticHouse house_;
    const NodeHouse node_{"worker-1"};
    const NodeHouse other_{"worker-2"};
};

void replace(const std::filesystem::path& file, const std::string& from, const std::string& to) {
    auto text = read_file(file);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    write_file(file, text.replace(at, from.size(), to));
}

}  // namespace

TEST_CASE("a parcel that fits is taken, whoever made it") {
    CHECK(Planted([](const auto&) {}).refusal().empty());
}

TEST_CASE("a parcel that does not fit its run.json is refused, and nothing of it stays") {
    using Change = std::function<void(const std::filesystem::path& folder)>;
    const std::pair<std::string, Change> cases[] = {
        {"run.json", [](const auto& folder) { std::filesystem::remove(folder / "run.json"); }},
        {"run.json", [](const auto& folder) { write_file(folder / "run.json", "{"); }},
        {"names another run",
         [](const auto& folder) { replace(folder / "run.json", id, "20261126T021500.001Z"); }},
        {"not about tenant acme alone",
         [](const auto& folder) {
             replace(folder / "run.json", R"("scope":"acme")", R"("scope":"")");
         }},
        {"folder.tar", [](const auto& folder) { std::filesystem::remove(folder / "folder.tar"); }},
        {"its hash is another",
         [](const auto& folder) {
             write_file(folder / "state.tar", tar_of({{"a", "two"}}));
         }},
        {"it is no file of",
         [](const auto& folder) {
             write_file(folder / "state.tar", tar_of({{"a", std::string(5000, 'x')}}));
         }},
        {"state.tar",
         [](const auto& folder) {
             const auto size = std::filesystem::file_size(folder / "state.tar");
             write_file(folder / "state.tar", std::string(size, 'x'));
         }},
        {"run.json",
         [](const auto& folder) {
             std::filesystem::rename(folder / "run.json", folder / "other");
             std::filesystem::create_symlink("other", folder / "run.json");
         }},
        {"state.tar",
         [](const auto& folder) {
             std::filesystem::remove(folder / "state.tar");
             std::filesystem::create_symlink("/etc/passwd", folder / "state.tar");
         }},
        {"it is no file of",
         [](const auto& folder) {
             std::filesystem::remove(folder / "state.tar");
             REQUIRE(::mkfifo((folder / "state.tar").c_str(), 0600) == 0);
         }},
        {"it is no file of",
         [](const auto& folder) {
             std::filesystem::remove(folder / "state.tar");
             std::filesystem::create_directory(folder / "state.tar");
         }},
    };
    for (const auto& [words, change] : cases) {
        const std::string expected = words;
        CAPTURE(expected);
        const auto refusal = Planted(change).refusal();
        CHECK(refusal.starts_with("snapshot_corrupt: "));
        CHECK(refusal.find(expected) != std::string::npos);
    }
}

TEST_CASE("a list of snapshots that cannot be read is an error, and no backup that is not there") {
    ResticHouse house;
    const NodeHouse node("worker-1");
    house.put_in_place_of_restic("echo '[{\"id\":\"--target=/\"}]'");
    CHECK(node.refusal("acme").starts_with("internal: what restic snapshots printed"));
    // What it is is not said by its tags: passed over.
    house.put_in_place_of_restic("echo '[{\"id\":\"" + std::string(64, 'a') +
                                 "\",\"tags\":[\"run=../../x\",\"run=\"]}]'");
    CHECK(node.refusal("acme") == "snapshot_not_found: restic has no backup of tenant acme");
}

TEST_CASE("a node that restic knows nothing of is told apart, with those that it knows") {
    const ResticHouse house;
    const NodeHouse node("worker-1");
    node.send(node.back_up(id, {{"acme", {{PartName::folder, tar_of({{"a", "b"}})}}}}));
    try {
        node.tenants("worker-9");
        FAIL("there are some");
    } catch (const Failure& failure) {
        CHECK(std::string(failure.what()) ==
              "restic has no run of node worker-9; it has runs of worker-1");
    }
}

}  // namespace nexus::test
