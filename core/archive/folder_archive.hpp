// A volume's content as one tar, read from and written to its folder on this machine. The folder is
// a tenant's, who may change it meanwhile: nothing outside it is ever read or written.
// Threads: any; one call at a time on one folder. A call changes nothing of the process's own, such
// as its umask or working directory.
#pragma once

#include <nexus/backend.hpp>
#include <string>

namespace nexus::archive {

// As Backend::export_volume and import_volume; `path` is the folder. What was imported is on the
// disk when the call returns, whatever happens to the machine. Further codes: `denied` (the process
// may not read, or not give a file its owner or attribute), `exhausted` (disk, descriptors, or more
// entries than one archive may have).
VolumeCopy export_folder(const CallContext& ctx, const std::string& path, int fd);
VolumeCopy import_folder(const CallContext& ctx, const std::string& path, int fd);

}  // namespace nexus::archive
