// Text that somebody else wrote, made fit for a message or a log line. Threads: any.
#pragma once

#include <string>
#include <string_view>

namespace nexus::archive {

// The first 512 bytes of `text` without the space around it, cut between characters, each control
// character replaced by a space.
std::string short_text(std::string_view text);

}  // namespace nexus::archive
