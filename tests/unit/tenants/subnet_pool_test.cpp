#include "tenants/subnet_pool.hpp"

#include <doctest/doctest.h>

#include "base/failure.hpp"

using namespace nexus;
using namespace nexus::tenants;

TEST_CASE("every subnet is given once, reserved ones never, and given back ones again") {
    SubnetPool pool(std::get<config::Ipv4Network>(config::parse_ipv4_network("10.231.0.0/26")));
    pool.reserve("10.231.0.16/28");
    CHECK(pool.take() == "10.231.0.0/28");
    CHECK(pool.take() == "10.231.0.32/28");
    CHECK(pool.take() == "10.231.0.48/28");
    CHECK_THROWS_AS(pool.take(), Failure);
    pool.release("10.231.0.32/28");
    CHECK(pool.take() == "10.231.0.32/28");
}

TEST_CASE("a pool of one /28 gives one subnet") {
    SubnetPool pool(std::get<config::Ipv4Network>(config::parse_ipv4_network("192.168.7.240/28")));
    CHECK(pool.take() == "192.168.7.240/28");
    CHECK_THROWS_AS(pool.take(), Failure);
}
