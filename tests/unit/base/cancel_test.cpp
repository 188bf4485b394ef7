#include "base/cancel.hpp"

#include <doctest/doctest.h>
#include <poll.h>

using nexus::CancelSource;

TEST_CASE("a switch is off until it is thrown, and then on for ever") {
    CancelSource source;
    pollfd one{source.fd(), POLLIN, 0};
    CHECK_FALSE(source.cancelled());
    CHECK(::poll(&one, 1, 0) == 0);
    source.cancel();
    source.cancel();
    for (int look = 0; look < 3; ++look) {
        CHECK(source.cancelled());
        CHECK(::poll(&one, 1, 0) == 1);
    }
}
