// What becomes of blobs that are not what they were, or never were what they say.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "unit/archive/folder_fixture.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;
using archive::content_of;
using archive::memory_file;

const std::vector<std::pair<std::string, std::string>> files{
    {"a", "alpha alpha alpha alpha alpha"}, {"b", noise(300)}, {"folder.d/c", "gamma"}};

bool says(const std::string& message, const std::string& words) {
    return message.find(words) != std::string::npos;
}

TEST_CASE("a blob that is not there, or whose name is none, is damaged") {
    const BlobHouse house;
    const std::string absent(64, 'a');
    CHECK_FALSE(house.blobs.has(absent));
    CHECK(says(damage([&] { house.blobs.verify(absent, 1, 1, no_limit); }), "missing"));
    const auto out = memory_file();
    CHECK(says(damage([&] { house.blobs.read(absent, 1, out.get(), no_limit); }), absent));
    for (const auto& name :
         {std::string(), std::string("../../x"), std::string("A"), std::string(64, 'G')}) {
        CAPTURE(name);
        CHECK_FALSE(house.blobs.has(name));
        CHECK(damage([&] { house.blobs.verify(name, 1, 1, no_limit); }) != "");
    }
}

TEST_CASE("a blob that is a link or a fifo is not followed") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    const std::string aside = house.temp / "aside";
    fs::rename(house.tar_path(facts), aside);
    SUBCASE("link") {
        fs::create_symlink(aside, house.tar_path(facts));
        CHECK_THROWS_AS(house.verify(facts), std::system_error);
    }
    SUBCASE("fifo") {
        REQUIRE(::mkfifo(house.tar_path(facts).c_str(), 0600) == 0);
        CHECK(says(damage([&] { house.verify(facts); }), "plain file"));
    }
}

TEST_CASE("a flipped bit anywhere is found, or changes nothing that is read") {
    const BlobHouse house;
    const std::string tar = tar_of(files);
    const BlobFacts facts = house.add(tar);
    std::size_t harmless = 0;
    for (const auto& path : {house.tar_path(facts), house.list_path(facts)}) {
        const std::string good = test::read_file(path);
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
            test::write_file(path, bad);
            if (damage([&] { house.verify(facts); }) != "") continue;
            // A frame has bits that mean nothing, or how much memory it wants.
            ++harmless;
            CHECK(house.read(facts) == tar);
        }
        test::write_file(path, good);
    }
    CHECK(harmless <= 8);
    house.verify(facts);
}

TEST_CASE("a cut is found wherever it is") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    const std::string tar = test::read_file(house.tar_path(facts));
    const std::string list = test::read_file(house.list_path(facts));
    for (std::size_t size = 0; size < tar.size(); ++size) {
        test::write_file(house.tar_path(facts), std::string_view(tar).substr(0, size));
        CAPTURE(size);
        CHECK(damage([&] { house.verify(facts); }) != "");
        CHECK(damage([&] { house.read(facts); }) != "");
    }
    test::write_file(house.tar_path(facts), tar);
    for (std::size_t size = 0; size < list.size(); ++size) {
        test::write_file(house.list_path(facts), std::string_view(list).substr(0, size));
        CAPTURE(size);
        CHECK(damage([&] { house.verify(facts); }) != "");
    }
}

TEST_CASE("whatever follows a blob's end is found") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    const std::string skippable("\x50\x2a\x4d\x18\x04\0\0\0abcd", 12);
    for (const auto& path : {house.tar_path(facts), house.list_path(facts)}) {
        const std::string good = test::read_file(path);
        for (const auto& tail :
             {std::string("x"), std::string(1, '\0'), skippable, compressed(""), good}) {
            test::write_file(path, good + tail);
            CHECK(says(damage([&] { house.verify(facts); }), "follows its end"));
        }
        test::write_file(path, skippable + good);
        CHECK(damage([&] { house.verify(facts); }) != "");
        test::write_file(path, good);
    }
}

TEST_CASE("the first file that differs is named") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    auto changed = files;
    changed[1].second[7] ^= 1;
    test::write_file(house.tar_path(facts), compressed(tar_of(changed)));
    const auto message = damage([&] { house.verify(facts); });
    CAPTURE(message);
    CHECK(says(message, facts.sha256));
    CHECK(says(message, "\"b\" has another content"));
    CHECK(says(damage([&] { house.read(facts); }), "SHA-256"));
}

