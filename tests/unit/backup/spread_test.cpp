#include "backup/spread.hpp"

#include <doctest/doctest.h>
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

namespace nexus::backup {
namespace {

const std::string text = [] {
    std::string bytes;
    for (int i = 0; bytes.size() < 5'000'000; ++i)
        bytes += std::to_string(i) + ",";
    return bytes;
}();

class Source {
  public:
    std::size_t operator()(std::span<char> room) {
        const auto piece = std::string_view(text).substr(at_, room.size());
        std::copy(piece.begin(), piece.end(), room.begin());
        at_ += piece.size();
        return piece.size();
    }

  private:
    std::size_t at_ = 0;
};

void nothing() {}

std::string all_of(Feed& feed) {
    std::string bytes;
    for (auto piece = feed.next(); !piece.empty(); piece = feed.next())
        bytes += piece;
    return bytes;
}

std::string thrown_by(const Make& make, const std::vector<Reader>& readers,
                      const Permit& permit = nothing) {
    try {
        spread(make, readers, permit);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

TEST_CASE("each reader gets every byte in order, the slow one too") {
    std::string fast;
    std::string slow;
    int passages = 0;
    const auto dawdle = [&](Feed& feed) {
        for (auto piece = feed.next(); !piece.empty(); piece = feed.next()) {
            for (int i = 0; i < 100; ++i)
                std::this_thread::yield();
            slow += piece;
        }
    };
    spread(Source(), {[&](Feed& feed) { fast = all_of(feed); }, dawdle}, [&] { ++passages; });
    CHECK(fast == text);
    CHECK(slow == text);
    CHECK(passages > 10);
}

TEST_CASE("a reader that has seen enough holds nobody up") {
    std::string all;
    std::size_t some = 0;
    spread(Source(),
           {[&](Feed& feed) { some = feed.next().size(); }, [](Feed&) {},
            [&](Feed& feed) { all = all_of(feed); }},
           nothing);
    CHECK(some > 0);
    CHECK(all == text);
}

TEST_CASE("a stream of nothing ends at once") {
    std::string all = "x";
    spread([](std::span<char>) { return std::size_t{0}; }, {[&](Feed& feed) {
               all = all_of(feed);
               CHECK(feed.next().empty());
           }},
           nothing);
    CHECK(all.empty());
}

TEST_CASE("what the source throws comes out, and readers see a cut behind what there was") {
    std::string seen;
    bool cut = false;
    int blocks = 0;
    const auto make = [&](std::span<char> room) -> std::size_t {
        if (++blocks == 4) throw std::runtime_error("the source broke");
        room[0] = 'x';
        return 1;
    };
    const auto read = [&](Feed& feed) {
        try {
            for (auto piece = feed.next(); !piece.empty(); piece = feed.next())
                seen += piece;
        } catch (const Cut&) {
            pollfd ready{feed.cut_fd(), POLLIN, 0};
            cut = ::poll(&ready, 1, 0) == 1;
            throw;
        }
    };
    CHECK(thrown_by(make, {read}) == "the source broke");
    CHECK(seen == "xxx");
    CHECK(cut);
}

TEST_CASE("what a reader throws ends the source and the others") {
    int blocks = 0;
    bool cut = false;
    const auto endless = [&](std::span<char> room) {
        ++blocks;
        std::fill(room.begin(), room.end(), 'x');
        return room.size();
    };
    const auto fail = [](Feed& feed) {
        feed.next();
        feed.next();
        throw std::runtime_error("the reader broke");
    };
    const auto watch = [&](Feed& feed) {
        try {
            while (!feed.next().empty()) {
            }
        } catch (const Cut&) {
            cut = true;
            throw;
        }
    };
    CHECK(thrown_by(endless, {watch, fail}) == "the reader broke");
    CHECK(cut);
    CHECK(blocks < 100);
}

TEST_CASE("the first reader that broke is heard before the source") {
    const auto make = [](std::span<char>) -> std::size_t {
        throw std::runtime_error("the source broke");
    };
    const auto turn = [](const char* words) {
        return [words](Feed& feed) {
            try {
                feed.next();
            } catch (const Cut&) {
                throw std::runtime_error(words);
            }
        };
    };
    CHECK(thrown_by(make, {turn("first"), turn("second")}) == "first");
}

TEST_CASE("a permit is asked for also while the readers are busy") {
    std::atomic<bool> over = false;
    const auto stuck = [&](Feed& feed) {
        feed.next();
        pollfd cut{feed.cut_fd(), POLLIN, 0};
        ::poll(&cut, 1, 10'000);
        over = cut.revents != 0;
    };
    const auto endless = [](std::span<char> room) { return room.size(); };
    int left = 12;
    const auto permit = [&] {
        if (left-- == 0) throw std::runtime_error("not any more");
    };
    CHECK(thrown_by(endless, {stuck}, permit) == "not any more");
    CHECK(over);
}

}  // namespace
}  // namespace nexus::backup
