// What the engine measures of a container; see answers.hpp.
#include <algorithm>
#include <nexus/codec.hpp>

#include "docker/answers.hpp"
#include "engine/only.hpp"

namespace nexus::docker {
namespace {

using CpuUsage = engine::Only<"total_usage", std::int64_t>;
using Cpu = engine::Only<"cpu_usage", CpuUsage>;
using Processes = engine::Only<"current", std::int64_t>;

// Cgroup v1 calls it total_inactive_file, v2 inactive_file. Version 1 has that too, without what is
// below the group.
struct MemoryDetails {
    std::int64_t inactive_file = 0;
    std::int64_t total_inactive_file = 0;
};

template <typename Visit, codec::Is<MemoryDetails> T>
void members(Visit& visit, T& value) {
    visit("inactive_file", value.inactive_file);
    visit("total_inactive_file", value.total_inactive_file);
}

struct Memory {
    std::int64_t usage = 0;
    MemoryDetails details;
};

template <typename Visit, codec::Is<Memory> T>
void members(Visit& visit, T& value) {
    visit("usage", value.usage);
    visit("stats", value.details);
}

struct Traffic {
    std::int64_t in = 0;
    std::int64_t out = 0;
};

template <typename Visit, codec::Is<Traffic> T>
void members(Visit& visit, T& value) {
    visit("rx_bytes", value.in);
    visit("tx_bytes", value.out);
}

struct Measures {
    std::string read;  // when; Docker 26 says neither name nor id any more
    Cpu cpu;
    Memory memory;
    Processes processes;
    std::map<std::string, Traffic> networks;
};

template <typename Visit, codec::Is<Measures> T>
void members(Visit& visit, T& value) {
    visit("read", value.read);
    visit("cpu_stats", value.cpu);
    visit("memory_stats", value.memory);
    visit("pids_stats", value.processes);
    visit("networks", value.networks);
}

// Without files that were only read and can be dropped at any time: that is no use of memory.
std::int64_t used(const Memory& memory) {
    const auto& [inactive, total_inactive] = memory.details;
    return std::max<std::int64_t>(0, memory.usage - std::max(inactive, total_inactive));
}

}  // namespace

Stats parse_stats(std::string_view json) {
    const auto measures = codec::decode<Measures>(json);
    if (measures.read.empty()) throw codec::Malformed("/read: is missing");
    Stats stats;
    stats.cpu_ns = measures.cpu.value.value;
    stats.memory_bytes = used(measures.memory);
    stats.pids = measures.processes.value;
    for (const auto& [device, traffic] : measures.networks) {
        stats.network_in_bytes += traffic.in;
        stats.network_out_bytes += traffic.out;
    }
    return stats;
}

}  // namespace nexus::docker
