// The producer's side of the bench, and the bare loop; queue.sh calls it.
#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "bare_loop.hpp"
#include "bench_main.hpp"
#include "redis_link.hpp"

namespace nexus::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int tenants = 256;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string tenant_name(long number) {
    return "bench-" + std::to_string(number % tenants);
}

// Adds jobs to the stream PREFIX:jobs, and learns of their ends from the stream PREFIX:results: it
// is written for every job anyway, and one read brings many.
class Producer {
  public:
    Producer(int port, const std::string& prefix)
        : redis_(port), jobs_(prefix + ":jobs"), results_(prefix + ":results") {
        const Reply newest = redis_.call({"XREVRANGE", results_, "+", "-", "COUNT", "1"});
        last_ = newest->elements == 0 ? "0-0" : text(*newest->element[0]->element[0]);
    }

    void add(std::string_view action) {
        const long number = added_++;
        job_.assign(R"({"v":1,"id":")").append(run_).append(std::to_string(number));
        job_.append(R"(","action":")").append(action).append(R"(","tenant_id":")");
        job_.append(tenant_name(number)).append(R"(","payload":{}})");
        redis_.send({"XADD", jobs_, "*", "job", job_});
        ++unanswered_;
    }

    // What was added goes in the same write as the wait for the next results. Returns how many jobs
    // have ended.
    std::size_t wait() {
        redis_.send({"XREAD", "COUNT", "1000", "BLOCK", "0", "STREAMS", results_, last_});
        flush();
        const Reply read = redis_.receive();
        const redisReply& entries = *read->element[0]->element[1];
        for (std::size_t i = 0; i < entries.elements; ++i)
            check(text(*entries.element[i]->element[1]->element[1]));
        last_ = text(*entries.element[entries.elements - 1]->element[0]);
        return entries.elements;
    }

    void flush() {
        for (; unanswered_ > 0; --unanswered_)
            redis_.receive();
    }

    long added() const { return added_; }

  private:
    static void check(std::string_view result) {
        if (result.find(R"("status":"succeeded")") == std::string_view::npos)
            die("a job did not succeed: " + std::string(result));
    }

    Link redis_;
    std::string jobs_;
    std::string results_;
    std::string last_;
    std::string job_;
    std::string run_ = std::to_string(Clock::now().time_since_epoch().count()) + "-";
    long added_ = 0;
    std::size_t unanswered_ = 0;
};

void provision(Producer& producer) {
    for (int i = 0; i < tenants; ++i)
        producer.add("provision");
    for (std::size_t ended = 0; ended < tenants;)
        ended += producer.wait();
}

// A closed loop: each job that ends makes room for one more. Prints jobs a second.
void load(Producer& producer, std::size_t in_flight, double seconds) {
    constexpr double warm_up = 0.5;
    auto begin = Clock::now();
    std::size_t ended = 0;
    std::size_t room = in_flight;
    for (bool warm = false; !warm || seconds_since(begin) < seconds;) {
        for (; room > 0; --room)
            producer.add("health");
        room = producer.wait();
        ended += room;
        if (warm || seconds_since(begin) < warm_up) continue;
        warm = true;
        begin = Clock::now();
        ended = 0;
    }
    std::printf("%.0f\n", static_cast<double>(ended) / seconds_since(begin));
    for (; room < in_flight;)
        room += producer.wait();
}

// One job at a time on an idle queue. Prints the median and the 99th percentile in milliseconds.
void latency(Producer& producer, std::size_t jobs) {
    std::mt19937 random(1);
    std::uniform_int_distribution<int> gap_us(500, 4500);
    std::vector<double> times;
    for (std::size_t i = 0; i < jobs; ++i) {
        std::this_thread::sleep_for(std::chrono::microseconds(gap_us(random)));
        const auto begin = Clock::now();
        producer.add("health");
        producer.wait();
        times.push_back(Milliseconds(Clock::now() - begin).count());
    }
    std::sort(times.begin(), times.end());
    std::printf("%.3f %.3f\n", times[jobs / 2], times[jobs * 99 / 100]);
}

void fill(Producer& producer, long jobs) {
    constexpr long jobs_a_write = 1000;
    while (producer.added() < jobs) {
        producer.add("health");
        if (producer.added() % jobs_a_write == 0) producer.flush();
    }
    producer.flush();
}

// Waits until `jobs` more have ended. Prints jobs a second.
void drain(Producer& producer, std::size_t jobs) {
    std::size_t ended = producer.wait();
    const auto begin = Clock::now();
    const auto first = ended;
    while (ended < jobs)
        ended += producer.wait();
    std::printf("%.0f\n", static_cast<double>(ended - first) / seconds_since(begin));
}

constexpr const char* usage = R"(Usage: nexus-queue-bench PORT PREFIX COMMAND
  provision           makes 256 tenants
  load N SECONDS      keeps N jobs in flight
  latency JOBS        one job at a time
  fill JOBS           adds jobs and waits for none
  drain JOBS          waits for the results of jobs that were added
  bare-batch N, bare-job N
                      serves PREFIX bare by a bare loop, with one script call a batch, or a job
)";

int run(const std::vector<std::string>& words) {
    if (words.size() < 3) return std::fputs(usage, stderr), 64;
    const int port = std::stoi(words[0]);
    const std::string& command = words[2];
    const std::string number = words.size() > 3 ? words[3] : "0";
    if (command.starts_with("bare-")) run_bare_loop(port, number, command == "bare-job");
    Producer producer(port, words[1]);
    if (command == "provision") {
        provision(producer);
    } else if (command == "load" && words.size() > 4) {
        load(producer, std::stoul(number), std::stod(words[4]));
    } else if (command == "latency") {
        latency(producer, std::stoul(number));
    } else if (command == "fill") {
        fill(producer, std::stol(number));
    } else if (command == "drain") {
        drain(producer, std::stoul(number));
    } else {
        return std::fputs(usage, stderr), 64;
    }
    return 0;
}

}  // namespace
}  // namespace nexus::bench

int main(int count, char** words) {
    return nexus::bench::run_bench("nexus-queue-bench", count, words, nexus::bench::run);
}
