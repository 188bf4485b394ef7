// A runner on the engine under test that is killed at a step of what it does for one tenant, and
// started again; what became of the tenant, from the engine's side. Threads: one at a time.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "integration/tenant_node.hpp"

namespace nexus::test {

struct Request {
    std::string action, payload = "{}";
};

enum class Volume { kept, renewed, gone };

struct Became {
    std::string status;  // of its one container; empty: there is none
    std::string image = {};
    std::string revision = "1";  // REVISION of its environment
    Volume session = Volume::kept, state = Volume::kept;
};

class KillingGround;

// What is done to a tenant: by a job, or by the reconciler where something else was done before.
struct Deed {
    std::string name;
    std::vector<Request> before;  // jobs, done in peace
    Became after;
    Request job = {};         // no action: none
    std::string answer = {};  // the detail of the job's result, or the code of its error
    // While no runner runs.
    std::function<void(KillingGround&, const std::string& tenant)> damage = {};
};

class KillingGround {
  public:
    KillingGround();
    KillingGround(const KillingGround&) = delete;
    KillingGround& operator=(const KillingGround&) = delete;
    ~KillingGround();

    // Where core/tenants can be killed.
    const std::set<std::string>& steps() const noexcept { return steps_; }
    const std::string& bad_image() const noexcept { return bad_image_; }
    const std::string& good_image() const noexcept { return good_image_; }
    const std::string& first_image() const noexcept { return engine.image(); }

    // Does the deed to a tenant in peace, and then to one for each step that it came by, with a
    // kill there, or for every eighth where it is not thorough(); the steps' names. All are
    // tenants of the deeds before, where there were any and the deed has jobs that come before it.
    std::set<std::string> play(const Deed& deed);

    // For a deed's damage: the runner dies with this job at this passage, and Redis forgets it.
    void leave_half_done(const std::string& tenant, const Request& job, const std::string& passage);

    ContainerEngine& engine = ContainerEngine::under_test();
    RedisServer redis;
    Runner runner;

  private:
    using Tenants = std::vector<std::string>;

    void prepare(const Deed& deed, const Tenants& some);
    Tenants tenants(std::size_t count);
    std::string add(const std::string& tenant, const Request& request);
    std::string answer(const std::string& id) const;
    std::string begin(const Deed& deed, const std::string& tenant);
    void expect_done(const Deed& deed, const std::string& tenant, const std::string& job) const;
    std::vector<std::string> passages(const Deed& deed, const std::string& tenant);
    void die_at(const std::string& passage);
    void clear();

    std::string problem_of(const std::string& tenant, const Became& after) const;
    std::string problem_of_container(const std::string& tenant, const Became& after) const;
    std::string problem_of_volumes(const std::string& tenant, const Became& after) const;
    std::string problem_of_record(const std::string& tenant, const Became& after) const;
    std::string folder_of_volume(const std::string& name) const;
    void mark_volumes(const std::string& tenant) const;

    std::set<std::string> steps_;
    std::string bad_image_, good_image_;
    std::size_t made_ = 0;  // tenants
    int jobs_ = 0;
    std::size_t deeds_ = 0;
};

}  // namespace nexus::test
