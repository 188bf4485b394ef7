// Removes the images that no tenant has used for IMAGE_KEEP. It takes for ours what it was once
// told to be in use, and remembers that in STATE_DIR/images.json. Errors: a file that cannot be
// read or written, and a removal that fails, are logged, and the next sweep goes on. Threads: one.
#pragma once

#include <functional>
#include <map>
#include <nexus/backend.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/log.hpp"
#include "base/timestamp.hpp"
#include "config/settings.hpp"

namespace nexus::tenants {

class ImageKeeper {
  public:
    // A file that is damaged is begun anew: nothing is removed then for a whole IMAGE_KEEP. Where
    // IMAGE_KEEP is 0, nothing ever is; what was used when is remembered all the same. All
    // references must outlive this object.
    ImageKeeper(Backend& backend, Directory state_dir, const config::Settings& settings, Log& log);

    // `in_use`: the images of all tenants' records, those that a tenant may go back to, those of
    // all our containers, and what ImagePuller::take_ensured gives. What is no pinned reference
    // there, such as an engine's id, is passed over. Never removed are NEXUS_IMAGE, and what the
    // backend says to be in use. `call` gives the circumstances of one removal; what it throws
    // comes out.
    void sweep(const std::set<std::string>& in_use, WallTime now,
               const std::function<CallContext()>& call);

  private:
    using Times = std::map<std::string, WallTime>;  // by reference

    void load();
    void mark(const std::set<std::string>& in_use, WallTime now);
    void save();
    bool is_written() const;
    std::vector<std::string> unused(WallTime now) const;
    // Whether another removal may be tried at once.
    bool remove(const std::string& reference, WallTime now, const CallContext& ctx);
    bool put_off(const std::string& reference, WallTime now, const BackendError& error);

    Backend& backend_;
    Directory state_dir_;
    const config::Settings& settings_;
    Log& log_;
    bool removes_;
    bool write_failed_ = false;  // so that it is logged once
    Times last_used_;
    Times written_;     // last_used_ as the file has it
    Times not_before_;  // of a removal that failed, when it is tried again
};

}  // namespace nexus::tenants
