// Deadlines, cancellation, and many threads.
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "conformance/archive.hpp"
#include "conformance/bench.hpp"
#include "conformance/memory_file.hpp"

namespace nexus::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

std::vector<Tried> calls(Bench& bench) {
    auto& backend = bench.backend();
    const std::string name = bench.name("late");
    return {
        {"info", [&](const CallContext& ctx) { backend.info(ctx); }},
        {"list", [&](const CallContext& ctx) { backend.list(ctx, {}); }},
        {"inspect", [&, name](const CallContext& ctx) { backend.inspect(ctx, name); }},
        {"ensure_volume",
         [&, name](const CallContext& ctx) {
             backend.ensure_volume(ctx, {name, {}});
         }},
        {"ensure_network",
         [&, name](const CallContext& ctx) {
             backend.ensure_network(ctx, {name, "", {}});
         }},
        {"start", [&, name](const CallContext& ctx) { backend.start(ctx, name); }},
        {"remove", [&, name](const CallContext& ctx) { backend.remove(ctx, name); }},
    };
}

void expect_ends(Code code, const std::string& what, const std::function<void()>& call) {
    const auto begin = Clock::now();
    expect_code(code, what, call);
    expect(Clock::now() - begin < promptly, what + " does not return within a second");
}

void past_deadline_is_timeout(Bench& bench) {
    for (const auto& tried : calls(bench)) {
        const auto ctx = bench.within(milliseconds(-1));
        expect_ends(Code::timeout, tried.what + " past its deadline", [&] { tried.call(ctx); });
    }
    expect(!bench.backend().inspect_volume(bench.ctx(), bench.name("late")),
           "a call past its deadline had an effect");
}

// Readable from the beginning, or later.
class Cancellation {
  public:
    explicit Cancellation(unsigned value) : fd_(::eventfd(value, EFD_CLOEXEC)) {}
    int fd() const noexcept { return fd_.get(); }
    void cancel() const { ::eventfd_write(fd_.get(), 1); }

  private:
    UniqueFd fd_;
};

void cancelled_call_ends(Bench& bench) {
    const Cancellation cancelled(1);
    for (const auto& tried : calls(bench)) {
        auto ctx = bench.ctx();
        ctx.cancel_fd = cancelled.fd();
        expect_ends(Code::cancelled, "a cancelled " + tried.what, [&] { tried.call(ctx); });
    }
}

// Ends `call`, which takes long by itself, once by its deadline and once by a cancellation.
void expect_interruptible(Bench& bench, const std::string& what,
                          const std::function<void(const CallContext&)>& call) {
    constexpr milliseconds later(300);
    const auto late = bench.within(later);
    auto begin = Clock::now();
    expect_code(Code::timeout, what + " beyond its deadline", [&] { call(late); });
    expect(Clock::now() - begin < later + promptly,
           what + " does not return within a second after its deadline");
    const Cancellation cancellation(0);
    auto ctx = bench.ctx();
    ctx.cancel_fd = cancellation.fd();
    std::thread canceller([&] {
        std::this_thread::sleep_for(later);
        cancellation.cancel();
    });
    begin = Clock::now();
    try {
        expect_code(Code::cancelled, what + " that is cancelled", [&] { call(ctx); });
    } catch (...) {
        canceller.join();
        throw;
    }
    canceller.join();
    expect(Clock::now() - begin < later + promptly,
           what + " does not return within a second after its cancellation");
}

void stop_is_interruptible(Bench& bench) {
    bench.need_programs();
    const auto spec =
        bench.running("runtime", "trap '' TERM; echo ready; while :; do sleep 1; done");
    expect_interruptible(bench, "stop", [&](const CallContext& ctx) {
        bench.backend().stop(ctx, spec.name, seconds(60));
    });
}

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        expect(::pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe can be had");
        reading.reset(ends[0]);
        writing.reset(ends[1]);
    }
    UniqueFd reading;
    UniqueFd writing;
};

void export_is_interruptible(Bench& bench) {
    const auto volume = bench.volume("data").name;
    constexpr std::size_t more_than_a_pipe_holds = 4U << 20U;
    const auto tar = make_archive(
        {{"./file", S_IFREG, 0644, 0, 0, 0, 0, "", std::string(more_than_a_pipe_holds, 'x')}});
    bench.need_operation("import_volume", [&] {
        bench.backend().import_volume(bench.ctx(), volume, memory_file(tar).get());
    });
    const Pipe unread;
    expect_interruptible(bench, "export_volume", [&](const CallContext& ctx) {
        bench.backend().export_volume(ctx, volume, unread.writing.get());
    });
}

void import_is_interruptible(Bench& bench) {
    const auto volume = bench.volume("data").name;
    bench.need_operation("export_volume", [&] {
        bench.backend().export_volume(bench.ctx(), bench.name("nothing"), -1);
    });
    const Pipe silent;
    expect_interruptible(bench, "import_volume", [&](const CallContext& ctx) {
        bench.backend().import_volume(ctx, volume, silent.reading.get());
    });
}

