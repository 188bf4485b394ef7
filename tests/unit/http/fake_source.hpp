// A program that is as well as the test says. Threads: its members are set before requests come.
#pragma once

#include <atomic>
#include <stdexcept>

#include "http/status_source.hpp"

namespace nexus::test {

class FakeSource : public http::StatusSource {
  public:
    http::Health health() override {
        ++asked;
        if (broken) throw std::runtime_error("hunter2");
        return {ok, "worker-1", "0.1.0", "simulated", std::chrono::seconds(7)};
    }
    std::vector<http::Check> readiness() override {
        ++asked;
        if (broken) throw std::runtime_error("hunter2");
        return {{"redis", ok, ok ? "answers" : "no \"answer\""}, {"backend", true, "docker"}};
    }

    http::Status status() override {
        ++asked;
        if (broken) throw std::runtime_error("hunter2");
        return {"worker-1",
                "0.1.0",
                "simulated",
                std::chrono::seconds(7),
                3,
                1,
                {{"acme", "running", "unhealthy", "2026-11-23T10:00:00.000Z", 2, "r.io/nexus:1",
                  "the \"disk\" is full"}}};
    }

    http::Metrics metrics() override {
        http::Metrics metrics;
        metrics.health = health();
        metrics.checks = readiness();
        return metrics;
    }

    std::atomic<bool> ok = true;
    std::atomic<bool> broken = false;
    std::atomic<int> asked = 0;
};

}  // namespace nexus::test
