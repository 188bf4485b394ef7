// SHA-256 of bytes as they come. Threads: one at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace nexus::backup {

class Sha256 {
  public:
    // Throws std::runtime_error where OpenSSL has no SHA-256 to give.
    Sha256();

    void update(std::string_view bytes);
    // Of all bytes since the last call: 64 hex digits. It begins anew with the next update.
    std::string finish();

  private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

}  // namespace nexus::backup
