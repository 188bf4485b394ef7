// What a check works with: the plugin under test, and objects of the engine that are gone
// afterwards. Threads: as the check itself; `backend` and `another` may be used from any.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "backend/plugin_library.hpp"
#include "conformance/check.hpp"

namespace nexus::conformance {

struct Options {
    std::string file;           // the plugin
    std::string endpoint;       // of its engine; empty: the plugin's own default
    std::string config = "{}";  // further configuration, a JSON object
    std::string image;          // one that runs the shell text in $NEXUS_CHECK; empty: none
    // How long a check waits for something to happen; one as a whole may take four times as long.
    std::chrono::seconds patience{30};
};

// An object that was made in the engine.
struct Made {
    std::string kind;  // container, network, volume
    std::string name;
};

// Remembers what the plugin says.
class Heard final : public HostCallbacks {
  public:
    void log(nexus_log_level level, std::string_view text) noexcept override;
    void event(const Event& event) noexcept override;
    std::vector<Event> events() const;
    std::string log_text() const;

  private:
    mutable std::mutex mutex_;
    std::string log_;
    std::vector<Event> events_;
};

class Bench {
  public:
    // `note` is told of each object before it is made, so that it can be removed after a crash.
    Bench(const Options& options, std::function<void(const Made&)> note);
    ~Bench();
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    const Options& options() const noexcept { return options_; }
    const PluginLibrary& library();
    // The plugin's configuration; `endpoint`, where one is given, instead of the option's.
    std::string config(const std::string& endpoint = "") const;
    Backend& backend();
    std::unique_ptr<Backend> another(const std::string& endpoint = "");
    Heard& heard() noexcept { return heard_; }

    CallContext within(std::chrono::milliseconds time) const;
    CallContext ctx() const { return within(std::chrono::seconds(60)); }

    // A name that belongs to this run alone.
    std::string name(std::string_view part) const;
    Labels labels() const;

    // Each throws NotApplicable.
    void need_image() const;
    void need_programs();
    // That the plugin has an operation that came with `minor`; `call` uses it and may fail
    // otherwise.
    void need_operation(std::string_view what, const std::function<void()>& call,
                        int minor = 1) const;

    // Removes `made` with everything else at the end, also what another check left.
    void adopt(const Made& made);
    NetworkState network(std::string_view part, const std::string& subnet = "");
    VolumeState volume(std::string_view part);
    // What a container is to be, with network "net" and volume "data" made; it runs `script`.
    ContainerSpec spec(std::string_view part, const std::string& script);
    ContainerState create(const ContainerSpec& spec);
    // Created and started; where programs run, waits until its log has the line "ready".
    ContainerSpec running(std::string_view part, const std::string& script);
    ContainerState state(const std::string& container);
    std::string logs(const std::string& container, std::int64_t tail = 1000);
    // Throws Broken where it does not within the patience of the options.
    void wait_until(const std::string& what, const std::function<bool()>& holds) const;
    // Runs `script` in a container of its own and returns what it printed.
    std::string inside(ContainerSpec spec, const std::string& script);

  private:
    void remove(const Made& made) noexcept;

    Options options_;
    std::function<void(const Made&)> note_;
    Heard heard_;
    std::unique_ptr<PluginLibrary> library_;
    std::unique_ptr<Backend> backend_;
    std::vector<Made> made_;
};

// A call, by the name of its operation.
struct Tried {
    std::string what;
    std::function<void(const CallContext&)> call;
};

// The rule allows one second; a machine that is busy gets some more.
inline constexpr std::chrono::milliseconds promptly(1500);

// Throws Broken.
void expect(bool holds, const std::string& otherwise);
// What `call` fails with; throws Broken where it does not fail.
BackendError failure_of(const std::string& what, const std::function<void()>& call);
void expect_code(Code code, const std::string& what, const std::function<void()>& call);

void expect_phase(Bench& bench, const std::string& container, Phase phase);

// A program that runs until it is told to stop, and then ends with `exit_code`.
std::string obedient(int exit_code = 0);

}  // namespace nexus::conformance
