#include "offsite_fixture.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "backup/blob_store.hpp"
#include "backup/run_store.hpp"
#include "base/failure.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::test {
namespace {

using backup::PartName;

config::TenantId tenant_id(const std::string& text) {
    return config::TenantId::parse(text).value();
}

backup::Part keep(const backup::BackupDir& dir, PartName name, const std::string& tar) {
    const backup::BlobStore blobs(dir);
    return backup::part_of(name, blobs.add(archive::memory_file(tar).get(), backup::no_limit));
}

}  // namespace

Variable::Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    ::setenv(name_.c_str(), value.c_str(), 1);
}

Variable::~Variable() {
    if (before_) {
        ::setenv(name_.c_str(), before_->c_str(), 1);
    } else {
        ::unsetenv(name_.c_str());
    }
}

ResticHouse::ResticHouse() {
    REQUIRE(restic({"init"}).code == 0);
}

Finished ResticHouse::restic(const std::vector<std::string>& arguments,
                             const std::string& folder) const {
    Command command;
    command.argv = {"restic"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.cwd = folder;
    return run(command);
}

std::uintmax_t ResticHouse::repository_bytes() const {
    std::uintmax_t sum = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(repository)) {
        if (entry.is_regular_file()) sum += entry.file_size();
    }
    return sum;
}

void ResticHouse::put_in_place_of_restic(const std::string& script) {
    std::filesystem::create_directories(temp / "bin");
    const auto file = temp / "bin/restic";
    write_file(file, "#!/bin/sh\n" + script + "\n");
    ::chmod(file.c_str(), 0700);
    path_.reset();
    path_.emplace("PATH", temp / "bin" + ":" + std::getenv("PATH"));
}

backup::Run NodeHouse::back_up(const std::string& id,
                               const std::map<std::string, Parts>& tenants) const {
    backup::Run run;
    run.id = id;
    run.node = name_;
    run.started_at = run.finished_at = wall_now();
    for (const auto& [tenant, parts] : tenants) {
        backup::TenantBackup one(tenant_id(tenant));
        for (const auto& [name, tar] : parts)
            one.parts.push_back(keep(dir, name, tar));
        run.tenants.push_back(std::move(one));
    }
    backup::RunStore(dir).publish(run);
    return run;
}

backup::Offsite::Sent NodeHouse::send(const backup::Run& run, int cancel_fd) const {
    return backup::Offsite(dir, cancel_fd).send(run, [](const std::string&) {});
}

std::unique_ptr<backup::Fetched> NodeHouse::fetch(const std::string& tenant,
                                                  const std::string& snapshot) const {
    return backup::Offsite(dir, -1).fetch(tenant_id(tenant), snapshot, [](const std::string&) {});
}

std::string NodeHouse::refusal(const std::string& tenant, const std::string& snapshot) const {
    try {
        fetch(tenant, snapshot);
    } catch (const Failure& failure) {
        return std::string(to_string(failure.code())) + ": " + failure.what();
    }
    return {};
}

std::vector<std::string> NodeHouse::tenants(const std::string& node) const {
    std::vector<std::string> names;
    for (const auto& tenant : backup::Offsite(dir, -1).tenants(node, "latest"))
        names.push_back(tenant.text());
    return names;
}

std::string content(const backup::Fetched& fetched, const std::string& tenant, PartName part) {
    const auto run = backup::RunStore(fetched.dir()).find(tenant_id(tenant), "latest");
    const auto* kept = run.find(tenant_id(tenant))->find(part);
    REQUIRE(kept != nullptr);
    const auto file = archive::memory_file();
    backup::BlobStore(fetched.dir())
        .read(kept->sha256, kept->tar_bytes, file.get(), backup::no_limit);
    return archive::content_of(file);
}

}  // namespace nexus::test
