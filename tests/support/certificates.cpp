#include "support/certificates.hpp"

#include <vector>

#include "support/process.hpp"
#include "support/unavailable.hpp"

namespace nexus::test {
namespace {

void openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const auto done = run({.argv = arguments});
    if (done.code == 127) throw Unavailable("openssl", "the program is not installed");
    if (done.code != 0) throw Unavailable("openssl", done.err);
}

}  // namespace

Certificates::Certificates(const std::string& server_names) : server_names_(server_names) {
    openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", files_ / "ca.key", "-out", ca(), "-days", "2", "-subj",
             "/CN=test authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign"});
    sign_server(2);
    sign("client", "extendedKeyUsage=clientAuth\n");
}

void Certificates::expire_server() const {
    sign_server(-1);
}

void Certificates::sign_server(int days) const {
    sign("server", "subjectAltName=" + server_names_ + "\nextendedKeyUsage=serverAuth\n", days);
}

void Certificates::sign(const std::string& name, const std::string& extensions, int days) const {
    const auto file = [&](const std::string& ending) { return files_ / (name + ending); };
    write_file(file(".ext"), extensions);
    openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", file(".key"), "-out", file(".csr"), "-subj", "/CN=" + name});
    openssl({"x509", "-req", "-in", file(".csr"), "-CA", ca(), "-CAkey", files_ / "ca.key",
             "-CAcreateserial", "-days", std::to_string(days), "-extfile", file(".ext"), "-out",
             file(".crt")});
}

}  // namespace nexus::test
