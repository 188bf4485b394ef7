// Instances of a plugin that come and go.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "conformance/bench.hpp"

namespace nexus::conformance {
namespace {

void instances_are_independent(Bench& bench) {
    auto& first = bench.backend();
    { const auto second = bench.another(); }
    first.info(bench.ctx());
}

struct Usage {
    std::int64_t descriptors;
    std::int64_t threads;
    std::int64_t resident_kib;
};

std::int64_t entries(const char* folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
}

Usage usage() {
    std::ifstream statm("/proc/self/statm");
    std::int64_t pages = 0;
    statm >> pages >> pages;
    return {entries("/proc/self/fd"), entries("/proc/self/task"),
            pages * (::sysconf(_SC_PAGESIZE) / 1024)};
}

void comes_and_goes_without_growth(Bench& bench) {
    const auto once = [&] { bench.another()->info(bench.ctx()); };
    constexpr int warm_up = 10;
    constexpr int rounds = 100;
    for (int i = 0; i < warm_up; ++i)
        once();
    const Usage before = usage();
    for (int i = 0; i < rounds; ++i)
        once();
    const Usage after = usage();
    const auto grown = [](const char* what, std::int64_t from, std::int64_t to) {
        return std::string(what) + " grow from " + std::to_string(from) + " to " +
               std::to_string(to) + " over 100 instances";
    };
    expect(after.descriptors <= before.descriptors,
           grown("open descriptors", before.descriptors, after.descriptors));
    expect(after.threads <= before.threads, grown("threads", before.threads, after.threads));
    // An allocator keeps some; an instance that leaks anything worth naming is far above it.
    constexpr std::int64_t slack_kib = 8'192;
    expect(after.resident_kib <= before.resident_kib + slack_kib,
           grown("resident KiB", before.resident_kib, after.resident_kib));
}

void destroy_joins_threads(Bench& bench) {
    bench.library();
    const auto before = entries("/proc/self/task");
    bench.another()->info(bench.ctx());
    const auto after = entries("/proc/self/task");
    expect(after == before, "after destroy there are " + std::to_string(after - before) +
                                " threads more than before create");
}

void says_when_the_engine_is_absent(Bench& bench) {
    const std::string nowhere = "unix:///nonexistent/nexus-check.sock";
    const auto begin = std::chrono::steady_clock::now();
    try {
        const auto backend = bench.another(nowhere);
        backend->info(bench.ctx());
    } catch (const PluginError&) {
        throw NotApplicable("the configuration does not take a unix:// endpoint");
    } catch (const BackendError& error) {
        expect(error.code() == Code::unavailable, "an absent engine is " +
                                                      std::string(to_string(error.code())) +
                                                      " instead of unavailable");
        expect(error.retryable(), "an absent engine is not said to be retryable");
        expect(std::string(error.what()).find("nonexistent") != std::string::npos,
               std::string("the message does not name the endpoint: ") + error.what());
        expect(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20),
               "it takes more than 20 s to say that the engine is absent");
        return;
    }
    throw NotApplicable("this backend answers without an engine");
}

}  // namespace

std::vector<Check> instance_checks() {
    return {
        {"instances", "one instance lives on when another is destroyed", instances_are_independent},
        {"growth", "100 instances leave no descriptor, thread or memory behind",
         comes_and_goes_without_growth},
        {"destroy-joins", "destroy joins every thread", destroy_joins_threads},
        {"engine-absent",
         "an engine that is not there is retryable NEXUS_UNAVAILABLE, named by "
         "its endpoint",
         says_when_the_engine_is_absent},
    };
}

}  // namespace nexus::conformance
