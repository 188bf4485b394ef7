// What the checks of whole volumes share. Threads: as the check itself.
#pragma once

#include <string>
#include <vector>

#include "conformance/archive.hpp"
#include "conformance/bench.hpp"

namespace nexus::conformance {

// Throws NotApplicable.
void need_copies(Bench& bench);

// The tar; `copy` is what the plugin tells of it.
std::string export_of(Bench& bench, const std::string& volume, VolumeCopy* copy = nullptr);
VolumeCopy import_into(Bench& bench, const std::string& volume, const std::string& bytes);

// Everything that a volume may hold, in the order that an export has.
std::vector<Entry> sample();

// What a plugin must keep of an entry even where it tells of losses.
Entry without_losable(Entry entry);

// For a message.
std::string shown(const Entry& entry);

}  // namespace nexus::conformance
