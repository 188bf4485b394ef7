// The TLS settings of one connection, and what came of the check of the server's certificate.
// Threads: one at a time. Private to this folder: it shows Poco and OpenSSL.
#pragma once

#include <Poco/Net/Context.h>

#include <string>

#include "redis/endpoint.hpp"
#include "redis/error.hpp"

namespace nexus::redis {

class TlsContext {
  public:
    // Throws Error of kind `refused` where a file cannot be used.
    explicit TlsContext(const Endpoint& endpoint);
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    const Poco::Net::Context::Ptr& context() const noexcept { return context_; }

    // A failure of TLS as Poco reports it ("error:0A000086:SSL routines::..."), in our terms.
    Error explain(const std::string& openssl_text) const;

  private:
    void verify_host();

    std::string host_, peer_;
    bool own_authority_;
    int verdict_ = 0;  // X509_V_OK, or why the certificate was refused
    Poco::Net::Context::Ptr context_;
};

}  // namespace nexus::redis
