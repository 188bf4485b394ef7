// A private image registry on 127.0.0.1 in the network of an engine of the tests, gone with this
// object. Threads: one at a time.
#pragma once

#include <memory>
#include <string>

#include "support/container_engine.hpp"
#include "support/process.hpp"
#include "support/temp_dir.hpp"

namespace nexus::test {

class Registry {
  public:
    // With a user it asks for that user and password. Throws Unavailable where it cannot be had.
    explicit Registry(const ContainerEngine& engine, const std::string& user = {},
                      const std::string& password = {});

    const std::string& address() const noexcept { return address_; }  // 127.0.0.1:port
    // Puts an image of the engine here as `repository`:`tag` and takes that name off the engine
    // again, so that the next use of it is a pull. The reference.
    std::string push(const std::string& image, const std::string& repository = "app",
                     const std::string& tag = "1.0.0") const;
    // A config.json for REGISTRY_AUTH_FILE with these credentials for this registry.
    std::string auth_file(const std::string& user, const std::string& password) const;
    void stop() { process_->stop(); }
    // SIGSTOP makes a registry that accepts and never answers; SIGCONT ends that.
    // Returns once every thread of it has taken a SIGSTOP.
    void signal(int number);
    std::string log() const { return process_->output(); }

  private:
    void start();

    const ContainerEngine& engine_;
    TempDir files_;
    std::string user_, password_, address_;
    std::unique_ptr<Process> process_;
};

}  // namespace nexus::test