void reader_that_leaves_is_an_error(Bench& bench) {
    const auto volume = bench.volume("data").name;
    const auto tar =
        make_archive({{"./file", S_IFREG, 0644, 0, 0, 0, 0, "", std::string(1U << 20U, 'x')}});
    bench.need_operation("import_volume", [&] {
        bench.backend().import_volume(bench.ctx(), volume, memory_file(tar).get());
    });
    Pipe pipe;
    pipe.reading.reset();
    failure_of("export_volume to a reader that is gone",
               [&] { bench.backend().export_volume(bench.ctx(), volume, pipe.writing.get()); });
}

void pull_is_interruptible(Bench& bench) {
    bench.need_programs();
    const auto late = bench.within(milliseconds(300));
    const auto begin = Clock::now();
    // An address that is set aside for documentation: nobody answers there.
    const auto failure = failure_of("pulling from a registry that does not answer", [&] {
        bench.backend().ensure_image(late, {"192.0.2.1:5000/nexus-check:1", {}});
    });
    expect(failure.code() == Code::timeout || failure.code() == Code::unavailable,
           "a pull beyond its deadline is " + std::string(to_string(failure.code())));
    expect(Clock::now() - begin < milliseconds(300) + promptly,
           "ensure_image does not return within a second after its deadline");
}

// Runs `call` with each of the numbers below `threads`, all at once; what the first one threw.
void at_once(int threads, const std::function<void(int)>& call) {
    std::mutex mutex;
    std::string problem;
    std::vector<std::thread> running;
    running.reserve(static_cast<std::size_t>(threads));
    for (int i = 0; i < threads; ++i) {
        running.emplace_back([&, i] {
            try {
                call(i);
            } catch (const std::exception& error) {
                const std::scoped_lock lock(mutex);
                if (problem.empty()) problem = error.what();
            }
        });
    }
    for (auto& thread : running)
        thread.join();
    expect(problem.empty(),
           "with " + std::to_string(threads) + " threads a call fails: " + problem);
}

void many_threads_work(Bench& bench) {
    constexpr int threads = 32;
    for (int i = 0; i < threads; ++i)
        bench.volume("data-" + std::to_string(i));
    at_once(threads, [&](int i) {
        auto& backend = bench.backend();
        const std::string volume = bench.name("data-" + std::to_string(i));
        backend.info(bench.ctx());
        expect(backend.inspect_volume(bench.ctx(), volume).has_value(), "a volume is not found");
        backend.remove_volume(bench.ctx(), volume);
        backend.list(bench.ctx(), bench.labels());
        expect(!backend.inspect_volume(bench.ctx(), volume), "a removed volume is found");
    });
}

void one_network_for_many_threads(Bench& bench) {
    bench.network("net");
    bench.backend().remove_network(bench.ctx(), bench.name("net"));
    std::mutex mutex;
    std::set<std::string> ids;
    at_once(12, [&](int /*i*/) {
        const auto made =
            bench.backend().ensure_network(bench.ctx(), {bench.name("net"), "", bench.labels()});
        const std::scoped_lock lock(mutex);
        ids.insert(made.id);
    });
    expect(ids.size() == 1,
           "12 threads make " + std::to_string(ids.size()) + " networks of one name");
}

void one_container_for_many_threads(Bench& bench) {
    const auto spec = bench.spec("runtime", obedient());
    bench.create(spec);
    bench.backend().remove(bench.ctx(), spec.name);
    std::mutex mutex;
    std::set<std::string> ids;
    at_once(12, [&](int /*i*/) {
        const auto made = bench.backend().ensure_container(bench.ctx(), spec);
        const std::scoped_lock lock(mutex);
        ids.insert(made.id);
    });
    expect(ids.size() == 1,
           "12 threads make " + std::to_string(ids.size()) + " containers of one name");
}

}  // namespace

std::vector<Check> time_checks() {
    return {
        {"deadline-past", "a call past its deadline is timeout at once, and does nothing",
         past_deadline_is_timeout},
        {"cancelled", "a cancelled call is cancelled at once", cancelled_call_ends},
        {"stop-interrupted", "stop ends within 1 s of its deadline or cancellation",
         stop_is_interruptible},
        {"pull-interrupted", "a pull ends within 1 s of its deadline", pull_is_interruptible},
        {"export-interrupted", "an export that nobody reads ends in time", export_is_interruptible},
        {"import-interrupted", "an import that nobody writes ends in time",
         import_is_interruptible},
        {"export-reader-gone", "a reader that leaves is an error and no signal",
         reader_that_leaves_is_an_error},
        {"threads", "32 threads at once", many_threads_work},
        {"threads-network", "many threads that ensure one network get the same one",
         one_network_for_many_threads},
        {"threads-container", "many threads that ensure one container get the same one",
         one_container_for_many_threads},
    };
}

}  // namespace nexus::conformance
