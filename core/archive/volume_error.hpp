// What a failed system call on a volume's content means to the caller, what a copy of one could not
// keep, and what changed under it. Threads: any; one list of these belongs to one at a time.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace nexus::archive {

// `path` fit for a message, in quotation marks.
std::string in_quotes(std::string_view path);

// Throws the BackendError for `error` of errno(3); `what` and what could not be done with it:
// "the file \"a\" cannot be read".
[[noreturn]] void fail(int error, const std::string& what);

// A few words each, none twice, and not more than a person would read.
class Remarks {
  public:
    void add(const std::string& words);
    std::vector<std::string> list() const { return list_; }

  private:
    static constexpr std::size_t max_words = 32;

    std::set<std::string> known_;
    std::vector<std::string> list_;
};

using Losses = Remarks;

}  // namespace nexus::archive
