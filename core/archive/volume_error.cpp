#include "archive/volume_error.hpp"

#include <cerrno>
#include <nexus/backend.hpp>
#include <system_error>

#include "archive/text.hpp"

namespace nexus::archive {
namespace {

struct Meaning {
    Code code;
    bool retryable;
    const char* mend;
};

Meaning meaning_of(int error) {
    switch (error) {
        case ENOSPC:
        case EDQUOT:
            return {Code::exhausted, true, "; make room on the engine's disk"};
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            return {Code::exhausted, true, ""};
        case EFBIG:
        case EMLINK:
            return {Code::exhausted, false, "; the volume's file system takes no more"};
        case EPERM:
        case EACCES:
            return {Code::denied, false, "; let the runner be root on the engine's host"};
        case EROFS:
            return {Code::denied, false, ""};
        default:
            return {Code::internal, false, ""};
    }
}

}  // namespace

std::string in_quotes(std::string_view path) {
    return "\"" + short_text(path) + "\"";
}

void fail(int error, const std::string& what) {
    const Meaning meaning = meaning_of(error);
    throw BackendError(meaning.code,
                       what + ": " + std::generic_category().message(error) + meaning.mend,
                       meaning.retryable);
}

void Remarks::add(const std::string& words) {
    if (list_.size() > max_words || !known_.insert(words).second) return;
    list_.push_back(list_.size() == max_words ? "further ones" : words);
}

}  // namespace nexus::archive
