#include <doctest/doctest.h>
#include <nexus/backend_abi.h>

#include <array>
#include <cstring>
#include <nexus/host.hpp>
#include <set>
#include <string>

extern "C" std::size_t abi_size_in_c(int index);

namespace {

TEST_CASE("the ABI header compiles as C99 alone and means the same there") {
    CHECK(abi_size_in_c(0) == sizeof(nexus_sink));
    CHECK(abi_size_in_c(1) == sizeof(nexus_host));
    CHECK(abi_size_in_c(2) == sizeof(nexus_ctx));
    CHECK(abi_size_in_c(3) == sizeof(nexus_backend_descriptor));
}

TEST_CASE("a field counts only where it lies inside the size of its struct") {
    nexus_ctx ctx{};
    ctx.size = offsetof(nexus_ctx, cancel_fd);
    CHECK(NEXUS_HAS(nexus_ctx, &ctx, deadline_ns));
    CHECK_FALSE(NEXUS_HAS(nexus_ctx, &ctx, cancel_fd));
    ctx.size += sizeof(ctx.cancel_fd) - 1;
    CHECK_FALSE(NEXUS_HAS(nexus_ctx, &ctx, cancel_fd));
    ++ctx.size;
    CHECK(NEXUS_HAS(nexus_ctx, &ctx, cancel_fd));
}

TEST_CASE("every code has its own word, and its number is that of the C enumeration") {
    std::set<std::string_view> words;
    for (std::int32_t code = NEXUS_OK; code <= NEXUS_INTERNAL; ++code)
        words.insert(nexus::to_string(static_cast<nexus::Code>(code)));
    CHECK(words.size() == NEXUS_INTERNAL + 1);
    CHECK(static_cast<std::int32_t>(nexus::Code::not_found) == NEXUS_NOT_FOUND);
    CHECK(static_cast<std::int32_t>(nexus::Code::unavailable) == NEXUS_UNAVAILABLE);
    CHECK(static_cast<std::int32_t>(nexus::Code::internal) == NEXUS_INTERNAL);
    CHECK(nexus::to_string(static_cast<nexus::Code>(99)) == "internal");
}

TEST_CASE("every operation has its own name") {
    std::set<std::string_view> names;
    for (int op = NEXUS_OP_INFO; op <= NEXUS_OP_INSPECT_NETWORK; ++op)
        names.insert(nexus::to_string(static_cast<nexus_op>(op)));
    CHECK(names.size() == NEXUS_OP_INSPECT_NETWORK);
    CHECK(names.count("ensure_volume") == 1);
    CHECK(names.count("unknown") == 0);
}

}  // namespace
