#include "backup/sqlite_check.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <nexus/unique_fd.hpp>

#include "archive/text.hpp"
#include "archive/wait.hpp"
#include "base/failure.hpp"

namespace nexus::backup {
namespace {

using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

// More than any honest database needs for being looked through.
constexpr sqlite3_int64 most_memory = 256 << 20;
constexpr int most_problems = 3;

// SQLite removes the file that such a journal names, wherever that is.
bool names_another_file(const std::string& journal) {
    constexpr std::string_view magic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
    const UniqueFd file(::open(journal.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return false;
    std::array<char, magic.size()> tail{};
    const auto size = static_cast<off_t>(tail.size());
    if (status.st_size < size) return false;
    if (::pread(file.get(), tail.data(), tail.size(), status.st_size - size) != size) return true;
    return std::string_view(tail.data(), tail.size()) == magic;
}

void restrict(sqlite3* database) {
    constexpr std::array off = {
        SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, SQLITE_DBCONFIG_ENABLE_TRIGGER,
        SQLITE_DBCONFIG_ENABLE_VIEW,           SQLITE_DBCONFIG_TRUSTED_SCHEMA,
        SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
    };
    for (const int option : off)
        sqlite3_db_config(database, option, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // The copy is thrown away: what its journal holds need not be written into it.
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_hard_heap_limit64(most_memory);
}

// Ends what SQLite does once the call is over; no exception may pass through it.
struct Progress {
    const CallContext& call;
    std::exception_ptr ended;

    static int look(void* self) {
        auto& progress = *static_cast<Progress*>(self);
        try {
            archive::require_time(progress.call, "a database");
            return 0;
        } catch (...) {
            progress.ended = std::current_exception();
            return 1;
        }
    }
};

// An error that says something about this library, or what the database needs of its own program,
// and nothing about the file.
bool is_about_file(int error) {
    switch (error & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_PROTOCOL:
            return true;
        default:
            return false;
    }
}

class Check {
  public:
    Check(const std::string& path, const CallContext& call)
        : progress_{call, nullptr}, database_(open(path), &sqlite3_close_v2) {}

    SqliteVerdict run() {
        if (error_ != SQLITE_OK) return failed();
        restrict(database_.get());
        constexpr int between_looks = 10'000;  // of its virtual machine's steps
        sqlite3_progress_handler(database_.get(), between_looks, &Progress::look, &progress_);
        // What SQLite itself advises for a file that somebody else made.
        for (const char* setting :
             {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA mmap_size=0", "PRAGMA cell_size_check=ON",
              "PRAGMA temp_store=MEMORY", "PRAGMA synchronous=OFF"}) {
            if (!rows(setting)) return failed();
        }
        if (!rows("PRAGMA quick_check(" + std::to_string(most_problems) + ")")) return failed();
        return {true, lines_ == "ok" ? "" : archive::short_text(lines_)};
    }

  private:
    sqlite3* open(const std::string& path) {
        sqlite3* database = nullptr;
        error_ = sqlite3_open_v2(path.c_str(), &database,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                                 nullptr);
        return database;
    }

    // Its rows are in lines_; false where it failed.
    bool rows(const std::string& sql) {
        lines_.clear();
        sqlite3_stmt* prepared = nullptr;
        error_ = sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &prepared, nullptr);
        const Statement statement(prepared, &sqlite3_finalize);
        if (error_ != SQLITE_OK) return false;
        while ((error_ = sqlite3_step(statement.get())) == SQLITE_ROW) {
            const auto* text = sqlite3_column_text(statement.get(), 0);
            if (!lines_.empty()) lines_ += "; ";
            if (text != nullptr) lines_ += reinterpret_cast<const char*>(text);
        }
        return error_ == SQLITE_DONE;
    }

    SqliteVerdict failed() {
        if (progress_.ended) std::rethrow_exception(progress_.ended);
        const std::string message =
            database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(error_);
        if ((error_ & 0xff) == SQLITE_FULL) {
            throw Failure(ErrorCode::exhausted,
                          "there is no room to look through a database: " + message, true);
        }
        return {is_about_file(error_), archive::short_text(message)};
    }

    Progress progress_;
    int error_ = SQLITE_OK;
    std::string lines_;
    Database database_;
};

}  // namespace

SqliteVerdict quick_check(const std::string& path, const CallContext& call) {
    if (names_another_file(path + "-journal")) {
        return {false, "its journal belongs to a change of several databases at once"};
    }
    return Check(path, call).run();
}

}  // namespace nexus::backup
