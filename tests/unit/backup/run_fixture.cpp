#include "run_fixture.hpp"

namespace nexus::test {

using namespace nexus::backup;

namespace {

WallTime time_of(const std::string& id) {
    return *parse_timestamp(id.substr(0, 4) + "-" + id.substr(4, 2) + "-" + id.substr(6, 5) + ":" +
                            id.substr(11, 2) + ":" + id.substr(13));
}

}  // namespace

Part make_part(PartName name, const std::string& sha256) {
    Part part;
    part.name = name;
    part.consistency = Consistency::pause;
    part.method = "mount_point";
    part.sha256 = sha256;
    part.tar_bytes = 20480;
    part.blob_bytes = 900;
    part.file_bytes = 17000;
    part.entries = 3;
    part.fingerprint = "v1:abc";
    part.read_at = *parse_timestamp("2026-11-26T02:15:01.000Z");
    return part;
}

Part make_failed_part(PartName name) {
    Part part;
    part.name = name;
    part.status = PartStatus::failed;
    part.reason = "backend_failed";
    part.error = "the volume nexus_acme_state is missing";
    return part;
}

TenantBackup make_tenant(std::string_view id) {
    TenantBackup backup(tenant(id));
    backup.pause_ms = 120;
    backup.parts = {make_part(PartName::folder, sha256_of('1')),
                    make_part(PartName::session, sha256_of('2')),
                    make_part(PartName::state, sha256_of('3'))};
    return backup;
}

Run make_run(const std::string& id) {
    Run run;
    run.id = id;
    run.node = "worker-1";
    run.runner_version = "1.0.0";
    run.backend = "docker";
    run.engine_version = "27.0";
    run.started_at = time_of(id);
    run.finished_at = run.started_at + std::chrono::seconds(5);
    run.bytes_written = 2700;
    run.tenants.push_back(make_tenant("acme"));
    return run;
}

}  // namespace nexus::test
