#include "engine/maker.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

namespace nexus::engine {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The machine since its boot, and whose process numbers are meant.
std::string surroundings() {
    std::string boot = text_of("/proc/sys/kernel/random/boot_id");
    boot.resize(std::min(boot.size(), boot.find('\n')));
    struct stat numbers {};
    if (::stat("/proc/self/ns/pid", &numbers) != 0) return "";
    return boot + "/" + std::to_string(numbers.st_ino) + "/";
}

// When it was started; empty where it does not live. The fields are counted from behind the name,
// which may hold anything.
std::string start_of(const std::string& process) {
    constexpr int fields_before = 20;
    const std::string text = text_of("/proc/" + process + "/stat");
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return "";
    auto at = text.begin() + static_cast<std::ptrdiff_t>(name_end);
    for (int i = 0; i < fields_before && at != text.end(); ++i)
        at = std::find(std::next(at), text.end(), ' ');
    if (at == text.end()) return "";
    return {std::next(at), std::find(std::next(at), text.end(), ' ')};
}

std::string named(const std::string& process) {
    return surroundings() + process + "/" + start_of(process);
}

}  // namespace

std::string this_process() {
    return named(std::to_string(::getpid()));
}

bool is_another_that_lives(const std::string& maker) {
    const auto start = maker.rfind('/');
    if (start == std::string::npos || start == 0) return false;
    const auto number = maker.rfind('/', start - 1);
    if (number == std::string::npos) return false;
    const std::string process = maker.substr(number + 1, start - number - 1);
    const bool digits = !process.empty() && std::all_of(process.begin(), process.end(), [](char c) {
        return c >= '0' && c <= '9';
    });
    return digits && start + 1 < maker.size() && maker == named(process) && maker != this_process();
}

}  // namespace nexus::engine
