// A folder of runs, and three ids for them. Threads: any.
#pragma once

#include <string>

#include "backup/run_store.hpp"
#include "base/failure.hpp"
#include "run_fixture.hpp"
#include "support/failure.hpp"
#include "support/temp_dir.hpp"

namespace nexus::backup {

inline constexpr const char* first = "20261124T021500.000Z";
inline constexpr const char* second = "20261125T021500.000Z";
inline constexpr const char* third = "20261126T021500.000Z";

struct RunHouse {
    const test::TempDir temp;
    const BackupDir dir{temp / "backup"};
    const RunStore runs{dir};

    std::string path(const std::string& id, const std::string& file = "") const {
        return temp / ("backup/runs/" + id + (file.empty() ? "" : "/" + file));
    }
    void damage(const std::string& id, const std::string& file = "run.json") const {
        test::write_file(path(id, file), "{\"format\":1");
    }
};

inline bool says(const Failure& failure, const std::string& text) {
    return std::string(failure.what()).find(text) != std::string::npos;
}

}  // namespace nexus::backup
