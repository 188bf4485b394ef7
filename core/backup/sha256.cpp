#include "backup/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace nexus::backup {
namespace {

void check(int result) {
    if (result != 1) throw std::runtime_error("OpenSSL cannot calculate a SHA-256");
}

}  // namespace

Sha256::Sha256() : context_(::EVP_MD_CTX_new(), ::EVP_MD_CTX_free) {
    check(context_ ? 1 : 0);
    check(::EVP_DigestInit_ex2(context_.get(), ::EVP_sha256(), nullptr));
}

void Sha256::update(std::string_view bytes) {
    check(::EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Sha256::finish() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    check(::EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
    // Without a digest's name it is not looked up again, which is most of what a small file costs.
    check(::EVP_DigestInit_ex2(context_.get(), nullptr, nullptr));
    std::string text;
    text.reserve(2 * std::size_t{size});
    for (unsigned i = 0; i < size; ++i) {
        text += digits[digest[i] >> 4U];
        text += digits[digest[i] & 15U];
    }
    return text;
}

}  // namespace nexus::backup
