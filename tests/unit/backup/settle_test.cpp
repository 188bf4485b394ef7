#include "backup/settle.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <utility>

#include "backup/exchange.hpp"
#include "unit/backup/restore_house.hpp"

namespace nexus::backup {
namespace {

namespace fs = std::filesystem;

// The process is gone: nothing catches it.
struct Death {};

struct Fixture : RestoreHouse {
    Fixture() {
        back_up();
        set_data("second");
    }

    // Has the `step`-th call of the backend, counted from 1, end in what `act` throws; with
    // `after`, once it has had its effect. True where it came to that.
    template <typename Thrown>
    bool breaks(int step, bool after, Thrown thrown, const std::function<void()>& act) {
        int left = step;
        auto& hook = after ? backend.after : backend.before;
        hook = [&left, thrown](const std::string&) {
            if (--left == 0) throw thrown;
        };
        try {
            act();
        } catch (const Failure&) {
        } catch (const BackendError&) {
        } catch (const Death&) {
        }
        hook = [](const std::string&) {};
        return left <= 0;
    }
    bool is_restored() { return data() == "first" && runtime().phase == Phase::running; }
    // All of one or all of the other, and nothing else.
    void check_whole(const Picture& before) {
        if (!is_restored()) {
            CHECK(picture() == before);
        } else {
            CHECK(backend.containers.size() == 1);
            CHECK(backend.volumes.size() == 2);
        }
        check_tidy();
    }
    void start_over() {
        set_data("second");
        backend.calls.clear();
        backend.effects.clear();
    }
};

const BackendError broken(Code::internal, "broken", false);

}  // namespace

TEST_CASE_FIXTURE(Fixture, "where nothing was left, settling does nothing") {
    const auto before = picture();
    backend.calls.clear();
    settle();
    CHECK(backend.calls.empty());
    CHECK(picture() == before);
}

TEST_CASE_FIXTURE(Fixture, "an entry of the journal that cannot be read holds the tenant") {
    test::write_file(state / "held/acme.json", "{");
    const auto before = picture();
    const auto message = refusal(ErrorCode::internal, [&] { settle(); });
    CHECK(message.find("held/acme.json") != std::string::npos);
    refusal(ErrorCode::internal, [&] { restore(); });
    CHECK(picture() == before);
}

TEST_CASE_FIXTURE(Fixture, "whichever call of a restore fails, the tenant is as it was") {
    for (const bool after : {false, true}) {
        int step = 1;
        for (bool failed = true; failed; ++step) {
            CAPTURE(after);
            CAPTURE(step);
            const auto before = picture();
            failed = breaks(step, after, broken, [&] { restore(); });
            // A call that only clears up may fail: the tenant is restored by then.
            if (journal.has(acme)) {
                CHECK(journal.read(acme)->kind == Entry::Kind::swapped);
                settle();
            }
            check_whole(before);
            start_over();
        }
        CHECK(step > 10);
    }
}

TEST_CASE_FIXTURE(Fixture, "a restore whose undoing fails as well is undone by the next process") {
    for (int step = 1;; ++step) {
        CAPTURE(step);
        const auto before = picture();
        bool both = false;
        int left = step;
        backend.before = [&](const std::string&) {
            if (--left > 0) return;
            both = both || left < 0;
            throw broken;
        };
        const auto message = [&]() -> std::string {
            try {
                restore();
            } catch (const Failure& failure) {
                return failure.what();
            }
            return {};
        }();
        backend.before = [](const std::string&) {};
        if (left > 0) break;
        CAPTURE(message);
        if (both && !message.empty()) {
            CHECK(message.find("could not be undone") != std::string::npos);
        }
        settle();
        if (message.empty()) {
            check_whole(before);
        } else {
            CHECK(picture() == before);
            check_tidy();
        }
        start_over();
    }
}

TEST_CASE_FIXTURE(Fixture, "after a crash at any step a restore is done or undone") {
    for (const bool after : {false, true}) {
        int restored = 0;
        int step = 1;
        for (bool died = true; died; ++step) {
            CAPTURE(after);
            CAPTURE(step);
            const auto before = picture();
            died = breaks(step, after, Death{}, [&] { restore(); });
            settle();
            check_whole(before);
            restored += is_restored() ? 1 : 0;
            start_over();
        }
        CHECK(restored > 1);
        CHECK(restored < step - 2);
    }
}

TEST_CASE_FIXTURE(Fixture, "a crash while a crash is settled is settled too") {
    // The folder and both volumes were exchanged, and the journal does not say so yet.
    const auto die_after_exchange = [&] {
        backend.before = [&](const std::string& op) {
            if (op != "ensure_network") return;
            throw Death{};
        };
        CHECK_THROWS_AS(restore(), Death);
        backend.before = [](const std::string&) {};
        auto entry = journal.read(acme).value();
        CHECK(entry.kind == Entry::Kind::swapped);
        entry.kind = Entry::Kind::swapping;
        journal.write(acme, entry);
    };
    for (const bool after : {false, true}) {
        bool died = true;
        for (int step = 1; died; ++step) {
            CAPTURE(after);
            CAPTURE(step);
            const auto before = picture();
            die_after_exchange();
            died = breaks(step, after, Death{}, [&] { settle(); });
            settle();
            CHECK(picture() == before);
            check_tidy();
        }
    }
}

TEST_CASE_FIXTURE(Fixture, "a restore of what is there already is settled after a crash as well") {
    set_data("first");
    bool died = true;
    for (int step = 1; died; ++step) {
        CAPTURE(step);
        died = breaks(step, false, Death{}, [&] { restore(); });
        settle();
        CHECK(data() == "first");
        CHECK(runtime().phase == Phase::running);
        check_tidy();
    }
}

TEST_CASE_FIXTURE(Fixture, "a crash of a restore of a tenant that was not there leaves nothing") {
    const auto wipe = [&] {
        backend.containers.clear();
        backend.volumes.clear();
        fs::remove_all(store.path() + "/acme");
    };
    for (const bool exchanges : {true, false}) {
        backend.swaps_volumes = exchanges;
        for (const bool after : {false, true}) {
            bool died = true;
            for (int step = 1; died; ++step) {
                CAPTURE(exchanges);
                CAPTURE(after);
                CAPTURE(step);
                wipe();
                died = breaks(step, after, Death{}, [&] { restore(); });
                settle();
                check_tidy();
                if (fs::exists(store.path() + "/acme")) {
                    CHECK(is_restored());
                } else {
                    CHECK(backend.containers.empty());
                    CHECK(backend.volumes.empty());
                }
            }
        }
    }
}

TEST_CASE_FIXTURE(Fixture, "an old volume that cannot be read is put back all the same") {
    const auto before = picture();
    int swaps = 0;
    backend.before = [&](const std::string& op) {
        if (op == "swap_volumes" && journal.read(acme)->kind == Entry::Kind::swapping &&
            ++swaps == 2) {
            throw Death{};
        }
    };
    CHECK_THROWS_AS(restore(), Death);
    bool is_first = true;
    backend.before = [&](const std::string& op) {
        if (op == "export_volume" && std::exchange(is_first, false)) throw broken;
    };
    settle();
    CHECK_FALSE(is_first);
    backend.before = [](const std::string&) {};
    CHECK(picture() == before);
    check_tidy();
}

TEST_CASE_FIXTURE(Fixture, "where no volume is what was restored, nothing is thrown away") {
    backend.before = [&](const std::string& op) {
        if (op == "swap_volumes" && journal.read(acme)->kind == Entry::Kind::swapping)
            throw Death{};
    };
    CHECK_THROWS_AS(restore(), Death);
    backend.before = [](const std::string&) {};
    write("nexus_restore_acme_session", "data", "changed by somebody");
    const auto message = refusal(ErrorCode::internal, [&] { settle(); });
    CHECK(message.find("nexus_restore_acme_session") != std::string::npos);
    CHECK(journal.has(acme));
    CHECK(read("tenant_acme_session", "data") == "second");
    CHECK(read("nexus_restore_acme_session", "data") == "changed by somebody");
}

}  // namespace nexus::backup
