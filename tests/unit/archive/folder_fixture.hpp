// Folders with everything that a volume may have, and what can be seen of them from outside.
// Threads: one at a time.
#pragma once

#include <map>
#include <nexus/backend.hpp>
#include <nexus/unique_fd.hpp>
#include <string>
#include <string_view>

#include "support/backend_call.hpp"
#include "support/backend_error.hpp"
#include "support/temp_dir.hpp"

namespace nexus::archive {

using test::Cancellation;
using test::error_of;
using test::within;

// Each path below `root`, and the root as "", with all that a copy must keep of it in one text.
std::map<std::string, std::string> seen_in(const std::string& root);

// Files, folders, links, fifos, holes, attributes, odd names, owners and times.
void fill_volume(const std::string& root);

// A file in memory that has `bytes`, at its begin.
UniqueFd memory_file(std::string_view bytes = "");
std::string content_of(const UniqueFd& file);

std::string exported(const std::string& root, VolumeCopy* copy = nullptr);
VolumeCopy import_bytes(const std::string& root, std::string_view bytes);

// Runs a command line of sh and ends the test case where it fails.
void shell(const std::string& command);

// False, and a message, where the process is not root: what gives files away needs it.
bool is_root();

}  // namespace nexus::archive
