// Requests and replies that are not values of <nexus/backend.hpp> themselves, and what both sides
// of the boundary share beside them. Threads: plain values.
#pragma once

#include <nexus/backend_abi.h>

#include <nexus/backend_codec.hpp>

namespace nexus::messages {

struct Nothing {};

struct Name {
    std::string name;
};

struct ByLabels {
    Labels labels;
};

struct Stop {
    std::string name;
    std::int64_t grace_seconds = 0;
};

struct Rename {
    std::string name;
    std::string new_name;
};

struct Logs {
    std::string name;
    std::int64_t tail = 0;
};

struct Image {
    std::string reference;
};

struct Pair {
    std::string first;
    std::string second;
};

struct Containers {
    std::vector<ContainerState> containers;
};

struct FoundContainer {
    std::optional<ContainerState> container;
};

struct FoundVolume {
    std::optional<VolumeState> volume;
};

struct FoundNetwork {
    std::optional<NetworkState> network;
};

// What every code but NEXUS_OK comes with.
struct Failure {
    std::string message;
    bool retryable = false;
};

template <typename Visit, codec::Is<Nothing> T>
void members(Visit& /*visit*/, T& /*value*/) {}

template <typename Visit, codec::Is<Name> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
}

template <typename Visit, codec::Is<ByLabels> T>
void members(Visit& visit, T& value) {
    visit("labels", value.labels);
}

template <typename Visit, codec::Is<Stop> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("grace_seconds", value.grace_seconds);
}

template <typename Visit, codec::Is<Rename> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("new_name", value.new_name);
}

template <typename Visit, codec::Is<Logs> T>
void members(Visit& visit, T& value) {
    visit("name", value.name);
    visit("tail", value.tail);
}

template <typename Visit, codec::Is<Image> T>
void members(Visit& visit, T& value) {
    visit("reference", value.reference);
}

template <typename Visit, codec::Is<Pair> T>
void members(Visit& visit, T& value) {
    visit("first", value.first);
    visit("second", value.second);
}

template <typename Visit, codec::Is<Containers> T>
void members(Visit& visit, T& value) {
    visit("containers", value.containers);
}

template <typename Visit, codec::Is<FoundContainer> T>
void members(Visit& visit, T& value) {
    visit("container", value.container);
}

template <typename Visit, codec::Is<FoundVolume> T>
void members(Visit& visit, T& value) {
    visit("volume", value.volume);
}

template <typename Visit, codec::Is<FoundNetwork> T>
void members(Visit& visit, T& value) {
    visit("network", value.network);
}

template <typename Visit, codec::Is<Failure> T>
void members(Visit& visit, T& value) {
    visit("message", value.message);
    visit("retryable", value.retryable);
}

}  // namespace nexus::messages
