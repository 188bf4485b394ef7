// A certificate authority of one's own, with one certificate for a server on this machine and one
// for a client. A second object is an authority that the first one's files do not trust.
// Threads: as a plain value.
#pragma once

#include <string>

#include "support/temp_dir.hpp"

namespace nexus::test {

class Certificates {
  public:
    // Makes all files with the openssl program; throws Unavailable without it.
    // The server's certificate is for `server_names` (subjectAltName syntax).
    explicit Certificates(const std::string& server_names = "DNS:localhost,IP:127.0.0.1");

    std::string ca() const { return files_ / "ca.crt"; }
    std::string server_cert() const { return files_ / "server.crt"; }
    std::string server_key() const { return files_ / "server.key"; }
    std::string client_cert() const { return files_ / "client.crt"; }
    std::string client_key() const { return files_ / "client.key"; }

    // Replaces the server's key and certificate by ones that ended yesterday, in the same files.
    void expire_server() const;

  private:
    void sign(const std::string& name, const std::string& extensions, int days = 2) const;
    void sign_server(int days) const;

    TempDir files_;
    std::string server_names_;
};

}  // namespace nexus::test
