#include "conformance/isolated.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nexus/codec.hpp>
#include <nexus/unique_fd.hpp>
#include <system_error>

namespace nexus::conformance {

// A line of what the child reports: an object that it makes, or its verdict.
struct ReportLine {
    std::string kind;  // of Made; or passed, failed, not_applicable
    std::string text;
};

template <typename Visit, codec::Is<ReportLine> T>
void members(Visit& visit, T& value) {
    visit("kind", value.kind);
    visit("text", value.text);
}

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* passed = "passed";
constexpr const char* failed = "failed";
constexpr const char* not_applicable = "not_applicable";

void report(int fd, const ReportLine& line) {
    const std::string text = codec::encode(line) + "\n";
    for (std::size_t sent = 0; sent < text.size();) {
        const auto written = ::write(fd, text.data() + sent, text.size() - sent);
        if (written < 0 && errno != EINTR) return;
        if (written > 0) sent += static_cast<std::size_t>(written);
    }
}

ReportLine verdict_of(const Check& check, const Options& options, int fd) {
    try {
        Bench bench(options, [fd](const Made& made) { report(fd, {made.kind, made.name}); });
        check.run(bench);
        return {passed, ""};
    } catch (const NotApplicable& reason) {
        return {not_applicable, reason.what()};
    } catch (const std::exception& error) {
        return {failed, error.what()};
    }
}

[[noreturn]] void be_the_child(const Check& check, const Options& options, int report_fd,
                               int output) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    report(report_fd, verdict_of(check, options, report_fd));
    ::_exit(0);  // what the plugin left behind is not asked
}

// Reads until the other end is closed; false where that takes longer than until `end`.
bool read_all(int fd, Clock::time_point end, std::string& text) {
    std::array<char, 4096> piece{};
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd readable{fd, POLLIN, 0};
        if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) == 0) return false;
        const auto got = ::read(fd, piece.data(), piece.size());
        if (got == 0) return true;
        if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
    }
}

// The last lines of what the child printed: a sanitizer's report, or the words of an abort.
std::string tail_of(int output) {
    constexpr off_t most = 600;
    const off_t size = ::lseek(output, 0, SEEK_END);
    std::string text(static_cast<std::size_t>(std::min(size, most)), '\0');
    const auto got = ::pread(output, text.data(), text.size(), std::max<off_t>(0, size - most));
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    return text.empty() ? "" : "; it printed: " + text;
}

std::string end_of(int status) {
    if (WIFSIGNALED(status)) {
        return std::string("the plugin crashed: ") + ::strsignal(WTERMSIG(status));
    }
    return "the plugin ended the process, with exit code " + std::to_string(WEXITSTATUS(status));
}

Ended judge(const std::string& text, const std::string& otherwise) {
    Ended ended;
    ended.outcome.reason = otherwise;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        if (end == std::string::npos) break;
        const auto line = codec::decode<ReportLine>(text.substr(begin, end - begin));
        begin = end + 1;
        if (line.kind != passed && line.kind != failed && line.kind != not_applicable) {
            ended.left.push_back({line.kind, line.text});
            continue;
        }
        ended.outcome.kind = line.kind == passed   ? Outcome::Kind::passed
                             : line.kind == failed ? Outcome::Kind::failed
                                                   : Outcome::Kind::not_applicable;
        ended.outcome.reason = line.text;
        ended.left.clear();
    }
    return ended;
}

}  // namespace

Ended run_isolated(const Check& check, const Options& options, std::chrono::seconds limit) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe2");
    }
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    const UniqueFd output(::memfd_create("output", MFD_CLOEXEC));
    const auto begin = Clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (child == 0) be_the_child(check, options, writing.get(), output.get());
    writing.reset();
    std::string text;
    const bool in_time = read_all(reading.get(), begin + limit, text);
    if (!in_time) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    auto ended = judge(text, in_time ? end_of(status) + tail_of(output.get())
                                     : "it was not done within " + std::to_string(limit.count()) +
                                           " s and was killed");
    ended.outcome.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
    return ended;
}

}  // namespace nexus::conformance
