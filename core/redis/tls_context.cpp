#include "redis/tls_context.hpp"

#include <Poco/Crypto/OpenSSLInitializer.h>
#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nexus::redis {
namespace {

struct Alert {
    int reason;
    ErrorKind kind;
    std::string_view sentence;
};

constexpr std::string_view wants_client_certificate =
    "it wants a client certificate: set REDIS_CERT_FILE and REDIS_KEY_FILE";
constexpr std::string_view dislikes_client_certificate =
    "it does not accept our certificate: check REDIS_CERT_FILE and who signed it";
constexpr std::string_view no_tls_there =
    "it does not speak TLS on this port: check the port, or write redis:// instead of rediss://";
constexpr std::string_view too_old = "it offers nothing as new as TLS 1.2: raise its tls-protocols";
constexpr std::string_view ended = "it closed the connection; look into its log";

constexpr std::array alerts{
    Alert{SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, ErrorKind::refused, wants_client_certificate},
    Alert{SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, ErrorKind::refused,
          "it refused the handshake: check tls-ciphers and tls-auth-clients there, and "
          "REDIS_CERT_FILE here"},
    Alert{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, ErrorKind::refused, dislikes_client_certificate},
    Alert{SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, ErrorKind::refused,
          dislikes_client_certificate},
    Alert{SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, ErrorKind::refused, dislikes_client_certificate},
    Alert{SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, ErrorKind::refused, dislikes_client_certificate},
    Alert{SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, ErrorKind::refused, dislikes_client_certificate},
    Alert{SSL_R_TLSV1_ALERT_UNKNOWN_CA, ErrorKind::refused, dislikes_client_certificate},
    Alert{SSL_R_TLSV1_ALERT_ACCESS_DENIED, ErrorKind::refused, dislikes_client_certificate},
    Alert{SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, ErrorKind::refused, too_old},
    Alert{SSL_R_UNSUPPORTED_PROTOCOL, ErrorKind::refused, too_old},
    Alert{SSL_R_WRONG_VERSION_NUMBER, ErrorKind::protocol, no_tls_there},
    Alert{SSL_R_HTTP_REQUEST, ErrorKind::protocol, no_tls_there},
    Alert{SSL_R_UNEXPECTED_EOF_WHILE_READING, ErrorKind::unreachable, ended},
};

// Poco hands on OpenSSL's text alone; its second part is the number, in hexadecimal.
int reason_in(std::string_view text) {
    constexpr std::string_view begin = "error:";
    const auto at = text.find(begin);
    if (at == std::string_view::npos) return 0;
    const std::string_view digits = text.substr(at + begin.size());
    unsigned long code = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    return ERR_GET_REASON(code);
}

std::string explain_verdict(int verdict, const std::string& host, bool own_authority) {
    switch (verdict) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "its certificate is not for \"" + host +
                   "\": use the name that is in it, or have one issued for this name";
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return "its certificate has expired: renew it";
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "its certificate is not valid yet: check the clocks";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return std::string("its certificate is signed by an authority that ") +
                   (own_authority ? "is not in REDIS_CA_FILE: name the right file"
                                  : "this system does not know: name it in REDIS_CA_FILE");
        default:
            return std::string("its certificate is refused (") +
                   X509_verify_cert_error_string(verdict) + "): replace it";
    }
}

int verify(X509_STORE_CTX* store, void* verdict) {
    const int accepted = X509_verify_cert(store);
    *static_cast<int*>(verdict) = X509_STORE_CTX_get_error(store);
    return accepted > 0 ? 1 : 0;
}

// Without this, Poco takes its OpenSSL settings down with the last connection, beneath a thread
// that is just making the next one.
void keep_openssl_up() {
    static const Poco::Crypto::OpenSSLInitializer up;
}

Poco::Net::Context::Ptr make_context(const Endpoint& endpoint, const std::string& peer) {
    using Poco::Net::Context;
    if (endpoint.cert_file.empty() != endpoint.key_file.empty())
        throw Error(ErrorKind::refused, "Redis " + peer +
                                            ": a client certificate needs both REDIS_CERT_FILE and "
                                            "REDIS_KEY_FILE; set the other one too");
    Context::Params params;
    params.caLocation = endpoint.ca_file;
    params.loadDefaultCAs = endpoint.ca_file.empty();
    params.certificateFile = endpoint.cert_file;
    params.privateKeyFile = endpoint.key_file;
    params.verificationMode = Context::VERIFY_STRICT;
    params.cipherList = "DEFAULT";
    try {
        keep_openssl_up();
        Context::Ptr context(new Context(Context::TLS_CLIENT_USE, params));
        context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
        // OpenSSL drops a key that does not fit without a word.
        if (!endpoint.cert_file.empty() && SSL_CTX_check_private_key(context->sslContext()) != 1)
            throw Poco::Exception("the key is not that of the certificate");
        return context;
    } catch (const Poco::Exception& error) {
        throw Error(ErrorKind::refused,
                    "Redis " + peer + ": the TLS files cannot be used (" + error.displayText() +
                        "); check REDIS_CA_FILE, REDIS_CERT_FILE and REDIS_KEY_FILE");
    }
}

}  // namespace

TlsContext::TlsContext(const Endpoint& endpoint)
    : host_(endpoint.host), peer_(endpoint.describe()), context_(make_context(endpoint, peer_)) {
    own_authority_ = !endpoint.ca_file.empty();
    verify_host();
}

// OpenSSL's own check, inside the handshake: Poco's comes after it, does not tell a wrong name from
// other faults, and leaves loopback addresses unchecked in all but one of its modes.
void TlsContext::verify_host() {
    SSL_CTX* tls = context_->sslContext();
    X509_VERIFY_PARAM* param = SSL_CTX_get0_param(tls);
    Poco::Net::IPAddress address;
    const bool is_address = Poco::Net::IPAddress::tryParse(host_, address);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(param, address.toString().c_str())
                               : X509_VERIFY_PARAM_set1_host(param, host_.data(), host_.size());
    if (set != 1 || host_.empty())
        throw Error(ErrorKind::refused, "Redis " + peer_ +
                                            ": TLS needs a host name or an address to check; put "
                                            "one into REDIS_URL");
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(tls, &verify, &verdict_);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

Error TlsContext::explain(const std::string& openssl_text) const {
    const std::string where = "TLS with Redis " + peer_ + " failed: ";
    if (verdict_ != X509_V_OK)
        return {ErrorKind::refused, where + explain_verdict(verdict_, host_, own_authority_)};
    const int reason = reason_in(openssl_text);
    const auto* alert = std::find_if(alerts.begin(), alerts.end(), [reason](const Alert& known) {
        return known.reason == reason;
    });
    if (alert != alerts.end()) return {alert->kind, where + std::string(alert->sentence)};
    return {ErrorKind::protocol, where + openssl_text + "; check that REDIS_URL leads to a Redis"};
}

}  // namespace nexus::redis