TEST_CASE("a tar that differs where no file is told of is still found") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files, 1'700'000'000));
    test::write_file(house.tar_path(facts), compressed(tar_of(files, 1'700'000'001)));
    CHECK(says(damage([&] { house.verify(facts); }), "SHA-256"));
    CHECK(says(damage([&] { house.read(facts); }), "SHA-256"));
}

TEST_CASE("a list that lies is found") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    auto notes = house.list(facts);
    REQUIRE(notes.size() == 4);
    std::string words;
    SUBCASE("a file is missing") {
        notes.erase(notes.begin() + 2);
        words = "\"b\" has another path than \"folder.d/c\"";
    }
    SUBCASE("the last file is missing") {
        notes.pop_back();
        words = "\"folder.d/c\" is not in its list";
    }
    SUBCASE("there is one more") {
        notes.push_back(notes.back());
        notes.back().path = "more";
        words = "\"more\" of its list is missing";
    }
    SUBCASE("another order") {
        std::swap(notes[1], notes[2]);
        words = "\"a\" has another path than \"b\"";
    }
    SUBCASE("another hash") {
        notes[1].sha256[63] = notes[1].sha256[63] == '0' ? '1' : '0';
        words = "\"a\" has another content";
    }
    SUBCASE("a hash of something else") {
        notes[1].sparse = true;
        words = "\"a\" has another content";
    }
    SUBCASE("another size") {
        notes[3].size += 1;
        words = "\"folder.d/c\" has another size";
    }
    SUBCASE("another kind") {
        notes[2].kind = archive::EntryKind::fifo;
        words = "\"b\" has another type";
    }
    SUBCASE("another mode") {
        notes[0].mode = 0700;
        words = "\".\" has another mode";
    }
    SUBCASE("another owner") {
        notes[2].uid = 0;
        words = "\"b\" has another owner";
    }
    SUBCASE("another group") {
        notes[2].gid = 0;
        words = "\"b\" has another owner";
    }
    SUBCASE("nothing") {
        notes.clear();
        words = "\".\" is not in its list";
    }
    house.write_list(facts, notes);
    const auto message = damage([&] { house.verify(facts); });
    CAPTURE(message);
    CHECK(says(message, words));
}

TEST_CASE("what the manifest says of a blob is compared") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    const auto claim = [&](std::int64_t tar_bytes, std::int64_t entries) {
        return damage([&] { house.blobs.verify(facts.sha256, tar_bytes, entries, no_limit); });
    };
    CHECK(says(claim(facts.tar_bytes - 1, 3), "more than it should"));
    CHECK(says(claim(facts.tar_bytes + 1, 3), "less than it should"));
    CHECK(says(claim(facts.tar_bytes, 2), "3 entries instead of 2"));
    CHECK(claim(facts.tar_bytes, 3) == "");
}

TEST_CASE("a bomb is stopped at the size that the tar has") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    const std::string bomb = compressed(std::string(std::size_t{1} << 30, '\0'));
    CHECK(bomb.size() < 200'000);
    test::write_file(house.tar_path(facts), bomb);
    const auto out = memory_file();
    CHECK(
        says(damage([&] { house.blobs.read(facts.sha256, facts.tar_bytes, out.get(), no_limit); }),
             "more than it should"));
    CHECK(content_of(out).size() <= static_cast<std::size_t>(facts.tar_bytes));
    CHECK(damage([&] { house.verify(facts); }) != "");
    test::write_file(house.tar_path(facts), compressed(tar_of(files)));
    test::write_file(house.list_path(facts), bomb);
    CHECK(says(damage([&] { house.verify(facts); }), "list"));
}

TEST_CASE("a frame that wants more than 128 MiB of memory is refused") {
    const BlobHouse house;
    const BlobFacts facts = house.add(tar_of(files));
    // One empty block, in a window of 2^27 and of 2^27 and an eighth.
    const std::string magic("\x28\xb5\x2f\xfd\0", 5);
    const std::string block("\x01\0\0", 3);
    test::write_file(house.tar_path(facts), magic + '\x88' + block);
    CHECK(says(damage([&] { house.read(facts); }), "less than it should"));
    test::write_file(house.tar_path(facts), magic + '\x89' + block);
    CHECK(says(damage([&] { house.read(facts); }), "memory"));
}

}  // namespace
}  // namespace nexus::backup
