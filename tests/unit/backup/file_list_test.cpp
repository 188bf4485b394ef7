#include "backup/file_list.hpp"

#include <doctest/doctest.h>

#include "backup/tar_notes.hpp"
#include "base/json.hpp"
#include "unit/archive/folder_fixture.hpp"
#include "unit/backup/blob_fixture.hpp"

namespace nexus::backup {
namespace {

using archive::EntryKind;
using archive::memory_file;

const std::string hash(64, 'a');

std::string refusal(const std::string& line) {
    try {
        parse_note(line);
    } catch (const json::Error& error) {
        return error.what();
    }
    return {};
}

// One line with all that a file needs, one member of which is replaced or, where it is empty, left
// out.
std::string line_with(const std::string& name, const std::string& value) {
    std::string line;
    const std::vector<std::pair<std::string, std::string>> members{
        {"path", R"("a/b")"},  {"type", R"("file")"}, {"size", "5"}, {"sha256", '"' + hash + '"'},
        {"mode", R"("0644")"}, {"uid", "1"},          {"gid", "2"}};
    for (const auto& [member, usual] : members) {
        const auto& text = member == name ? value : usual;
        if (text.empty()) continue;
        line += (line.empty() ? "{\"" : ",\"") + member + "\":" + text;
    }
    return line + "}";
}

std::vector<FileNote> read_all(std::string_view text) {
    const auto file = memory_file(compressed(text));
    FileListReader reader(file.get());
    std::vector<FileNote> notes;
    for (FileNote note; reader.next(note);)
        notes.push_back(note);
    return notes;
}

TEST_CASE("a note comes back from its line as it was") {
    FileNote file{"a/\"b\"\\\n\x01",
                  EntryKind::file,
                  9'000'000'000'000,
                  04755,
                  4'294'967'294,
                  0,
                  "",
                  hash,
                  false};
    FileNote sparse = file;
    sparse.sparse = true;
    FileNote bytes = file;
    bytes.path = "latin \xe9\xff/\xc3";
    const FileNote root{"", EntryKind::folder, 0, 01777, 1, 2, "", "", false};
    const FileNote link{"caf\xc3\xa9", EntryKind::symlink, 0, 0777, 1, 2, "/etc/\xff", "", false};
    const FileNote second{"z", EntryKind::hardlink, 0, 0, 1, 2, "a/b", "", false};
    const FileNote fifo{"f", EntryKind::fifo, 0, 0600, 1, 2, "", "", false};
    for (const auto& note : {file, sparse, bytes, root, link, second, fifo}) {
        const std::string line = to_line(note);
        CAPTURE(line);
        CHECK(parse_note(line) == note);
        CHECK(line.find('\n') == std::string::npos);
        CHECK(difference(parse_note(line), note).empty());
    }
}

TEST_CASE("a line of the list is what people expect") {
    CHECK(to_line({"a/b", EntryKind::file, 5, 0644, 1, 2, "", hash, false}) == line_with("", ""));
    CHECK(to_line({"", EntryKind::folder, 0, 0755, 0, 0, "", "", false}) ==
          R"({"path":".","type":"folder","mode":"0755","uid":0,"gid":0})");
    CHECK(to_line({"\xff", EntryKind::symlink, 0, 0777, 0, 0, "b", "", false}) ==
          R"({"path_base64":"/w==","type":"symlink","target":"b","mode":"0777","uid":0,"gid":0})");
}

TEST_CASE("what a later version notes beside it is passed over") {
    CHECK(parse_note(line_with("gid", R"(2,"xattr":{"user.a":["b"]},"more":null)")) ==
          parse_note(line_with("", "")));
}

TEST_CASE("a line that lies is refused and says where") {
    struct Bad {
        std::string name;
        std::string value;
    };
    const std::vector<Bad> table{{"path", ""},
                                 {"path", "7"},
                                 {"path", R"("")"},
                                 {"path", R"("/a")"},
                                 {"path", R"("../a")"},
                                 {"path", R"("a/../b")"},
                                 {"path", R"("./a")"},
                                 {"path", R"("a//b")"},
                                 {"path", R"("a/")"},
                                 {"path", R"("a","path_base64":"YQ==")"},
                                 {"path", '"' + std::string(40'000, 'a') + '"'},
                                 {"type", ""},
                                 {"type", R"("device")"},
                                 {"type", R"("symlink")"},
                                 {"type", "1"},
                                 {"size", ""},
                                 {"size", "-1"},
                                 {"size", "1e3"},
                                 {"size", "9223372036854775808"},
                                 {"size", R"("5")"},
                                 {"sha256", ""},
                                 {"sha256", R"("abc")"},
                                 {"sha256", '"' + std::string(64, 'A') + '"'},
                                 {"sha256", '"' + hash + "0\""},
                                 {"sha256", '"' + hash + R"(","data_sha256":")" + hash + '"'},
                                 {"mode", ""},
                                 {"mode", "420"},
                                 {"mode", R"("644")"},
                                 {"mode", R"("00644")"},
                                 {"mode", R"("10000")"},
                                 {"mode", R"("0888")"},
                                 {"mode", R"("-001")"},
                                 {"mode", R"("")"},
                                 {"uid", ""},
                                 {"uid", "-1"},
                                 {"uid", "4294967296"},
                                 {"gid", "1.5"},
                                 {"gid", "true"}};
    for (const auto& [name, value] : table) {
        const std::string line = line_with(name, value);
        CAPTURE(line);
        CHECK(refusal(line) != "");
    }
    for (const std::string line : {"", "{", "[]", "null", "{}", "{\"path\":\"a\"}garbage"})
        CHECK(refusal(line) != "");
    CHECK(refusal(R"({"path_base64":"/w=","type":"fifo","mode":"0600","uid":0,"gid":0})")
              .find("base64") != std::string::npos);
    CHECK(refusal(line_with("type", R"("symlink","target":")" + std::string(40'000, 't') + '"'))
              .find("/target") != std::string::npos);
    CHECK(refusal(line_with("size", "-1")).find("/size") != std::string::npos);
    CHECK(refusal(line_with("", "")).empty());
}

TEST_CASE("a list is read line by line, whatever pieces it comes in") {
    std::string text;
    std::vector<FileNote> notes;
    for (int i = 0; i < 3000; ++i) {
        notes.push_back(
            {"file " + std::to_string(i), EntryKind::file, i, 0644, 1, 2, "", hash, false});
        text += to_line(notes.back()) + "\n";
    }
    CHECK(read_all(text) == notes);
    CHECK(read_all("").empty());
}

TEST_CASE("a list with lines that are none names the first of them") {
    const std::string good = line_with("", "") + "\n";
    const auto problem = [](const std::string& text) -> std::string {
        try {
            read_all(text);
        } catch (const json::Error& error) {
            return error.what();
        }
        return {};
    };
    CHECK(problem(good + good + "{}\n").find("line 3") != std::string::npos);
    CHECK(problem(good + "\n").find("line 2") != std::string::npos);
    CHECK(problem(good + line_with("", "")).find("line 2 has no end") != std::string::npos);
    CHECK(problem(good + std::string(5 << 20, ' ')).find("line 2 is too long") !=
          std::string::npos);
}

TEST_CASE("the hash of a sparse file is of its data and where they are") {
    const auto hash_of = [](const std::vector<archive::Extent>& data, std::int64_t size,
                            const std::string& content, std::size_t piece) {
        const std::string tar = tar_with([&](archive::TarWriter& writer) {
            writer.header({.path = "./sparse",
                           .facts = {0, 0, S_IFREG | 0600, {}, {}},
                           .size = size,
                           .data = data});
            std::int64_t at = 0;
            std::string_view left = content;
            for (const auto& [offset, length] : data) {
                writer.hole(offset - at);
                writer.content(left.substr(0, static_cast<std::size_t>(length)));
                left.remove_prefix(static_cast<std::size_t>(length));
                at = offset + length;
            }
            writer.hole(size - at);
        });
        std::string_view rest = tar;
        TarNotes notes([&] {
            const auto next = rest.substr(0, piece);
            rest.remove_prefix(next.size());
            return next;
        });
        FileNote note;
        while (notes.next(note) && note.path.empty()) {
        }
        CHECK(note.size == size);
        CHECK(notes.file_bytes() == size);
        return note;
    };
    const std::string content(8192, 'x');
    const FileNote note = hash_of({{4096, 4096}, {65'536, 4096}}, 1 << 20, content, 1 << 20);
    CHECK(note.sparse);
    const auto number = [](std::int64_t value) {
        std::string bytes;
        for (int i = 0; i < 8; ++i, value /= 256)
            bytes += static_cast<char>(value % 256);
        return bytes;
    };
    const std::string half(4096, 'x');
    Sha256 expected;
    expected.update(half + number(4096) + number(4096) + half + number(65'536) + number(4096) +
                    number(1 << 20));
    CHECK(note.sha256 == expected.finish());
    CHECK(hash_of({{4096, 4096}, {65'536, 4096}}, 1 << 20, content, 1000) == note);
    CHECK(hash_of({{4096, 4096}, {65'537, 4096}}, 1 << 20, content, 1 << 20).sha256 != note.sha256);
    CHECK(hash_of({{4096, 4096}, {65'536, 4096}}, (1 << 20) + 1, content, 1 << 20).sha256 !=
          note.sha256);
    // Two pieces that touch are one; and one that is all of the file is no hole.
    CHECK(hash_of({{0, 4096}, {4096, 4096}}, 8192, content, 1 << 20) ==
          hash_of({{0, 8192}}, 8192, content, 1 << 20));
    CHECK_FALSE(hash_of({{0, 8192}}, 8192, content, 1 << 20).sparse);
    CHECK(hash_of({}, 1 << 20, "", 1 << 20).sparse);
}

}  // namespace
}  // namespace nexus::backup
